"""The public signals break nothing of ours."""

from __future__ import annotations

from typing import Any

import pytest

from fin_bridge.signals import alarm_raised, announce


def test_a_receiver_that_raises_is_logged_and_the_others_hear(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[str] = []

    def fail(**_: Any) -> None:
        raise KeyError("of the host")

    def hear(reason: str, **_: Any) -> None:
        heard.append(reason)

    alarm_raised.connect(fail)
    alarm_raised.connect(hear)
    try:
        announce(alarm_raised, None, integration="default", reason="loop", detail="")
    finally:
        alarm_raised.disconnect(fail)
        alarm_raised.disconnect(hear)
    assert heard == ["loop"]
    assert "KeyError" in caplog.text
