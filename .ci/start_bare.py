"""Starts the installed app beside a helpdesk, with none of its extras."""

import importlib
import pkgutil
import sys
from hashlib import sha256

import django
from django.conf import settings
from django.core.management import call_command
from django.core.management.utils import get_random_secret_key

NEEDS_AN_EXTRA = ("fin_bridge.contrib.", "fin_bridge.testing", "fin_bridge.api.trust.oauth")

settings.configure(
    SECRET_KEY=get_random_secret_key(),
    ROOT_URLCONF="fin_bridge.api.urls",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "rest_framework",
        "fin_bridge",
        "helpdesk_demo",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    USE_TZ=True,
    FIN_BRIDGE_HELPDESK="helpdesk_demo.fin.helpdesk",
    FIN_BRIDGE_PUBLIC_URL="https://helpdesk.example.com",
    FIN_BRIDGE_INTEGRATIONS={
        "default": {
            "ID": "integration-1",
            "REGION": "EU",
            "WEBHOOK_KEYS": [get_random_secret_key()],
            "SIGNING_KEYS": [get_random_secret_key()],
            "TOKENS": [sha256(get_random_secret_key().encode()).hexdigest()],
        }
    },
)
django.setup()
call_command("migrate", verbosity=0)

import fin_bridge  # noqa: E402  # an app's modules can be imported only now

for module in pkgutil.walk_packages(fin_bridge.__path__, "fin_bridge."):
    if not module.name.startswith(NEEDS_AN_EXTRA):
        importlib.import_module(module.name)
sys.stdout.write(f"fin_bridge {fin_bridge.__version__} from {fin_bridge.__path__[0]}\n")
