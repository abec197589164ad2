from __future__ import annotations

import io
import sys

import pytest

from fin_bridge.management.progress import Progress
from tests.support.resends import NOON, make_event, run
from tests.support.world import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(stopped_clock: Clock) -> None:
    stopped_clock.set(NOON)


def test_no_progress_on_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    make_event()
    run("--all")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("asked", [True, False])
def test_progress_on_a_terminal_or_where_asked_for(
    asked: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_event()
    if not asked:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    run("--all", *(["--progress"] if asked else []))
    assert "1/1" in capsys.readouterr().err


def test_progress_in_lines_where_there_is_no_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)  # as if it were not installed
    times = iter([0, 0.5, 1.5, 1.5, 1.6, 1.6])
    stream = io.StringIO()
    with Progress(3000, stream, clock=lambda: next(times)) as progress:
        for _ in range(3):
            progress(1000)
    assert stream.getvalue() == (
        "2000 of 3000 events, 1333 a second, 1 s left\n"
        "3000 of 3000 events, 1875 a second, 0 s left\n"
    )


def test_progress_has_no_rate_before_time_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    stream = io.StringIO()
    Progress(1, stream, clock=lambda: 0)(1)
    assert stream.getvalue() == "1 of 1 events\n"
