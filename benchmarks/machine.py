"""On what was measured: enough to compare, and nothing by which to find the machine."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psycopg
import redis

from benchmarks.servers import POSTGRESQL_URL, REDIS_URL


def machine() -> str:
    """Cores, processor, and the versions that matter, in one line."""
    with psycopg.connect(POSTGRESQL_URL) as connection:
        number = connection.info.server_version
    with redis.Redis.from_url(REDIS_URL) as client:
        broker = client.info("server")["redis_version"]
    return ", ".join(
        [
            f"{os.cpu_count()} cores of {_processor()}",
            f"Python {platform.python_version()}",
            *(f"{name} {version(name)}" for name in ("Django", "celery", "psycopg", "requests")),
            f"PostgreSQL {number // 10000}.{number % 10000}",
            f"Redis {broker}",
        ]
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
