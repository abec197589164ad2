"""Celery's entry points: hints and notices go out here, workers come in here.

No other module imports Celery. Tasks carry no state of an event, so it does no harm if one is lost
or doubled, and old and new versions understand each other.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from celery import Task, shared_task

from .broker import PATIENCE, connect, publisher
from .conf import conf
from .database.connection import task_connection
from .events import hints, typing
from .events.drain import drain as drain_events
from .events.sweep import is_overdue
from .events.sweep import sweep as sweep_events
from .models import database
from .schedule import BEAT_SCHEDULE

__all__ = ["BEAT_SCHEDULE", "drain", "hint", "notice", "send_typing", "sweep"]

logger = logging.getLogger("fin_bridge")


@shared_task(name="fin_bridge.drain", bind=True, ignore_result=True)
def drain(self: Task[..., None]) -> None:
    """Send what is due; and then sweep, where beat is dead."""
    with _connection(self):
        wait = drain_events()
        _look_again(self, sweep_events() if is_overdue() else wait)


@shared_task(name="fin_bridge.sweep", bind=True, ignore_result=True)
def sweep(self: Task[..., None]) -> None:
    """Find what hints and drains have missed."""
    with _connection(self):
        _look_again(self, sweep_events())


@shared_task(name="fin_bridge.typing", bind=True, ignore_result=True)
def notice(
    self: Task[..., None],
    integration: str,
    conversation_id: str,
    agent: Mapping[str, Any],
    typed_at: float,
) -> None:
    """Tell Fin that an agent is typing."""
    with _connection(self):
        typing.send(integration, conversation_id, agent, typed_at)


def _connection(task: Task[..., None]) -> AbstractContextManager[None]:
    """Use a connection of ours in a worker; and the caller's where a task is called directly."""
    called_directly = task.request.called_directly or task.request.is_eager
    return nullcontext() if called_directly else task_connection(database())


def _look_again(task: Task[..., None], seconds: float | None) -> None:
    if seconds is not None and not task.request.is_eager:
        hints.again(seconds)


def _queue(name: str | None) -> dict[str, Any]:
    return {"queue": name} if name else {}


def hint(seconds: float) -> None:
    """Have a worker drain after so many seconds.

    Raises what the broker's client raises.
    """
    publisher.publish(drain, countdown=seconds, **_queue(conf.sync_queue))


def queues() -> set[str]:
    """Return the names of the queues that a worker has to consume."""
    default = str(drain.app.conf.task_default_queue)
    return {conf.sync_queue or default, conf.typing_queue or default}


def consumed_queues(seconds: float = PATIENCE) -> dict[str, set[str]]:
    """Return the queues of each worker that answers within so many seconds.

    Raises what the broker's client raises.
    """
    with connect(drain.app) as connection:
        connection.connect()
        workers = drain.app.control.inspect(timeout=seconds, connection=connection)
        answers = workers.active_queues() or {}
    return {name: {queue["name"] for queue in queues} for name, queues in answers.items()}


def send_typing(
    integration: str, conversation_id: str, agent: Mapping[str, Any], typed_at: float
) -> None:
    """Hand a notice to a worker; a broker that fails costs the notice, never an error."""
    if hints.waker.failure.is_on:
        return
    try:
        publisher.publish(
            notice,
            args=(integration, conversation_id, dict(agent), typed_at),
            expires=typing.LATEST.total_seconds(),
            **_queue(conf.typing_queue),
        )
    except Exception as error:  # each broker's client has exceptions of its own
        hints.waker.failure.start()
        logger.warning("A typing notice was dropped: the broker does not answer: %r", error)
        logger.debug("Where the notice failed.", exc_info=True)
