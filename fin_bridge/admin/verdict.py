"""Did Fin get it, and if not, why? In one or two sentences."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from ..models import Event, IntegrationState
from .wording import ahead, duration


def of(
    event: Event,
    now: datetime,
    *,
    last: str = "",
    lead: Event | None = None,
    gate: IntegrationState | None = None,
) -> str:
    """Of an event whose last answer was `last`; `lead` is what it was merged into."""
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
    """What came after the POST: for a sync it is not the end."""
    if event.kind == Event.Kind.TYPING:
        return ""
    if event.pulled_at is None:
        return " " + _("It has not pulled the conversation since.")
    after = max(event.pulled_at, event.settled_at or event.pulled_at) - event.created_at
    return " " + _("It had pulled the conversation %s after the change.") % duration(after)


def _waiting(event: Event, now: datetime, last: str, gate: IntegrationState | None) -> str:
    said = _("Fin has not got it yet.")
    if event.attempts or last:
        tries = {"count": event.attempts, "answer": last or event.detail}
        said += " " + _("The last of %(count)d tries ended with: %(answer)s.") % tries
    return f"{said} {_obstacle(gate, now) or _next(event, now)}"


def _obstacle(gate: IntegrationState | None, now: datetime) -> str:
    """What keeps the whole integration from sending."""
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
    return _("It is due: the next worker that looks sends it.")


def _sentence(text: str) -> str:
    text = text or _("nobody noted why")
    return text if text.endswith(".") else f"{text}."
