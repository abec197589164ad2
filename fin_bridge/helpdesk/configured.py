"""Which description is in use."""

from __future__ import annotations

from functools import lru_cache

from django.utils.module_loading import import_string

from ..conf import conf
from ..exceptions import ConfigurationError
from .parts.helpdesk import Helpdesk


@lru_cache(maxsize=8)
def _imported(path: str) -> Helpdesk:
    helpdesk = import_string(path)
    if not isinstance(helpdesk, Helpdesk):
        raise ConfigurationError(f"FIN_BRIDGE_HELPDESK: {path} is no Helpdesk.")
    return helpdesk


def current() -> Helpdesk:
    """The one that `FIN_BRIDGE_HELPDESK` names.

    Raises `ConfigurationError` where it cannot be imported: silence would lose events.
    """
    if not conf.helpdesk:
        raise ConfigurationError(
            "FIN_BRIDGE_HELPDESK must name the Helpdesk that describes yours."
        )
    try:
        return _imported(conf.helpdesk)
    except ImportError as error:
        message = f"FIN_BRIDGE_HELPDESK: {conf.helpdesk} cannot be imported: {error}"
        raise ConfigurationError(message) from error
