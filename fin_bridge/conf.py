"""The settings, read from Django at each use, so that `override_settings` simply works."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings

from .exceptions import ConfigurationError
from .integrations import Integration

CREDENTIALS: Final = ("token", "signature")
"""Fin can be asked to show these with each request."""


class Settings:
    """The settings: name, type, unit and default of each stand here and nowhere else."""

    @property
    def helpdesk(self) -> str:
        """Read `FIN_BRIDGE_HELPDESK`, the dotted path of the `Helpdesk` that describes it."""
        return getattr(settings, "FIN_BRIDGE_HELPDESK", "")

    @property
    def public_url(self) -> str:
        """Read `FIN_BRIDGE_PUBLIC_URL`, the https address under which attachments are served."""
        return str(getattr(settings, "FIN_BRIDGE_PUBLIC_URL", "")).rstrip("/")

    @property
    def integrations(self) -> dict[str, Integration]:
        """Read `FIN_BRIDGE_INTEGRATIONS`, the integrations by name, in their order."""
        configured = getattr(settings, "FIN_BRIDGE_INTEGRATIONS", {})
        return {name: Integration(name, options) for name, options in configured.items()}

    @property
    def integration_names(self) -> tuple[str, ...]:
        """Read the names of the integrations alone, since a save waits for it."""
        return tuple(getattr(settings, "FIN_BRIDGE_INTEGRATIONS", ()))

    def integration(self, name: str) -> Integration:
        """Return the integration of that name.

        Raises `ConfigurationError` where there is none.
        """
        try:
            return self.integrations[name]
        except KeyError:
            message = f"FIN_BRIDGE_INTEGRATIONS has no integration {name!r}."
            raise ConfigurationError(message) from None

    @property
    def credentials(self) -> tuple[str, ...]:
        """Read `FIN_BRIDGE_CREDENTIALS`: Fin must show "token", "signature", or both (default)."""
        return tuple(getattr(settings, "FIN_BRIDGE_CREDENTIALS", CREDENTIALS))

    @property
    def show_private_notes(self) -> bool:
        """Read `FIN_BRIDGE_SHOW_PRIVATE_NOTES`: if true (default), Fin sees internal notes."""
        return bool(getattr(settings, "FIN_BRIDGE_SHOW_PRIVATE_NOTES", True))

    @property
    def show_staff(self) -> bool:
        """Read `FIN_BRIDGE_SHOW_STAFF`: if true (default), Fin may list all agents.

        If false, the list holds Fin's own agent alone.
        """
        return bool(getattr(settings, "FIN_BRIDGE_SHOW_STAFF", True))

    @property
    def settle(self) -> timedelta:
        """Read `FIN_BRIDGE_SETTLE`, the seconds in which changes are gathered; 0.5 by default."""
        return _seconds("FIN_BRIDGE_SETTLE", 0.5)

    @property
    def lease(self) -> timedelta:
        """Read `FIN_BRIDGE_LEASE`, the seconds after which a claim lapses; 60 by default.

        A worker that has died in that time loses its claim to another one.
        """
        return _seconds("FIN_BRIDGE_LEASE", 60)

    @property
    def spacing(self) -> timedelta:
        """Read `FIN_BRIDGE_SPACING`, the least seconds between two POSTs of a conversation.

        It is 1 by default."""
        return _seconds("FIN_BRIDGE_SPACING", 1)

    @property
    def deadline(self) -> float:
        """Read `FIN_BRIDGE_DEADLINE`, the seconds that a POST may take in all; 15 by default."""
        return float(getattr(settings, "FIN_BRIDGE_DEADLINE", 15))

    @property
    def in_flight(self) -> int:
        """Read `FIN_BRIDGE_IN_FLIGHT`, the POSTs that a drain makes at once; 10 by default."""
        return int(getattr(settings, "FIN_BRIDGE_IN_FLIGHT", 10))

    @property
    def recovery_rate(self) -> int:
        """Read `FIN_BRIDGE_RECOVERY_RATE`, the POSTs a second after an outage; 50 by default."""
        return int(getattr(settings, "FIN_BRIDGE_RECOVERY_RATE", 50))

    @property
    def trust_environment(self) -> bool:
        """Read `FIN_BRIDGE_TRUST_ENVIRONMENT`: if it is true, proxies and netrc are heeded."""
        return bool(getattr(settings, "FIN_BRIDGE_TRUST_ENVIRONMENT", False))

    @property
    def sync_queue(self) -> str | None:
        """Read `FIN_BRIDGE_SYNC_QUEUE`, a queue for deliveries; None is Celery's default."""
        return getattr(settings, "FIN_BRIDGE_SYNC_QUEUE", None)

    @property
    def typing_queue(self) -> str | None:
        """Read `FIN_BRIDGE_TYPING_QUEUE`, a queue for typing; None is Celery's default."""
        return getattr(settings, "FIN_BRIDGE_TYPING_QUEUE", None)

    @property
    def typing_interval(self) -> float:
        """Read `FIN_BRIDGE_TYPING_INTERVAL`, the seconds from one typing event to the next.

        It is 3 by default, and holds for an agent at a conversation.
        """
        return float(getattr(settings, "FIN_BRIDGE_TYPING_INTERVAL", 3))

    @property
    def typing_cache(self) -> str:
        """Read `FIN_BRIDGE_TYPING_CACHE`, the alias of a cache that all web processes share."""
        return str(getattr(settings, "FIN_BRIDGE_TYPING_CACHE", "default"))

    @property
    def attachment_lifetime(self) -> timedelta:
        """Read `FIN_BRIDGE_ATTACHMENT_LIFETIME`, the seconds for which a file's address works.

        It is a week by default.
        """
        return _seconds("FIN_BRIDGE_ATTACHMENT_LIFETIME", 7 * 24 * 3600)

    @property
    def handover_alarm(self) -> timedelta | None:
        """Read `FIN_BRIDGE_HANDOVER_ALARM`, the seconds for which a handover may wait.

        It is 600 by default; None is for ever.
        """
        seconds = getattr(settings, "FIN_BRIDGE_HANDOVER_ALARM", 600)
        return None if seconds is None else timedelta(seconds=seconds)

    @property
    def retention(self) -> timedelta:
        """Read `FIN_BRIDGE_RETENTION_DAYS`, the days for which the log is kept; 90 by default."""
        return timedelta(days=getattr(settings, "FIN_BRIDGE_RETENTION_DAYS", 90))

    def raw(self, name: str, default: Any = None) -> Any:
        """Return a setting of Django's or of ours just as it stands, for the system checks."""
        return getattr(settings, name, default)

    @property
    def given(self) -> frozenset[str]:
        """Return the names of all settings that are meant for us, misspelled ones among them."""
        return frozenset(name for name in dir(settings) if name.startswith("FIN_BRIDGE_"))

    @property
    def session_cookie(self) -> str:
        """The name of the session's cookie, by Django's `SESSION_COOKIE_NAME`."""
        return str(settings.SESSION_COOKIE_NAME)

    @property
    def secret_key(self) -> str:
        """The key with which Django signs, by its `SECRET_KEY`."""
        return str(settings.SECRET_KEY)


def _seconds(name: str, default: float) -> timedelta:
    return timedelta(seconds=getattr(settings, name, default))


conf = Settings()
