"""All hosts at once, for mypy alone: it wants to know every model."""

from tests.settings import *  # noqa: F403  # settings extend settings this way
from tests.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, *(f"tests.hosts.{host}" for host in ("bugs", "care", "cases", "post"))]
