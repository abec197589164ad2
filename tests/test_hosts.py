"""Each host of `tests/hosts` is a project of its own: its suite runs in its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOSTS = sorted(path.parent.name for path in (ROOT / "tests" / "hosts").glob("*/fin.py"))


@pytest.mark.exhaustive
@pytest.mark.database
@pytest.mark.parametrize("host", HOSTS)
def test_the_suite_of_a_host(host: str) -> None:
    suite = f"tests/hosts/{host}/suite.py"
    options = ["-q", "-p", "no:cacheprovider", "--ds", "tests.hosts.settings"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--confcutdir", "tests/hosts", suite],
        cwd=ROOT,
        env={**os.environ, "FIN_BRIDGE_TEST_HOST": host},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("host", HOSTS)
def test_only_the_description_of_a_host_knows_of_fin(host: str) -> None:
    models = (ROOT / "tests" / "hosts" / host / "models.py").read_text(encoding="utf-8")
    assert "fin" not in models.lower().split()
    assert "fin_bridge" not in models


@pytest.mark.parametrize("host", HOSTS)
def test_a_description_is_short(host: str) -> None:
    description = (ROOT / "tests" / "hosts" / host / "fin.py").read_text(encoding="utf-8")
    assert len(description.splitlines()) <= 70
