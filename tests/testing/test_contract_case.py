from __future__ import annotations

import pytest

from fin_bridge.testing import HelpdeskContract


@pytest.mark.parametrize("name", ["end_user", "agent", "conversation", "message"])
def test_each_method_must_be_written(name: str) -> None:
    method = getattr(HelpdeskContract(), f"make_{name}")
    with pytest.raises(NotImplementedError):
        method(*[None] * {"conversation": 1, "message": 3}.get(name, 0))
