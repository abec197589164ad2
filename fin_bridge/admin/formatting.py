"""Formats the values of the log's pages: times, durations, states, answers and links."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..helpdesk import current
from ..models import Attempt, ConversationState, Event

NOTHING = "-"

_UNITS = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
)
_HANDOVERS = {
    ConversationState.Handover.WAITING: ("waiting", gettext_lazy("unanswered for %s")),
    ConversationState.Handover.LATE: ("failed", gettext_lazy("unanswered for %s")),
    ConversationState.Handover.ANSWERED: ("sent", gettext_lazy("answered after %s")),
    ConversationState.Handover.OVER: ("merged", gettext_lazy("over without an answer")),
}
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def duration(length: timedelta) -> str:
    """Format a length of time, such as `120 ms`, `1.4 s`, `32 s`, `4 min`, `3 h` or `2 d`."""
    seconds = length.total_seconds()
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    for unit, name in _UNITS:
        if length >= unit:
            return f"{length // unit} {name}"
    return f"{seconds:.0f} s"


def moment(at: datetime | None, now: datetime) -> str:
    """Format a time of day, with the date unless it is today; in full as the tooltip."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    today = local.date() == timezone.localtime(now).date()
    return format_html(
        '<time class="fin-time" datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        _in_full(at),
        formats.date_format(local, "H:i:s" if today else "j M, H:i"),
    )


def after(at: datetime | None, began: datetime) -> str:
    """Format the time that has passed since `began`, such as `+1.4 s`; in full as the tooltip."""
    if at is None:
        return NOTHING
    return format_html(
        '<time class="fin-time" datetime="{}" title="{}">+{}</time>',
        at.isoformat(),
        _in_full(at),
        duration(max(at - began, timedelta(0))),
    )


def _in_full(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S.%f %Z")


def ahead(at: datetime | None, now: datetime) -> str:
    """Format the time until `at`, such as `in 4 min`, or `now` where it has passed."""
    if at is None:
        return NOTHING
    return _("in %s") % duration(at - now) if at > now else _("now")


def state(event: Event) -> str:
    """Format an event's state as a coloured word; the colour adds nothing to the word."""
    merged = event.state == Event.State.MERGED
    word = _("merged") if merged else Event.State(event.state).label
    return format_html('<span class="fin-word fin-{}">{}</span>', event.state, word)


def answer(attempt: Attempt, *, brief: bool = False) -> str:
    """Format the status that came back, or why none did; `brief` leaves out a success's name."""
    if attempt.status is None:
        return attempt.outcome
    return str(attempt.status) if brief and attempt.status < 300 else named(attempt.status)


def named(code: int) -> str:
    """Format an HTTP status with its name, if it has one."""
    return f"{code} {_PHRASES.get(code, '')}".strip()


def status(code: int) -> str:
    """Format an HTTP status as a coloured word, in which a refusal stands out."""
    kind = "sent" if code < 400 else "failed"
    return format_html('<span class="fin-word fin-{}">{}</span>', kind, named(code))


def handover(state: ConversationState, now: datetime) -> str:
    """Say how a handover stands and how long the customer waits or had to wait."""
    if not state.handover or state.handed_over_at is None:
        return NOTHING
    kind, template = _HANDOVERS[ConversationState.Handover(state.handover)]
    length = duration((state.answered_at or now) - state.handed_over_at)
    text = str(template).replace("%s", length)
    return format_html('<span class="fin-word fin-{}">{}</span>', kind, text)


def conversation(conversation_id: str, site: AdminSite) -> str:
    """Link a conversation's id to the helpdesk's own admin, where that has a page for it."""
    part = current().conversations
    key = part.key(conversation_id)
    if key is None or not site.is_registered(part.model_class):
        return conversation_id
    meta = part.model_class._meta
    name = f"{site.name}:{meta.app_label}_{meta.model_name}_change"
    url = reverse(name, args=[quote(str(key))])
    return format_html('<a href="{}">{}</a>', url, conversation_id)
