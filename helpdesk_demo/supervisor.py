"""Starts programs, notices when one ends, and stops all of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, NoReturn, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType, TracebackType

    from helpdesk_demo.programs import Program

PATIENCE = 100  # seconds until everything must answer
GRACE = 5  # seconds between asking a program to end and killing it
LOOK_EVERY = 0.1  # seconds


class DemoError(Exception):
    """Says why there is no demo (any more), in words for whoever started it."""


@dataclass(frozen=True)
class Running:
    """A program that was started."""

    program: Program
    process: subprocess.Popen[bytes]
    log: Path
    ready_file: Path

    def is_ready(self) -> bool:
        """Tell whether it does its work already."""
        return _answers(self.program.address) if self.program.address else self.ready_file.exists()


class Supervisor:
    """A context in which programs run; none is left when it ends."""

    def __init__(
        self, root: Path, var: Path, before_stopping: Callable[[], None] = lambda: None
    ) -> None:
        self._root = root
        self._var = var
        self._before_stopping = before_stopping
        self._running: list[Running] = []
        self._asked_to_stop = threading.Event()
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Self:
        # A flag and no exception: none can then slip in between a start and our noting it.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._stop_soon)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def start(self, program: Program) -> None:
        """Start it in a process group of its own, so that Ctrl-C is ours alone to pass on."""
        log = self._folder("log") / f"{program.name}.log"
        ready_file = self._folder("run") / f"{program.name}.ready"
        ready_file.unlink(missing_ok=True)
        environment = {
            **os.environ,
            **program.environment,
            "DEMO_READY_FILE": str(ready_file),
            "PYTHONUNBUFFERED": "1",
            # The file-based broker moves each message to the temporary folder before it reads it.
            # That is atomic, and one worker's alone, only within one file system.
            "TMPDIR": str(self._folder("tmp")),
        }
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 (the commands are our own)
                program.command,
                cwd=self._root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.append(Running(program, process, log, ready_file))

    def wait_until_ready(self) -> None:
        """Return when every program does its work.

        Raises `DemoError` if one ends before that or takes too long, `KeyboardInterrupt` if
        we are told to stop.
        """
        deadline = time.monotonic() + PATIENCE
        waiting = list(self._running)
        while waiting := [running for running in waiting if not running.is_ready()]:
            self._raise_if_one_ended()
            if time.monotonic() > deadline:
                late = waiting[0]
                raise DemoError(f"{late.program.name} does not answer. See {late.log}")
            self._pause()

    def watch(self) -> NoReturn:
        """Do nothing for as long as all is well.

        Raises `DemoError` when a program ends, `KeyboardInterrupt` if we are told to stop.
        """
        while True:
            self._raise_if_one_ended()
            self._pause()

    def _pause(self) -> None:
        if self._asked_to_stop.wait(LOOK_EVERY):
            raise KeyboardInterrupt

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop.set()

    def _raise_if_one_ended(self) -> None:
        for running in self._running:
            if running.process.poll() is not None:
                raise DemoError(_obituary(running))

    def _stop(self) -> None:
        with contextlib.suppress(OSError):
            self._before_stopping()
        for running in self._running:
            running.process.terminate()
        deadline = time.monotonic() + GRACE
        for running in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.process.wait(max(0, deadline - time.monotonic()))
        for running in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.process.pid, signal.SIGKILL)
            running.process.wait()

    def _folder(self, name: str) -> Path:
        folder = self._var / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _obituary(running: Running) -> str:
    last_words = running.log.read_text(errors="replace").splitlines()[-15:]
    ended = f"{running.program.name} ended (code {running.process.returncode})"
    heading = f"{ended}, so the demo stops. The end of {running.log}:"
    return "\n  ".join([heading, *last_words])


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=1)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()
