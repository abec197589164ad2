"""What the suites of all hosts use."""

import itertools

import pytest

from fin_bridge.events import hints as hint_module


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The hints that would have gone to a broker."""
    sent: list[float] = []
    ticks = itertools.count()
    waker = hint_module.Waker(sent.append, clock=lambda: float(next(ticks) * 1000))
    monkeypatch.setattr(hint_module, "waker", waker)
    return sent
