"""Fin's first calls, as they arrive: what a new integration has shown to work, and what not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet

from ..database import clock
from ..models import FinCall, database
from .deployment import OPERATIONS

POLL: Final = 1.0
"""Seconds."""

RECENT: Final = timedelta(hours=1)
"""A call that came shortly before somebody looked counts too."""


class FirstCalls:
    """Of one integration; `missing` are the operations that have not been asked for yet."""

    def __init__(self, integration: str) -> None:
        self._integration = integration
        self._seen = 0
        self._since = clock.now(database()) - RECENT
        self._refused = set[tuple[str, str]]()
        self.missing = ["token", *OPERATIONS]

    def arrive(self, wait: Callable[[float], bool]) -> Iterator[FinCall]:
        """The first success of each, and each new reason of a refusal, as they come.

        Ends when all have come, or when `wait`, which is given seconds, returns true.
        """
        while True:
            for call in self._new():
                self._seen = call.pk
                if self._is_news(call):
                    yield call
            if not self.missing or wait(POLL):
                return

    def _new(self) -> QuerySet[FinCall]:
        """Refused calls may not have come so far as to be some integration's."""
        calls: QuerySet[FinCall] = FinCall.objects.filter(
            at__gte=self._since, pk__gt=self._seen, integration__in=["", self._integration]
        )
        return calls.order_by("pk")

    def _is_news(self, call: FinCall) -> bool:
        if call.status >= 400:
            refusal = (call.operation, call.detail)
            known = refusal in self._refused
            self._refused.add(refusal)
            return not known
        if call.operation not in self.missing:
            return False
        self.missing.remove(call.operation)
        return True
