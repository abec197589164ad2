from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError

from fin_bridge.models import Event
from tests.support.resends import NOON, make_event, resends, run
from tests.support.world import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(stopped_clock: Clock) -> None:
    stopped_clock.set(NOON)


def test_without_a_filter_all_must_be_asked_for() -> None:
    make_event()
    with pytest.raises(CommandError, match="--all") as raised:
        run()
    assert raised.value.returncode == 2
    assert run("--all") == f"failed {1:>14}\n1 event of 1 conversation: 1 sent again.\n"


def test_all_cannot_be_narrowed() -> None:
    with pytest.raises(CommandError, match="narrowed") as raised:
        run("--all", "--id", "1")
    assert raised.value.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        (["--state", "failed"], {"a", "b"}),
        (["--state", "failed", "--state", "sent"], {"a", "b", "c"}),
        (["--conversation", "a"], {"a"}),
        (["--conversation", "a", "--conversation", "c"], {"a", "c"}),
        (["--conversation", "a", "--state", "sent"], set()),
        (["--integration", "default"], {"a", "b", "c"}),
        (["--since", "90m"], {"a", "c"}),
        (["--since", "2026-11-22T10:59:59"], {"a", "c"}),
        (["--since", "2026-11-22T11:59:59+01:00"], {"a", "c"}),
        (["--since", "2026-11-22"], {"a", "c"}),
        (["--until", "2026-11-22"], {"b"}),
        (["--since", "2d", "--until", "1h"], {"b"}),
    ],
)
def test_the_filters(arguments: list[str], chosen: set[str]) -> None:
    make_event("a")
    make_event("b", created_at=NOON - timedelta(days=1))
    make_event("c", state=Event.State.SENT)
    run(*arguments)
    assert {event.conversation_id for event in resends()} == chosen


def test_by_id() -> None:
    first, _, third = (make_event(name) for name in "abc")
    assert "2 events of 2" in run("--id", str(first.pk), "--id", str(third.pk))
    assert [event.resend_of_id for event in resends()] == [third.pk, first.pk]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "soon"],
        ["--until", "2026-13-01"],
        ["--state", "lost"],
        ["--id", "x"],
        ["--id=-1"],
        ["--id", "9" * 20],
        ["--rate", "0"],
        ["--rate", "inf"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_an_unknown_integration_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="The integrations are: default") as raised:
        run("--integration", "defualt")
    assert raised.value.returncode == 2
