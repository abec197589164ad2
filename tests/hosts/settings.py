"""Django settings of one of the hosts, which `FIN_BRIDGE_TEST_HOST` names."""

import os

from tests.settings import *  # noqa: F403  # settings extend settings this way

HOST = os.environ["FIN_BRIDGE_TEST_HOST"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "fin_bridge",
    f"tests.hosts.{HOST}",
    "tests.support",  # its `flush`
]
AUTH_USER_MODEL = {"care": "care.Member"}.get(HOST, "auth.User")
MIDDLEWARE = []
TEMPLATES = []
ROOT_URLCONF = "tests.hosts.urls"
FIN_BRIDGE_HELPDESK = f"tests.hosts.{HOST}.fin.helpdesk"
# The hosts have no migrations, and what has none cannot build on what has some.
MIGRATION_MODULES = {"auth": None, "contenttypes": None}
# Messages are shown at once.
FIN_BRIDGE_SETTLE = 0
