"""The wheel holds all of the app, and nothing else."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

import fin_bridge

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """The wheel, built from a copy, so that nothing is left in the working tree."""
    source = tmp_path_factory.mktemp("source")
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    for package in ("fin_bridge", "helpdesk_demo", "tests"):
        shutil.copytree(
            ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "."]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (built,) = source.glob("*.whl")
    with ZipFile(built) as archive:
        yield archive


def test_the_wheel_holds_every_file_of_the_app(wheel: ZipFile) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "fin_bridge").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert packed == files


def test_the_wheel_says_what_it_is(wheel: ZipFile) -> None:
    name = f"django_fin_bridge-{fin_bridge.__version__}.dist-info"
    metadata = wheel.read(f"{name}/METADATA").decode()
    assert "Name: django-fin-bridge\n" in metadata
    assert f"Version: {fin_bridge.__version__}\n" in metadata
    assert f"{name}/licenses/LICENSE" in wheel.namelist()
