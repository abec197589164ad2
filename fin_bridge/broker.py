"""Publishing to the broker without ever waiting long for it.

With Celery's defaults a broker that accepts and never answers blocks a web request for good, and
one that refuses costs seconds. So hints and notices go over connections of our own, one for each
thread, that give up within a second.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any, Final

PATIENCE: Final = 1.0
"""Seconds that each step of talking to the broker may take."""

_OPTIONS: Final[dict[str, Any]] = {
    # Redis
    "socket_timeout": PATIENCE,
    "socket_connect_timeout": PATIENCE,
    "retry_on_timeout": False,
    # RabbitMQ
    "connect_timeout": PATIENCE,
    "read_timeout": PATIENCE,
    "write_timeout": PATIENCE,
    # any: one try, and no pause after it
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}


def connect(app: Any) -> Any:
    """Return a Celery app's connection to the broker that gives up within `PATIENCE`."""
    return app.connection_for_write(connect_timeout=PATIENCE, transport_options=_OPTIONS)


class Publisher(threading.local):
    """The connection of a thread to the broker."""

    def __init__(self) -> None:
        self._process = 0
        self._connection: Any = None
        self._producer: Any = None

    def publish(self, task: Any, **options: Any) -> None:
        """Send a Celery task with the options of `apply_async`; raise what that raises.

        A connection may have died while it was idle: then it is tried once more, over a new one.
        """
        fresh = self._connect(task)
        started = time.monotonic()
        try:
            task.apply_async(producer=self._producer, retry=False, **options)
        except Exception:
            self._drop()
            if fresh or time.monotonic() - started > PATIENCE / 2:
                raise
            self.publish(task, **options)

    def _connect(self, task: Any) -> bool:
        """Return whether a connection had to be made, as in a forked process."""
        if self._connection is not None and self._process == os.getpid():
            return False
        self._process = os.getpid()
        self._connection = connect(task.app)
        self._producer = task.app.amqp.Producer(self._connection, auto_declare=False)
        return True

    def _drop(self) -> None:
        # Without a farewell, which a broker that hangs would not answer.
        self._connection.collect(socket_timeout=0.1)
        self._connection = self._producer = None


publisher = Publisher()
