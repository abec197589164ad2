"""Checks of what the app stands on: database, cache, Celery, django-oauth-toolkit."""

from __future__ import annotations

from typing import Any, Final

from django import apps
from django.core import checks
from django.db import connections, router

from ..conf import conf
from ..models import database
from .description import helpdesk
from .settings import TAG, is_mapping

VENDORS: Final = ("postgresql", "sqlite", "mysql")
_OF_ONE_PROCESS: Final = ("LocMemCache", "DummyCache")


@checks.register(TAG)
def check_database(**_: Any) -> list[checks.CheckMessage]:
    """Check the kind of our database, and that it is the helpdesk's, without a connection."""
    alias = database()
    found: list[checks.CheckMessage] = []
    if connections[alias].vendor not in VENDORS:
        found.append(
            checks.Error(
                f"The database {alias!r} is a {connections[alias].vendor} database.",
                hint="Use PostgreSQL, MySQL, MariaDB or SQLite; set DATABASES or your routers.",
                id="fin_bridge.E081",
            )
        )
    desk = helpdesk()
    if desk is not None and router.db_for_write(desk.conversations.model_class) != alias:
        found.append(
            checks.Error(
                "fin_bridge's tables are not in the database of the conversations.",
                hint="Let your routers send fin_bridge where the helpdesk is: an event has to "
                "be committed and rolled back with its change.",
                id="fin_bridge.E080",
            )
        )
    return found


@checks.register(TAG)
def check_oauth(**_: Any) -> list[checks.CheckMessage]:
    """Check that Fin can get a token, and that tokens are stored hashed."""
    configured = conf.raw("FIN_BRIDGE_INTEGRATIONS", {})
    integrations = configured.values() if is_mapping(configured) else ()
    if not any(is_mapping(options) and options.get("CLIENT_IDS") for options in integrations):
        return []
    if not apps.apps.is_installed("oauth2_provider"):
        return [
            checks.Error(
                "CLIENT_IDS are set, but django-oauth-toolkit is not installed.",
                hint="Install the extra oauth and add oauth2_provider to INSTALLED_APPS, or use "
                "TOKENS.",
                id="fin_bridge.E082",
            )
        ]
    oauth = conf.raw("OAUTH2_PROVIDER", {})
    if oauth.get("COMPLIANT_BCP_RFC9700_TOKEN_STORAGE"):
        return []
    return [
        checks.Warning(
            "Fin's access tokens are stored unhashed.",
            hint='Set OAUTH2_PROVIDER["COMPLIANT_BCP_RFC9700_TOKEN_STORAGE"] = True; '
            "it needs django-oauth-toolkit 3.4.",
            id="fin_bridge.W008",
        )
    ]


@checks.register(TAG, deploy=True)
def check_celery(**_: Any) -> list[checks.CheckMessage]:
    """Warn of eager tasks, which would POST to Fin in the middle of a request."""
    if not (conf.raw("CELERY_TASK_ALWAYS_EAGER") or conf.raw("CELERY_ALWAYS_EAGER")):
        return []
    return [
        checks.Warning(
            "Celery runs tasks eagerly: requests wait for Fin, and nothing is tried again.",
            hint="Remove CELERY_TASK_ALWAYS_EAGER, and run a worker and beat.",
            id="fin_bridge.W006",
        )
    ]


@checks.register(TAG, deploy=True)
def check_typing_cache(**_: Any) -> list[checks.CheckMessage]:
    """Warn of a cache of one process: an agent's keystrokes reach several web processes."""
    cache = conf.raw("CACHES", {}).get(conf.typing_cache, {})
    if not str(cache.get("BACKEND", "")).endswith(_OF_ONE_PROCESS):
        return []
    return [
        checks.Warning(
            f"The cache {conf.typing_cache!r} is not shared: each process sends typing events.",
            hint="Set FIN_BRIDGE_TYPING_CACHE to a cache on a server, such as Redis.",
            id="fin_bridge.W007",
        )
    ]
