"""What an event's page says: what became of it, its attempts, its conversation's timeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..models import Attempt, ConversationState, Event, IntegrationState
from . import attempts, timeline, verdict, wording


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt, as the page shows it."""

    attempt: Attempt
    number: int
    started: str
    answer: str
    took: str
    headers: str


class EventPage:
    """Everything about one event; asked for by the template."""

    def __init__(self, event: Any, site_name: str) -> None:
        self.event: Event = event
        self.now: datetime = event.seen_at
        self._site_name = site_name

    @property
    def word(self) -> str:
        """Its state."""
        return wording.state(self.event)

    @cached_property
    def tries(self) -> list[Try]:
        """Its attempts, oldest first."""
        return [
            Try(
                attempt,
                number,
                wording.moment(attempt.started_at, self.now),
                wording.answer(attempt),
                wording.duration(timedelta(milliseconds=attempt.duration)),
                "\n".join(f"{name}: {value}" for name, value in _headers(attempt)),
            )
            for number, attempt in enumerate(attempts.of(self.event), 1)
        ]

    @cached_property
    def newest(self) -> list[Event]:
        """The newest of its conversation."""
        return timeline.newest(self.event)

    @cached_property
    def relatives(self) -> list[Event]:
        """Those it was merged into, was sent again from and was sent again as.

        A statement of their own only where the conversation has more than are shown.
        """
        if len(self.newest) < timeline.LENGTH:
            return [other for other in reversed(self.newest) if self._is_relative(other)]
        event = self.event
        kin = Q(resend_of=event) | Q(pk=event.resend_of_id)
        if event.claim is not None:
            kin |= Q(claim=event.claim, state=Event.State.SENT)
        mine = Event.objects.filter(kin, conversation_id=event.conversation_id)
        return list(mine.exclude(pk=event.pk).order_by("pk"))

    def _is_relative(self, other: Event) -> bool:
        event = self.event
        merged = event.claim is not None and other.claim == event.claim
        return other.pk != event.pk and (
            other.resend_of_id == event.pk
            or other.pk == event.resend_of_id
            or (merged and other.state == Event.State.SENT)
        )

    @property
    def lead(self) -> Event | None:
        """The event that it was merged into."""
        if self.event.state != Event.State.MERGED or self.event.claim is None:
            return None
        same = (other for other in self.relatives if other.claim == self.event.claim)
        return next(same, None)

    @cached_property
    def links(self) -> list[tuple[str, str, str]]:
        """`(relation, name, url)` of the related events."""
        return [(relation, str(other.pk), self._url(other)) for relation, other in self._kin()]

    def _kin(self) -> Iterator[tuple[str, Event]]:
        if self.lead is not None:
            yield _("Merged into"), self.lead
        for other in self.relatives:
            if other.pk == self.event.resend_of_id:
                yield _("Sent again from"), other
            if other.resend_of_id == self.event.pk:
                yield _("Sent again as"), other

    def _url(self, event: Event) -> str:
        return reverse(f"{self._site_name}:fin_bridge_event_change", args=[event.pk])

    @cached_property
    def verdict(self) -> str:
        """Did Fin get it, and if not, why?"""
        event = self.event
        waits = event.state == Event.State.WAITING
        gates = IntegrationState.objects.filter(integration=event.integration)
        gate = gates.first() if waits else None
        last = self.tries[-1].answer if self.tries else ""
        return verdict.of(event, self.now, last=last, lead=self.lead, gate=gate)

    @cached_property
    def state(self) -> ConversationState | None:
        """What is known of the conversation."""
        event = self.event
        return ConversationState.objects.about(event.integration, [event.conversation_id]).first()

    @property
    def conversation(self) -> list[tuple[str, Any]]:
        """The same in words."""
        state = self.state
        if state is None:
            return []
        return [
            (_("In charge"), state.get_holder_display()),
            (_("Last sent"), wording.moment(state.posted_at, self.now)),
            (_("Last pulled by Fin"), wording.moment(state.pulled_at, self.now)),
        ]

    @cached_property
    def timeline(self) -> list[timeline.Entry]:
        """Our events and Fin's calls, newest first."""
        return timeline.of(self.event, self.newest, self.now, self._site_name)

    @property
    def all_url(self) -> str:
        """The log of the conversation's events."""
        url = reverse(f"{self._site_name}:fin_bridge_event_changelist")
        return f"{url}?{urlencode({'conversation_id__exact': self.event.conversation_id})}"


def _headers(attempt: Attempt) -> Iterator[tuple[str, str]]:
    """The log holds no key; should a row of elsewhere hold one, it is not shown either."""
    headers: dict[str, Any] = attempt.request_headers or {}
    for name, value in headers.items():
        hidden = "key" in name.lower() or "authorization" in name.lower()
        yield name, "•••" if hidden else value if isinstance(value, str) else json.dumps(value)
