"""Integrations of Fin: the regions, the keys and the addresses that their settings name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

REGIONS: Final[Mapping[str, str]] = {
    "US": "https://api.intercom.io/hooks/standalone",
    "EU": "https://api.eu.intercom.io/hooks/standalone",
    "AU": "https://api.au.intercom.io/hooks/standalone",
}
"""Fin's regions lead to the bases of their events endpoints (contract, section 1)."""

Keys = Sequence[str | Callable[[], str]]


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration of Fin: `name` and `options` are an item of `FIN_BRIDGE_INTEGRATIONS`."""

    name: str
    options: Mapping[str, Any] = field(repr=False)  # it holds keys, and tracebacks show reprs

    @property
    def id(self) -> str:
        """Read `ID`, the integration id of Fin's deployment page; "" without it."""
        return str(self.options.get("ID", ""))

    @property
    def webhook_keys(self) -> tuple[str, ...]:
        """Read `WEBHOOK_KEYS`, the keys that Fin accepts from us, the current one first."""
        return _current(self.options.get("WEBHOOK_KEYS", ()))

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """Read `SIGNING_KEYS`; Fin signs its requests with one of them."""
        return _current(self.options.get("SIGNING_KEYS", ()))

    @property
    def client_ids(self) -> frozenset[str]:
        """Read `CLIENT_IDS`, the OAuth clients whose tokens are this integration's.

        They tell integrations apart, since any client of the host's gets a scope for the asking.
        """
        return frozenset(self.options.get("CLIENT_IDS", ()))

    @property
    def tokens(self) -> tuple[str, ...]:
        """Read `TOKENS`, the SHA-256 hex digests of the static bearer tokens."""
        return _current(self.options.get("TOKENS", ()))

    @property
    def agent_id(self) -> str | None:
        """Read `AGENT_ID`, the helpdesk's agent that acts as Fin; None where Fin tells it."""
        agent_id = self.options.get("AGENT_ID")
        return None if agent_id is None else str(agent_id)

    @property
    def events_url(self) -> str:
        """Build the address that events are sent to; "" if the settings give no base.

        The base is `EVENTS_URL`, or that of the `REGION` (contract, section 1).
        """
        base = str(
            self.options.get("EVENTS_URL") or REGIONS.get(self.options.get("REGION", ""), "")
        )
        return f"{base.rstrip('/')}/custom_helpdesk_conversation_event/{self.id}" if base else ""


def _current(keys: Keys) -> tuple[str, ...]:
    """Call the keys that are callables: read at each use, a key rotates without a restart."""
    return tuple(key() if callable(key) else key for key in keys)
