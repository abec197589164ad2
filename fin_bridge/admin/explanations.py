"""Explains in a sentence how an integration is, and whether Fin has got an event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.html import format_html
from django.utils.translation import gettext as _

from ..models import Event, IntegrationState
from ..operating.health import LATE as ASLEEP
from .formatting import ahead, duration

LATE: Final = timedelta(minutes=10)
"""A change that has waited for so long deserves a look, even where it waits for its next try."""


class Health(NamedTuple):
    """The health of an integration: `kind` is a colour of the style sheet, `why` a sentence."""

    kind: str
    word: str
    why: str

    def __str__(self) -> str:
        return format_html(
            '<span class="fin-word fin-{}">{}</span> {}', self.kind, self.word, self.why
        )


def health_of(state: IntegrationState, now: datetime, oldest: datetime | None = None) -> Health:
    """Explain how the integration is, by the most serious of what stands in its way.

    `oldest` is the time of the first change that still waits.
    """
    if state.paused_at is not None:
        return Health("waiting", _("paused"), _("An operator paused it; changes are kept."))
    if state.swept_at is None or state.swept_at <= now - ASLEEP:
        return Health("failed", _("asleep"), _asleep(state, now))
    if state.blocked:
        why = _("Only probes are sent: %(why)s. The next goes %(when)s.") % {
            "why": state.blocked,
            "when": ahead(state.probe_at or now, now),
        }
        return Health("failed", _("blocked"), why)
    if state.gate_until is not None and state.gate_until > now:
        why = _("Fin asked to wait; it goes on %s.") % ahead(state.gate_until, now)
        return Health("waiting", _("waiting"), why)
    if state.recovering:
        why = _("Changes of an outage are sent at a limited rate.")
        return Health("sending", _("recovering"), why)
    if oldest is not None and now - oldest >= LATE:
        why = _("The oldest change has waited for %s.") % duration(now - oldest)
        return Health("waiting", _("late"), why)
    return Health("sent", _("well"), _("Changes are sent as they come."))


def _asleep(state: IntegrationState, now: datetime) -> str:
    if state.swept_at is None:
        return _("No worker has looked for due events yet: is one running?")
    since = duration(now - state.swept_at)
    return _("No worker has looked for due events for %s: is one running?") % since


def verdict_on(
    event: Event,
    now: datetime,
    *,
    last: str = "",
    lead: Event | None = None,
    gate: IntegrationState | None = None,
) -> str:
    """Explain in one or two sentences whether Fin has got the event, and if not, why.

    `last` is how its last attempt ended, `lead` the event that it was merged into, and `gate` the
    state of its integration, which may keep it waiting.
    """
    match Event.State(event.state):
        case Event.State.WAITING:
            return _waiting(event, now, last, gate)
        case Event.State.SENDING:
            return _("It is being sent to Fin right now.")
        case Event.State.SENT:
            return _("Fin accepted it %s after the change.") % _took(event) + _pull(event)
        case Event.State.MERGED:
            name = "" if lead is None else f" {lead.pk}"
            return _("Fin was told of it together with event%s.") % name + _pull(event)
    return _("Fin did not get it: %s") % _sentence(event.detail)


def _took(event: Event) -> str:
    return duration((event.settled_at or event.created_at) - event.created_at)


def _pull(event: Event) -> str:
    """Say whether Fin has read the conversation since: for a sync the POST is not the end."""
    if event.kind == Event.Kind.TYPING:
        return ""
    if event.pulled_at is None:
        return " " + _("It has not pulled the conversation since.")
    after = max(event.pulled_at, event.settled_at or event.pulled_at) - event.created_at
    return " " + _("It pulled the conversation %s after the change.") % duration(after)


def _waiting(event: Event, now: datetime, last: str, gate: IntegrationState | None) -> str:
    said = _("Fin has not got it yet.")
    if event.attempts or last:
        answer = (event.detail or last).removesuffix(".")
        tries = {"count": event.attempts, "answer": answer}
        said += " " + _("The last of %(count)d tries ended with: %(answer)s.") % tries
    return f"{said} {_obstacle(gate, now) or _next(event, now)}"


def _obstacle(gate: IntegrationState | None, now: datetime) -> str:
    """Say what keeps the whole integration from sending, if anything does."""
    if gate is None:
        return ""
    if gate.paused_at is not None:
        return _("The integration %s is paused.") % gate.integration
    if gate.blocked:
        words = {"name": gate.integration, "reason": gate.blocked}
        return _("The integration %(name)s only sends probes: %(reason)s.") % words
    if gate.gate_until is not None and gate.gate_until > now:
        return _("Fin has asked to wait: the integration goes on %s.") % ahead(
            gate.gate_until, now
        )
    return ""


def _next(event: Event, now: datetime) -> str:
    if event.due_at > now:
        return _("It is due %s.") % ahead(event.due_at, now)
    return _("It is due: the next worker sends it.")


def _sentence(text: str) -> str:
    text = text or _("no reason was noted")
    return text if text.endswith(".") else f"{text}."
