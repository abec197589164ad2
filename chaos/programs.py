"""Programs that can be killed, frozen and started again, with all that they have started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

GRACE = 10.0
"""Seconds between asking a program to end and killing it."""


class Program:
    """A command with its log; its environment is this process's and what is given."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._command = list(command)
        self._log = folder / f"{name}.log"
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """In a session of its own, so that Ctrl-C is not passed on; its log grows."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def runs(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pids(self) -> list[int]:
        """Its own, and those of all its descendants."""
        return family(self._process.pid) if self._process is not None and self.runs else []

    def send(self, number: signal.Signals) -> None:
        """A signal to this one process."""
        if self._process is not None and self.runs:
            self._process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        if self._process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return not self.runs

    def kill(self) -> None:
        """`kill -9` of all its processes at once."""
        signal_all(self.pids, signal.SIGKILL)
        self.wait(GRACE)

    def kill_child(self) -> bool:
        """`kill -9` of one of the processes that it has started; whether there was one."""
        children = self.pids[1:]
        signal_all(children[:1], signal.SIGKILL)
        return bool(children)

    def freeze(self) -> None:
        """A black hole: its sockets accept, and nobody reads them."""
        signal_all(self.pids, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on as if nothing had been."""
        signal_all(self.pids, signal.SIGCONT)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end; kill what does not."""
        self.send(number)
        if not self.wait(GRACE):
            self.kill()


def family(pid: int) -> list[int]:
    """A process and all its descendants, the eldest first."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def signal_all(pids: Sequence[int], number: signal.Signals) -> None:
    """To those that are still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def free_port() -> int:
    """One of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


_pause = threading.Event()


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.1) -> bool:
    """Whether it came true within so many seconds."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        _pause.wait(every)
    return True
