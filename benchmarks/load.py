"""Requests a second of a web server: gunicorn, asked over a few connections that are kept."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.contender import ROOT
from chaos.programs import free_port, wait_until

CONNECTIONS = 4


@contextmanager
def gunicorn(environment: Mapping[str, str]) -> Iterator[int]:
    """The port on which a contender's application is served."""
    port = free_port()
    options = ["--workers=1", "--threads=4", f"--bind=127.0.0.1:{port}", "--log-level=error"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "django.core.wsgi:get_wsgi_application()"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "PYTHONPATH": str(ROOT),
            **environment,
        },
    )
    try:
        if not wait_until(lambda: _answers(port), 60):
            raise SystemExit("gunicorn does not answer.")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        return rate(port, "/bare/", b"{}", {}, 0.01) > 0
    except OSError:
        return False


def rate(port: int, path: str, body: bytes, headers: Mapping[str, str], seconds: float) -> float:
    """Answers a second over some connections; each must be a success."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    request = "\r\n".join([*lines, "", ""]).encode() + body
    return asyncio.run(_rate(port, request, seconds))


async def _rate(port: int, request: bytes, seconds: float) -> float:
    started = time.perf_counter()
    counts = await asyncio.gather(
        *(_ask(port, request, started + seconds) for _ in range(CONNECTIONS))
    )
    return sum(counts) / (time.perf_counter() - started)


async def _ask(port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 204 " not in head.partition(b"\r\n")[0]:
            raise SystemExit(f"Not a success: {head.decode()}")
        count += 1
    writer.close()
    return count
