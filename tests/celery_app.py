"""The Celery application of the tests; `celery -A tests.celery_app worker` runs a real worker."""

import os
from importlib import import_module
from typing import Any

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

# The demo has an application as well. The one that was made last is Celery's current one.
import_module("helpdesk_demo")

TRANSPORT_ALIASES["memory"] = "tests.broker:Transport"
app = Celery("fin_bridge_tests")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def configuration() -> Any:
    """Celery's, loaded: what is set on it before its first use is forgotten."""
    app.conf.get("broker_url")
    return app.conf
