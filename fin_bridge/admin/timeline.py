"""What happened to a conversation, both ways: our events and Fin's calls beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import Event, FinCall
from . import wording

LENGTH = 50
"""Entries shown of each side."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, which way, what, and what came of it."""

    at: datetime
    when: str
    way: str
    title: str
    word: str
    detail: str
    url: str = ""
    current: bool = False


def newest(event: Event) -> list[Event]:
    """The newest events of its conversation, the last first."""
    same = Event.objects.filter(conversation_id=event.conversation_id)
    return list(same.order_by("-pk")[:LENGTH])


def of(event: Event, events: Sequence[Event], now: datetime, site_name: str) -> list[Entry]:
    """Of the event's conversation, whose newest events are given, newest first."""
    entries = [*_events(event, events, now, site_name), *_calls(event, now)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _events(
    event: Event, events: Sequence[Event], now: datetime, site_name: str
) -> Iterator[Entry]:
    for other in events:
        yield Entry(
            other.created_at,
            wording.moment(other.created_at, now),
            _("to Fin"),
            other.cause or other.get_kind_display(),
            wording.state(other),
            other.detail or _pulled(other),
            reverse(f"{site_name}:fin_bridge_event_change", args=[other.pk]),
            other.pk == event.pk,
        )


def _pulled(event: Event) -> str:
    if event.pulled_at is None:
        return ""
    return _("pulled %s after the change") % wording.duration(event.pulled_at - event.created_at)


def _calls(event: Event, now: datetime) -> Iterator[Entry]:
    calls = FinCall.objects.filter(conversation_id=event.conversation_id).order_by("-at", "-pk")
    for call in calls[:LENGTH]:
        took = wording.duration(timedelta(milliseconds=call.duration))
        yield Entry(
            call.at,
            wording.moment(call.at, now),
            _("from Fin"),
            call.operation,
            wording.status(call.status),
            call.detail or _("took %s") % took,
        )
