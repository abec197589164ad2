"""What we are compared with, in a virtual environment of its own, on the same versions as ours."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

from benchmarks.contender import ROOT

PEER = "django-webhook==0.0.15"
SHARED = (
    "Django",
    "celery",
    "kombu",
    "packaging",  # kombu imports it for Redis
    "redis",
    "psycopg[binary]",
    "requests",
    "dj-database-url",
)
FOLDER = ROOT / "var" / "benchmarks" / "peers"


def python() -> str:
    """Its interpreter; the first call installs it."""
    interpreter = FOLDER / "bin" / "python"
    wanted = "\n".join(
        [PEER, *(f"{name}=={version(name.partition('[')[0])}" for name in SHARED), ""]
    )
    stamp = FOLDER / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
        install = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        packages = ["--only-binary", ":all:", *wanted.split()]
        subprocess.run([str(interpreter), *install, *packages], check=True)
        stamp.write_text(wanted)
    return str(interpreter)
