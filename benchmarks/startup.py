"""What `fin_bridge` in `INSTALLED_APPS` adds to `django.setup()`, in processes that begin anew.

Django REST framework, the OAuth toolkit and Celery are there either way: the helpdesk may have
them already, and their start is not ours. All of it has been compiled before, as pip does it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from benchmarks.compare import Figure, in_turn
from benchmarks.contender import ROOT
from benchmarks.servers import serving

TITLE = "Start-up"
NOTES = """
Nothing of it is waited for: no connection, no requests, no Celery. It is the app's own hundred
modules: a third of the time are the descriptors and parts of which a description is made, which
must be there to connect the signals of the models that it names; a third are our tables, the
system checks and a score of dataclasses; the rest is finding and reading the files.
"""

START = """
import time, json
import psycopg, celery, requests, rest_framework.views, oauth2_provider
import django
started = time.perf_counter()
django.setup()
took = (time.perf_counter() - started) * 1000
from django.db import connection
print(json.dumps([took, connection.connection is None]))
"""


def _start(environment: Mapping[str, str]) -> float:
    answer = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "PYTHONPATH": str(ROOT),
            **environment,
        },
        check=True,
        capture_output=True,
    )
    took, untouched = json.loads(answer.stdout)
    assert untouched, "the database was asked"
    return float(took)


def figures(quick: bool) -> Iterator[Figure]:
    """With and without; that no connection is opened is asserted each time."""
    with serving("SQLite") as environment, tempfile.TemporaryDirectory() as compiled:
        environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": compiled}
        rounds: dict[str, Any] = {
            "without": partial(_start, {**environment, "BENCH_WITH": "plain"}),
            "with fin_bridge": partial(_start, environment),
        }
        samples = in_turn(rounds, 3 if quick else 15)
    added = [
        ours - other
        for ours, other in zip(samples["with fin_bridge"], samples["without"], strict=True)
    ]
    yield Figure("django.setup()", "ms", samples)
    yield Figure("added by fin_bridge, with no query", "ms", {"ours": added})
