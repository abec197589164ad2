"""The Celery application of the tests.

`celery -A tests.support.celery_app worker` runs a real worker.
"""

import os
from importlib import import_module

import pytest
from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

# The demo has an application as well. The one that was made last is Celery's current one.
import_module("helpdesk_demo")

TRANSPORT_ALIASES["memory"] = "tests.support.broker:Transport"
app = Celery("fin_bridge_tests")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def use_broker(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Another for this test, with producers of its own: Celery keeps those that it has made."""
    app.conf.get("broker_url")  # what is set on it before its first use is forgotten
    monkeypatch.setattr(app.conf, "broker_write_url", url)
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
