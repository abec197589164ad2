"""`python -m chaos.saves`: what a save costs while its broker refuses, hangs or is slow.

Each line is 500 saves of one web process, a hundred a second at most, each in a transaction of its
own: how long one takes, and how much of that comes after its commit, which is what the broker
costs. Meanwhile deliver_events runs, which needs no broker: the last column is when Fin had been
told of the last save.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg

from chaos.fleet import ROOT
from chaos.programs import Program, wait_until
from chaos.servers import BROKERS, Broker, PostgreSQL

SAVES: Final = 500
WARM: Final = 50
PACE: Final = 0.01
DELAY: Final = 0.2
"""Seconds by which a slow broker is late, each way."""

STATES: Final = ("well", "refuses", "hangs", "is slow")


class Fin(BaseHTTPRequestHandler):
    """Accepts all."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Silent."""


class Proxy:
    """Stands before a broker, and lets everything wait once it is told to."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 0)
        self._server = socket.create_server(("127.0.0.1", 0))
        own = f":{self._server.getsockname()[1]}"
        self.url = url.replace(f":{parts.port}", own)
        self.delay = 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            near, _ = self._server.accept()
            try:
                far = socket.create_connection(self._target)
            except OSError:
                near.close()
                continue
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        pause = threading.Event()
        with near, far, suppress(OSError):
            while True:
                for source in select.select([near, far], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    pause.wait(self.delay)
                    (far if source is near else near).sendall(data)


def main() -> None:
    """The table, as Markdown."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # PostgreSQL's account has to come through
        fin = ThreadingHTTPServer(("127.0.0.1", 0), Fin)
        threading.Thread(target=fin.serve_forever, daemon=True).start()
        stack.callback(fin.shutdown)
        (folder / "postgresql").mkdir()
        postgresql = PostgreSQL(folder / "postgresql")
        stack.callback(postgresql.program.kill)
        postgresql.start()
        say("| broker | a save: median, 99 % | of it the broker: 99 %, longest | Fin told after |")
        say("| --- | --- | --- | --- |")
        for name, kind in BROKERS.items():
            (folder / name).mkdir()
            broker = kind(folder / name)
            stack.callback(broker.program.kill)
            broker.start()
            proxy = Proxy(broker.url)
            environment = {
                "DJANGO_SETTINGS_MODULE": "chaos.settings",
                "PYTHONPATH": str(ROOT),
                "DEMO_VAR": str(folder / "var"),
                "DATABASE_URL": postgresql.url,
                "CELERY_BROKER_URL": proxy.url,
                "FIN_EVENTS_URL": f"http://127.0.0.1:{fin.server_address[1]}",
                "CHAOS_TOKEN": secrets.token_hex(),
                "CHAOS_LEASE": "60",
            }
            _django(environment, "migrate", "--verbosity=0")
            _prepare(environment)
            for state in STATES:
                say(f"| {name} {state} | {_measured(state, broker, proxy, environment, folder)} |")


def _django(environment: dict[str, str], *command: str) -> None:
    arguments = [sys.executable, "-m", "django", *command]
    subprocess.run(arguments, env={**os.environ, **environment}, check=True)


def _prepare(environment: dict[str, str]) -> None:
    fill = "import django; django.setup(); from chaos import writer; writer.prepare()"
    subprocess.run([sys.executable, "-c", fill], env={**os.environ, **environment}, check=True)


def _measured(
    state: str, broker: Broker, proxy: Proxy, environment: dict[str, str], folder: Path
) -> str:
    command = [sys.executable, "-m", "django", "deliver_events"]
    deliverer = Program("deliver_events", command, folder, environment)
    deliverer.start()
    with subprocess.Popen(
        [sys.executable, "-m", "chaos.saves", "save"],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()  # it is warm
        with _in(state, broker, proxy):
            child.stdin.write("go\n")
            child.stdin.flush()
            took, after = map(sorted, zip(*json.loads(child.stdout.readline()), strict=True))
            began = time.monotonic()
            is_told = wait_until(lambda: not _waiting(environment["DATABASE_URL"]), 120)
            told = f"{time.monotonic() - began:.1f} s" if is_told else "never"
    deliverer.kill()
    half, most = len(took) // 2, int(len(took) * 0.99)
    save, broken = f"{_ms(took[half])}, {_ms(took[most])}", f"{_ms(after[most])}, {_ms(after[-1])}"
    return f"{save} | {broken} | {told}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


@contextmanager
def _in(state: str, broker: Broker, proxy: Proxy) -> Iterator[None]:
    if state == "refuses":
        broker.program.kill()
    elif state == "hangs":
        broker.program.freeze()
    elif state == "is slow":
        proxy.delay = DELAY
    try:
        yield
    finally:
        proxy.delay = 0.0
        broker.program.thaw()
        if not broker.program.runs:
            broker.start()


def _waiting(url: str) -> int:
    with psycopg.connect(url) as connection:
        query = "SELECT count(*) FROM fin_bridge_event WHERE state IN ('waiting', 'sending')"
        [(count,)] = connection.execute(query).fetchall()
        return int(count)


def save() -> None:
    """A web process: some saves to become warm, then, when told to, those that count."""
    import django

    django.setup()
    _saves(WARM)
    say("warm")
    sys.stdin.readline()
    say(json.dumps(_saves(SAVES)))


def _saves(number: int) -> list[tuple[float, float]]:
    """How long each took with all that follows its commit, and that alone, in seconds."""
    from django.db import transaction

    from helpdesk_demo.models import Reply

    pause, took = threading.Event(), []
    committed = [0.0]
    for count in range(number):
        began = time.perf_counter()
        with transaction.atomic():
            transaction.on_commit(lambda: committed.__setitem__(0, time.perf_counter()))
            Reply.objects.create(ticket_id=count % 100 + 1, body="<p>Hello</p>")
        ended = time.perf_counter()
        took.append((ended - began, ended - committed[0]))
        pause.wait(PACE)
    return took


def say(text: str) -> None:
    """To whoever has started it."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    save() if sys.argv[1:] == ["save"] else main()
