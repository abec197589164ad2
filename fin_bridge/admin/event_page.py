"""The page of one event: what became of it, its attempts, and its conversation's timeline."""

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
from . import explanations, formatting, history


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt with its texts as the page shows them."""

    attempt: Attempt
    number: int
    started: str
    answer: str
    took: str
    headers: str


class EventPage:
    """Everything that the template asks for about one event."""

    def __init__(self, event: Any, site_name: str) -> None:
        self.event: Event = event
        self.now: datetime = event.seen_at
        self._site_name = site_name

    @property
    def word(self) -> str:
        return formatting.state(self.event)

    @cached_property
    def tries(self) -> list[Try]:
        return [
            Try(
                attempt,
                number,
                formatting.moment(attempt.started_at, self.now),
                formatting.answer(attempt),
                formatting.duration(timedelta(milliseconds=attempt.duration)),
                "\n".join(f"{name}: {value}" for name, value in _headers(attempt)),
            )
            for number, attempt in enumerate(history.attempts_of(self.event), 1)
        ]

    @cached_property
    def newest(self) -> list[Event]:
        return history.newest_events(self.event)

    @cached_property
    def relatives(self) -> list[Event]:
        """Return the events that this one was merged into, sent again from, or sent again as.

        It costs a statement only where the conversation has more events than the timeline shows.
        """
        if len(self.newest) < history.LENGTH:
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
        """Return the event that was sent for this one, which was merged into it."""
        if self.event.state != Event.State.MERGED or self.event.claim is None:
            return None
        same = (other for other in self.relatives if other.claim == self.event.claim)
        return next(same, None)

    @cached_property
    def links(self) -> list[tuple[str, str, str]]:
        """Return `(relation, name, url)` of each related event."""
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
        event = self.event
        waits = event.state == Event.State.WAITING
        gates = IntegrationState.objects.filter(integration=event.integration)
        gate = gates.first() if waits else None
        last = self.tries[-1].answer if self.tries else ""
        return explanations.verdict_on(event, self.now, last=last, lead=self.lead, gate=gate)

    @cached_property
    def state(self) -> ConversationState | None:
        event = self.event
        return ConversationState.objects.about(event.integration, [event.conversation_id]).first()

    @property
    def conversation(self) -> list[tuple[str, Any]]:
        state = self.state
        if state is None:
            return []
        return [
            (_("In charge"), state.get_holder_display()),
            (_("Last sent"), formatting.moment(state.posted_at, self.now)),
            (_("Last pulled by Fin"), formatting.moment(state.pulled_at, self.now)),
        ]

    @cached_property
    def timeline(self) -> list[history.Entry]:
        return history.timeline_of(self.event, self.newest, self.now, self._site_name)

    @property
    def all_url(self) -> str:
        url = reverse(f"{self._site_name}:fin_bridge_event_changelist")
        return f"{url}?{urlencode({'conversation_id__exact': self.event.conversation_id})}"


def _headers(attempt: Attempt) -> Iterator[tuple[str, str]]:
    headers: dict[str, Any] = attempt.request_headers or {}
    for name, value in headers.items():
        hidden = "key" in name.lower() or "authorization" in name.lower()
        yield name, "•••" if hidden else value if isinstance(value, str) else json.dumps(value)
