"""The settings, read from Django at each use, so that `override_settings` simply works."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.conf import settings

from .exceptions import ConfigurationError

REGIONS: Final[Mapping[str, str]] = {
    "US": "https://api.intercom.io/hooks/standalone",
    "EU": "https://api.eu.intercom.io/hooks/standalone",
    "AU": "https://api.au.intercom.io/hooks/standalone",
}
"""Fin's regions and the bases of their events endpoints (contract, section 1)."""

CREDENTIALS: Final = ("token", "signature")
"""What Fin can be asked to show with each request."""

Keys = Sequence[str | Callable[[], str]]


@dataclass(frozen=True, slots=True)
class Integration:
    """One integration of Fin; `name` is its key in `FIN_BRIDGE_INTEGRATIONS`."""

    name: str
    options: Mapping[str, Any] = field(repr=False)  # it holds keys, and tracebacks show reprs

    @property
    def id(self) -> str:
        """The integration id of Fin's deployment page."""
        return str(self.options.get("ID", ""))

    @property
    def webhook_keys(self) -> tuple[str, ...]:
        """The keys that Fin accepts from us, the current one first."""
        return _current(self.options.get("WEBHOOK_KEYS", ()))

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """The keys of which Fin signs its requests with one."""
        return _current(self.options.get("SIGNING_KEYS", ()))

    @property
    def client_ids(self) -> frozenset[str]:
        """The OAuth clients whose tokens are this integration's; a scope is no boundary."""
        return frozenset(self.options.get("CLIENT_IDS", ()))

    @property
    def tokens(self) -> tuple[str, ...]:
        """SHA-256 hex digests of the static bearer tokens."""
        return _current(self.options.get("TOKENS", ()))

    @property
    def agent_id(self) -> str | None:
        """Which agent of the helpdesk acts as Fin, where the settings say so."""
        agent_id = self.options.get("AGENT_ID")
        return None if agent_id is None else str(agent_id)

    @property
    def events_url(self) -> str:
        """Where events are sent: a base of one's own, or that of a region; "" if neither."""
        base = str(
            self.options.get("EVENTS_URL") or REGIONS.get(self.options.get("REGION", ""), "")
        )
        return f"{base.rstrip('/')}/custom_helpdesk_conversation_event/{self.id}" if base else ""


def _current(keys: Keys) -> tuple[str, ...]:
    """A key may be a callable, read at each use, so that it rotates without a restart."""
    return tuple(key() if callable(key) else key for key in keys)


class Settings:
    """One property a setting: its name, type and default stand here and nowhere else."""

    @property
    def helpdesk(self) -> str:
        """`FIN_BRIDGE_HELPDESK`: dotted path of the `Helpdesk` that describes the models."""
        return getattr(settings, "FIN_BRIDGE_HELPDESK", "")

    @property
    def public_url(self) -> str:
        """`FIN_BRIDGE_PUBLIC_URL`: the https address under which attachments are served."""
        return str(getattr(settings, "FIN_BRIDGE_PUBLIC_URL", "")).rstrip("/")

    @property
    def integrations(self) -> dict[str, Integration]:
        """`FIN_BRIDGE_INTEGRATIONS`: the integrations by name, in the order of the settings."""
        configured = getattr(settings, "FIN_BRIDGE_INTEGRATIONS", {})
        return {name: Integration(name, options) for name, options in configured.items()}

    @property
    def integration_names(self) -> tuple[str, ...]:
        """Their names alone, for a save, which waits for it."""
        return tuple(getattr(settings, "FIN_BRIDGE_INTEGRATIONS", ()))

    def integration(self, name: str) -> Integration:
        """The integration of that name.

        Raises `ConfigurationError` where there is none.
        """
        try:
            return self.integrations[name]
        except KeyError:
            message = f"FIN_BRIDGE_INTEGRATIONS has no integration {name!r}."
            raise ConfigurationError(message) from None

    @property
    def credentials(self) -> tuple[str, ...]:
        """`FIN_BRIDGE_CREDENTIALS`: which of token and signature Fin must show."""
        return tuple(getattr(settings, "FIN_BRIDGE_CREDENTIALS", CREDENTIALS))

    @property
    def show_private_notes(self) -> bool:
        """`FIN_BRIDGE_SHOW_PRIVATE_NOTES`: whether Fin is shown internal notes."""
        return bool(getattr(settings, "FIN_BRIDGE_SHOW_PRIVATE_NOTES", True))

    @property
    def show_staff(self) -> bool:
        """`FIN_BRIDGE_SHOW_STAFF`: whether Fin's list of agents holds more than Fin's own."""
        return bool(getattr(settings, "FIN_BRIDGE_SHOW_STAFF", True))

    @property
    def settle(self) -> timedelta:
        """`FIN_BRIDGE_SETTLE`, seconds: how long changes of a conversation are gathered."""
        return _seconds("FIN_BRIDGE_SETTLE", 0.5)

    @property
    def lease(self) -> timedelta:
        """`FIN_BRIDGE_LEASE`, seconds: after it a dead worker's claim is taken over."""
        return _seconds("FIN_BRIDGE_LEASE", 60)

    @property
    def spacing(self) -> timedelta:
        """`FIN_BRIDGE_SPACING`, seconds: the least time between two POSTs of one conversation."""
        return _seconds("FIN_BRIDGE_SPACING", 1)

    @property
    def deadline(self) -> float:
        """`FIN_BRIDGE_DEADLINE`, seconds by the wall clock: the longest a POST may take."""
        return float(getattr(settings, "FIN_BRIDGE_DEADLINE", 15))

    @property
    def in_flight(self) -> int:
        """`FIN_BRIDGE_IN_FLIGHT`: how many POSTs one drain has under way at once."""
        return int(getattr(settings, "FIN_BRIDGE_IN_FLIGHT", 10))

    @property
    def recovery_rate(self) -> int:
        """`FIN_BRIDGE_RECOVERY_RATE`: POSTs a second after an outage of Fin's."""
        return int(getattr(settings, "FIN_BRIDGE_RECOVERY_RATE", 50))

    @property
    def trust_environment(self) -> bool:
        """`FIN_BRIDGE_TRUST_ENVIRONMENT`: whether proxies and netrc of the environment count."""
        return bool(getattr(settings, "FIN_BRIDGE_TRUST_ENVIRONMENT", False))

    @property
    def sync_queue(self) -> str | None:
        """`FIN_BRIDGE_SYNC_QUEUE`: a Celery queue for deliveries; None is the host's default."""
        return getattr(settings, "FIN_BRIDGE_SYNC_QUEUE", None)

    @property
    def typing_queue(self) -> str | None:
        """`FIN_BRIDGE_TYPING_QUEUE`: a Celery queue for typing; None is the host's default."""
        return getattr(settings, "FIN_BRIDGE_TYPING_QUEUE", None)

    @property
    def typing_interval(self) -> float:
        """`FIN_BRIDGE_TYPING_INTERVAL`, seconds: at most one typing event in it."""
        return float(getattr(settings, "FIN_BRIDGE_TYPING_INTERVAL", 3))

    @property
    def typing_cache(self) -> str:
        """`FIN_BRIDGE_TYPING_CACHE`: the alias in `CACHES`, one that all web processes share."""
        return str(getattr(settings, "FIN_BRIDGE_TYPING_CACHE", "default"))

    @property
    def attachment_lifetime(self) -> timedelta:
        """`FIN_BRIDGE_ATTACHMENT_LIFETIME`, seconds: how long an attachment's address works."""
        return _seconds("FIN_BRIDGE_ATTACHMENT_LIFETIME", 7 * 24 * 3600)

    @property
    def overlap(self) -> timedelta:
        """`FIN_BRIDGE_OVERLAP`, seconds: how far an answer reaches back before `after_id`."""
        return _seconds("FIN_BRIDGE_OVERLAP", 300)

    @property
    def handover_alarm(self) -> timedelta | None:
        """`FIN_BRIDGE_HANDOVER_ALARM`, seconds: how long a handover may wait; None is for ever."""
        seconds = getattr(settings, "FIN_BRIDGE_HANDOVER_ALARM", 600)
        return None if seconds is None else timedelta(seconds=seconds)

    @property
    def retention(self) -> timedelta:
        """`FIN_BRIDGE_RETENTION_DAYS`: how long settled events, attempts and calls are kept."""
        return timedelta(days=getattr(settings, "FIN_BRIDGE_RETENTION_DAYS", 90))

    def raw(self, name: str, default: Any = None) -> Any:
        """A setting of Django's or of ours just as it stands, for the system checks."""
        return getattr(settings, name, default)

    @property
    def given(self) -> frozenset[str]:
        """The names of all settings that are meant for us, misspelled ones among them."""
        return frozenset(name for name in dir(settings) if name.startswith("FIN_BRIDGE_"))

    @property
    def session_cookie(self) -> str:
        """Django's `SESSION_COOKIE_NAME`."""
        return str(settings.SESSION_COOKIE_NAME)

    @property
    def secret_key(self) -> str:
        """Django's `SECRET_KEY`."""
        return str(settings.SECRET_KEY)


def _seconds(name: str, default: float) -> timedelta:
    return timedelta(seconds=getattr(settings, name, default))


conf = Settings()
