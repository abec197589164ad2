"""The Celery application of the demo."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk_demo.settings")

app = Celery("helpdesk_demo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@beat_init.connect
def say_that_it_is_ready(**_: Any) -> None:
    """Make the file that the demo's runner waits for, if the runner has started us."""
    if path := os.environ.get("DEMO_READY_FILE"):
        Path(path).touch()
