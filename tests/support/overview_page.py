"""The overview in the admin, for tests: its address, refused calls, and the bars of its charts."""

from __future__ import annotations

import re
from typing import Any

from fin_bridge.models import FinCall
from tests.support.delivery_log import ago

OVERVIEW = "/admin/fin_bridge/integrationstate/overview/"

WATCHING = ["view_event", "view_integrationstate"]


def refuse(count: int = 1, **values: Any) -> None:
    given = {
        "at": ago(minutes=3),
        "operation": "get_messages",
        "status": 401,
        "duration": 2,
        "detail": "The signature is wrong.",
        **values,
    }
    FinCall.objects.bulk_create(FinCall(**given) for _ in range(count))


def bars(page: str) -> list[list[str]]:
    """The kinds of the pieces of each bar that has some, chart by chart."""
    drawings = re.findall(r"<svg viewBox=\"0 0 \d+ 100.*?</svg>", page, flags=re.DOTALL)
    return [re.findall(r'class="fin-bar-(?!ground)(\w+)"', drawing) for drawing in drawings]
