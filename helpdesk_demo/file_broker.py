"""What a broker made of files wants from the demo's runner.

A worker on it looks only every 2 to 4 seconds whether it was asked to end by a signal. Celery's
remote control reaches it at once, but waits in a file for a worker that is not there any more,
and would end the next one of the same name.
"""

from __future__ import annotations

from helpdesk_demo import settings
from helpdesk_demo.celery import app

_FOLDER = settings.VAR / "broker" / "messages"


def forget_commands() -> None:
    """Remove commands to workers of an earlier run; tasks stay."""
    for message in _FOLDER.glob("*.celery.pidbox.msg"):
        message.unlink(missing_ok=True)


def stop_workers() -> None:
    """Have all workers end after what they are doing; with another broker do nothing."""
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        app.control.shutdown()
