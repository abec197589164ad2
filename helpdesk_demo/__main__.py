"""`python -m helpdesk_demo`: the whole demo, until Ctrl-C."""

from __future__ import annotations

import fcntl
import io
import os
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import django
from django.core.management import call_command

from helpdesk_demo import settings
from helpdesk_demo.supervisor import DemoError, Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    """Run the demo; return the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        django.setup()
        with _the_only_demo():
            _run()
    except KeyboardInterrupt:
        _say("Stopped.")
    except DemoError as error:
        _say(f"\n{error}")
        return 1
    return 0


def _run() -> NoReturn:
    from helpdesk_demo.programs import forget_commands, programs, stop_workers
    from helpdesk_demo.welcome import welcome

    _raise_if_a_port_is_taken()
    _say("Setting up the helpdesk")
    call_command("migrate", verbosity=0)
    call_command("seed_demo", verbosity=0, stdout=io.StringIO())
    forget_commands()
    with Supervisor(settings.BASE_DIR, settings.VAR, stop_workers) as supervisor:
        for program in programs():
            _say(f"Starting {program.name}")
            supervisor.start(program)
        supervisor.wait_until_ready()
        _say(welcome())
        supervisor.watch()


@contextmanager
def _the_only_demo() -> Iterator[None]:
    """Hold the lock on the demo's data; the system lets it go with us, however we end."""
    with (settings.VAR / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise DemoError(
                f"A demo is running on {settings.VAR} already (process {lock.read()}). "
                "Stop it, or set DEMO_VAR to another folder for this one."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _raise_if_a_port_is_taken() -> None:
    ports = {"PORT": settings.PORT}
    if settings.FIN_IS_SIMULATED:
        ports["FIN_SIMULATOR_PORT"] = settings.SIMULATOR_PORT
    for variable, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise DemoError(
                    f"Port {port} is not free ({error.strerror}). "
                    f"Choose another: make demo {variable}={port + 10}"
                ) from None


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
