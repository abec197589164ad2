"""The simulator's options out of what `manage.py fin_setup --json` prints."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .contract import Document

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def options(text: str) -> dict[str, Any]:
    """By the names of the command line's options.

    Raises ValueError for what cannot be used: a client whose secret was shown before, or addresses
    that do not end as the contract spells them.
    """
    given = json.loads(text)
    if not given["client_secret"]:
        raise ValueError("it has no client secret: fin_setup --new-secret --json shows one")
    return {
        "helpdesk_url": _base(given["dialect"], given["operations"]),
        "token_url": given["token_url"],
        "dialect": given["dialect"],
        "integration_id": given["integration_id"],
        "webhook_key": [given["webhook_secret"]],
        "signing_key": given["signing_key"],
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
        **_address(given["events_url"]),
    }


def _base(dialect: Any, urls: Mapping[str, str]) -> str:
    """Where all of the operations begin."""
    operations = Document.load(dialect).operations
    bases = {url.removesuffix(operations[name].path) for name, url in urls.items()}
    base = min(bases, key=len)
    if len(bases) > 1 or base == urls["get_user"]:
        raise ValueError("the operations' addresses do not begin alike")
    return base


def _address(events_url: str) -> dict[str, Any]:
    """Where events are sent, if that is this machine, is where the simulator listens."""
    parts = urlsplit(events_url)
    if parts.hostname not in LOOPBACK or parts.port is None:
        return {}
    return {"host": parts.hostname, "port": parts.port}
