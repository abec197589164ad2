"""The programs that the demo consists of, and how the workers among them are stopped."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpdesk_demo import settings
from helpdesk_demo.celery import app

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Program:
    """A command, and the address that answers when it is ready; without one it makes a file."""

    name: str
    command: list[str]
    address: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def programs() -> Iterator[Program]:
    """Yield the programs that run under the present settings."""
    if settings.FIN_IS_SIMULATED:
        yield _simulator()
    yield _web()
    yield _worker("worker", "celery", "--pool=threads", "--concurrency=2")
    yield _worker("typing-worker", settings.FIN_BRIDGE_TYPING_QUEUE, "--pool=solo")
    schedule = str(settings.VAR / "beat-schedule")
    yield Program(
        "beat",
        [
            *_python("celery"),
            *_APP,
            "beat",
            "--loglevel=INFO",
            f"--schedule={schedule}",
            "--pidfile=",
        ],
    )


_APP = ["--app=helpdesk_demo"]
_CUSTOMERS = (
    "Nora Lindgren <nora@kupan.example>",
    "Daniel Osei <daniel@osei-brothers.example>",
    "Yuki Tanabe <yuki@sora-books.example>",
    "Amira Haddad <amira@lumen-studio.example>",
)


def _simulator() -> Program:
    fin = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    helpdesk = f"http://127.0.0.1:{settings.PORT}"
    public = urlsplit(settings.FIN_BRIDGE_PUBLIC_URL)
    return Program(
        "simulator",
        [
            *_python("fin_bridge.testing"),
            f"--port={settings.SIMULATOR_PORT}",
            f"--helpdesk-url={helpdesk}/api/fin",
            f"--dialect={settings.FIN_DIALECT}",
            f"--map-host={public.scheme}://{public.netloc}={helpdesk}",
            f"--journal={settings.VAR / 'log' / 'fin-journal.jsonl'}",
            *(f"--customer={customer}" for customer in _CUSTOMERS),
        ],
        address=settings.FIN_SIMULATOR_URL,
        # Not on the command line, which every account of this machine can read.
        environment={
            "FIN_INTEGRATION_ID": fin["ID"],
            "FIN_WEBHOOK_KEY": fin["WEBHOOK_KEYS"][0],
            "FIN_SIGNING_KEY": fin["SIGNING_KEYS"][0],
            "FIN_CLIENT_ID": fin["CLIENT_IDS"][0],
            "FIN_CLIENT_SECRET": settings.DEMO_FIN_CLIENT_SECRET,
        },
    )


def _web() -> Program:
    address = f"http://127.0.0.1:{settings.PORT}"
    return Program(
        "web",
        [
            *_python("gunicorn"),
            "--config=python:helpdesk_demo.gunicorn_conf",
            f"--bind=127.0.0.1:{settings.PORT}",
            "helpdesk_demo.wsgi",
        ],
        address=f"{address}{settings.STATIC_URL}helpdesk_demo/mark.svg",
        environment=(
            {"DEMO_MESSENGER_URL": settings.FIN_MESSENGER_URL} if settings.FIN_IS_SIMULATED else {}
        ),
    )


def _worker(name: str, queue: str, *options: str) -> Program:
    # Workers on one file-based broker need not hear of each other.
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [*_python("celery"), *_APP, "worker", f"--hostname={name}@demo", f"--queues={queue}"]
    return Program(name, [*command, *alone, "--loglevel=INFO", *options])


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def forget_commands() -> None:
    """Remove commands to workers of an earlier run from a broker made of files; tasks stay.

    A command to a worker that is gone would end the next one of the same name.
    """
    for message in (settings.VAR / "broker" / "messages").glob("*.celery.pidbox.msg"):
        message.unlink(missing_ok=True)


def stop_workers() -> None:
    """Have all workers on a broker made of files end after what they are doing.

    They look only every 2 to 4 seconds whether a signal has asked them to end. Celery's remote
    control reaches them at once.
    """
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        app.control.shutdown()
