"""The health of an integration: a colour, one word, and one sentence that says why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.html import format_html
from django.utils.translation import gettext as _

from ..models import IntegrationState
from ..operating.health import LATE as ASLEEP
from . import wording

LATE: Final = timedelta(minutes=10)
"""What waits for so long, be it for its next try, deserves a look."""


class Health(NamedTuple):
    """`kind` is a colour of the style sheet."""

    kind: str
    word: str
    why: str

    def __str__(self) -> str:
        return format_html(
            '<span class="fin-word fin-{}">{}</span> {}', self.kind, self.word, self.why
        )


def of(state: IntegrationState, now: datetime, oldest: datetime | None = None) -> Health:
    """What stands in the way comes first; `oldest` is the first change that still waits."""
    if state.paused_at is not None:
        return Health("waiting", _("paused"), _("An operator paused it; changes are kept."))
    if state.swept_at is None or state.swept_at <= now - ASLEEP:
        return Health("failed", _("asleep"), _asleep(state, now))
    if state.blocked:
        why = _("Only probes are sent: %(why)s. The next goes %(when)s.") % {
            "why": state.blocked,
            "when": wording.ahead(state.probe_at or now, now),
        }
        return Health("failed", _("blocked"), why)
    if state.gate_until is not None and state.gate_until > now:
        why = _("Fin asked to wait; it goes on %s.") % wording.ahead(state.gate_until, now)
        return Health("waiting", _("waiting"), why)
    if state.recovering:
        why = _("What waited during an outage is sent at a rate.")
        return Health("sending", _("recovering"), why)
    if oldest is not None and now - oldest >= LATE:
        why = _("The oldest change has waited for %s.") % wording.duration(now - oldest)
        return Health("waiting", _("late"), why)
    return Health("sent", _("well"), _("Changes are sent as they come."))


def _asleep(state: IntegrationState, now: datetime) -> str:
    if state.swept_at is None:
        return _("Nothing has looked for what is due yet: does a worker run?")
    since = wording.duration(now - state.swept_at)
    return _("Nothing has looked for what is due for %s: does a worker run?") % since
