"""A Celery worker of a contender's: a process group that is started, watched and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from benchmarks.contender import ROOT


class Worker:
    """While the block runs. Its log is shown if it ends by itself."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *options: str,
        python: str = sys.executable,
    ) -> None:
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        quiet = ["--loglevel=ERROR", "--without-gossip", "--without-mingle"]
        self._command = [python, "-m", "celery", "--app=helpdesk_demo", "worker", *quiet, *options]

    def __enter__(self) -> Worker:
        self._log = tempfile.TemporaryFile()  # closed by __exit__
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        ended = self._process.poll() is not None
        if not ended:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        if ended or error is not None:
            self._log.seek(0)
            sys.stderr.write(self._log.read().decode()[-5000:])
        self._log.close()

    def memory(self) -> int:
        """Kilobytes of its largest child, which is the process that works."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return max(map(_resident, children), default=0)


def _resident(pid: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
