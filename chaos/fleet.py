"""The processes of a helpdesk: web, workers and the rest; those that end are started again."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from chaos.programs import Program

ROOT = Path(__file__).resolve().parent.parent

WRITERS = 3
WORKERS = 2
RESTART = 0.5
"""Seconds between two looks for programs that have ended."""


class Fleet:
    """All of them, with `environment` beside this process's."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], web_port: int, seed: int, rate: float
    ) -> None:
        self._folder, self._rate, self._seed = folder, rate, seed
        self.environment = {**environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "--app=helpdesk_demo"]
        serve = ["--config=python:helpdesk_demo.gunicorn_conf", f"--bind=127.0.0.1:{web_port}"]
        self.web = self._program("web", [*python, "gunicorn", *serve, "helpdesk_demo.wsgi"])
        schedule = f"--schedule={folder / 'beat-schedule'}"
        self.beat = self._program("beat", [*celery, "beat", schedule, "--pidfile="])
        deliver = [*python, "django", "deliver_events"]
        self.deliverer = self._program("deliver_events", deliver)
        self.workers = [
            self._program(
                f"worker-{number}",
                [*celery, "worker", "--concurrency=2", f"--hostname=worker{number}@chaos"],
            )
            for number in range(WORKERS)
        ]
        self.writers = [self._writer(number) for number in range(WRITERS)]
        self._generation = WRITERS
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._keeper = threading.Thread(target=self._keep)

    def _program(self, name: str, command: list[str]) -> Program:
        return Program(name, command, self._folder, self.environment)

    def _writer(self, number: int) -> Program:
        """Each has changes of its own, those started later too."""
        seed = random.Random(f"{self._seed} {number}").getrandbits(32)
        rate = self._rate / WRITERS
        command = ["chaos.writer", str(self._folder), str(seed), str(rate)]
        return self._program("writer", [sys.executable, "-m", *command])

    def prepare(self) -> None:
        """The tables, and the conversations that are there from the start."""
        fill = "import django; django.setup(); from chaos import writer; writer.prepare()"
        for command in (["-m", "django", "migrate", "--verbosity=0"], ["-c", fill]):
            environment = {**os.environ, **self.environment}
            subprocess.run([sys.executable, *command], env=environment, check=True)

    def start(self) -> None:
        """All, and keep them running."""
        for program in [*self._kept, *self.writers]:
            program.start()
        self._keeper.start()

    @property
    def _kept(self) -> list[Program]:
        return [self.web, self.beat, self.deliverer, *self.workers]

    def _keep(self) -> None:
        while not self._stopped.wait(RESTART):
            with self._lock:
                for program in self._kept:
                    if not program.runs:
                        program.start()
                self.writers = [one if one.runs else self._another() for one in self.writers]

    def _another(self) -> Program:
        program = self._writer(self._generation)
        self._generation += 1
        program.start()
        return program

    def stop_writing(self) -> None:
        """No more changes."""
        with self._lock:
            writers, self.writers = self.writers, []
        for program in writers:
            program.end()

    def stop(self) -> None:
        """All."""
        self._stopped.set()
        self._keeper.join()
        for program in [*self.writers, *self._kept]:
            program.kill()
