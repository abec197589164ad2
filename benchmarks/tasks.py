"""What one would write oneself: a signal, and a task for each change that posts it."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import Any

import requests
from celery import Task, shared_task
from django.db import transaction
from django.db.models.signals import post_save

from benchmarks.settings import EVENTS_URL
from fin_bridge.signing import sign
from helpdesk_demo.models import Reply


@shared_task(name="benchmarks.post", bind=True, max_retries=5)
def post(self: Task[..., None], conversation_id: str) -> None:
    """Tell Fin, and try again later if that fails."""
    body = json.dumps({"conversation_id": conversation_id}).encode()
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "X-Webhook-Key": "webhook-key",
        "X-Webhook-Timestamp": str(timestamp),
        "X-Webhook-Signature": sign("webhook-key", timestamp, body),
    }
    try:
        requests.post(EVENTS_URL, data=body, headers=headers, timeout=10).raise_for_status()
    except requests.RequestException as error:
        raise self.retry(exc=error, countdown=2**self.request.retries) from error


def connect() -> None:
    """Have each reply lead to a task, once its transaction is committed."""

    def saved(instance: Reply, **_: Any) -> None:
        transaction.on_commit(partial(post.delay, str(instance.ticket_id)))

    post_save.connect(saved, sender=Reply, weak=False)
