from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from fin_bridge import helpdesk as fin
from fin_bridge.checks import description
from helpdesk_demo import fin as demo
from tests.support.checked import (
    assert_found,
    found,
)

MISTAKES: list[tuple[str, str, Any]] = [
    ("E001", "HELPDESK", ""),
    ("E002", "HELPDESK", "helpdesk_demo.nowhere.helpdesk"),
    ("E002", "HELPDESK", "helpdesk_demo.fin.Staff"),
    ("E002", "HELPDESK", "tests.checks.test_description.unknown_model"),
    ("E002", "HELPDESK", "tests.checks.test_description.no_label"),
]


@pytest.mark.parametrize(("check", "name", "value"), MISTAKES)
def test_a_mistake_in_a_setting(
    check: str, name: str, value: Any, settings: SettingsWrapper
) -> None:
    assert_found(check, name, value, settings)


class Openings(demo.Openings):
    """Unlike the demo's, to be changed."""


def desk(*parts: type[fin.Part]) -> fin.Helpdesk:
    """The demo's, with these parts in place of those that they are made of."""
    replaced = {base for part in parts for base in part.__mro__}
    theirs = [demo.Customers, demo.Staff, demo.Tickets, demo.Openings, demo.Replies]
    return fin.Helpdesk(*[part for part in theirs if part not in replaced], *parts)


class _UnknownModel(demo.Replies):
    model = "helpdesk_demo.Answer"


class _NoLabel(demo.Replies):
    model = "Answer"


unknown_model, no_label = desk(_UnknownModel), desk(_NoLabel)


def part(base: type[fin.Part], **words: Any) -> type[fin.Part]:
    return type(f"Other{base.__name__}", (base,), words)


def _lost(self: Any, *args: Any) -> None:
    return None


ALL = {"new": "open", "waiting": "open", "solved": "resolved", "archived": "closed"}
ANSWERS = {"open": "waiting", "resolved": "solved", "closed": "archived", "ended": "archived"}

DESCRIPTIONS: list[tuple[str, Callable[[], fin.Helpdesk]]] = [
    ("E060", lambda: desk(part(demo.Tickets, title="headline"))),
    ("E060", lambda: desk(part(demo.Tickets, tags=fin.Many("customer", "name")))),
    ("E061", lambda: desk(part(demo.Tickets, user=None, set_user=_lost))),
    ("E061", lambda: desk(part(demo.Tickets, status=None, set_status=_lost))),
    ("E061", lambda: desk(part(demo.Tickets, created_at=None))),
    ("E061", lambda: desk(part(demo.Replies, conversation=None))),
    ("E061", lambda: desk(part(demo.Replies, author=None))),
    ("E061", lambda: desk(part(demo.Replies, created_at=None))),
    ("E061", lambda: desk(part(demo.Openings, created_at=None))),
    ("E062", lambda: desk(part(demo.Replies, body=None, attachments=None))),
    ("E063", lambda: desk(part(demo.Openings, prefix=""))),
    ("E063", lambda: desk(part(demo.Openings, prefix="1"))),
    ("E064", lambda: desk(part(demo.Replies, conversation="ticket.get_absolute_url"))),
    ("E064", lambda: desk(part(demo.Replies, created_at=None, get_created_at=_lost))),
    ("E064", lambda: desk(part(demo.Openings, created_at=fin.Const(None)))),
    (
        "E065",
        lambda: desk(
            part(demo.Tickets, status=fin.Choice("status.slug", {**ALL, "x": "done"}, ANSWERS))
        ),
    ),
    (
        "E065",
        lambda: desk(
            part(
                demo.Replies,
                visibility=fin.Choice("internal", {True: "hidden"}, {"public": 0, "private": 1}),
            )
        ),
    ),
    ("E066", lambda: desk(part(demo.Tickets, status=fin.Choice("status.slug", {"new": "open"})))),
    (
        "E066",
        lambda: desk(
            part(demo.Replies, visibility=fin.Choice("internal", {False: "public"}, {"public": 0}))
        ),
    ),
    ("E060", lambda: desk(part(demo.Tickets, title="labels.name"))),
    ("E067", lambda: desk(part(demo.Tickets, status=fin.Const("open"), new=_lost))),
    ("E067", lambda: desk(part(demo.Tickets, assignee="customer"))),
    ("W004", lambda: desk(part(demo.Replies, visibility=None))),
    ("W009", lambda: desk(part(demo.Tickets, user=None, get_user=_lost))),
    (
        "W005",
        lambda: desk(
            part(
                demo.Staff,
                model="helpdesk_demo.StaffProfile",
                name="alias",
                email=None,
                alias=None,
                photo_url=None,
                queryset=fin.Part.queryset,
            )
        ),
    ),
]


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> Callable[[fin.Helpdesk], None]:
    """Has the checks see another description."""
    return lambda helpdesk: monkeypatch.setattr(description, "current", lambda: helpdesk)


@pytest.mark.parametrize(("check", "make"), DESCRIPTIONS)
def test_a_mistake_in_the_description(
    check: str,
    make: Callable[[], fin.Helpdesk],
    described: Callable[[fin.Helpdesk], None],
) -> None:
    described(make())
    [message] = found()
    assert message.id == f"fin_bridge.{check}"
    assert "Other" in message.msg or "helpdesk_demo" in message.msg
    assert message.hint


@pytest.mark.parametrize(
    "make",
    [
        lambda: desk(part(demo.Tickets, user=None, get_user=_lost, set_user=_lost)),
        lambda: desk(part(demo.Tickets, status=None, get_status=_lost, set_status=_lost)),
        lambda: desk(part(demo.Tickets, status=fin.Choice("status.slug", ALL), set_status=_lost)),
        lambda: desk(part(demo.Tickets, title=fin.Choice("subject", {"a": "b"}))),
        lambda: desk(
            part(
                demo.Staff,
                model="helpdesk_demo.StaffProfile",
                for_user=_lost,
                name="alias",
                email=None,
                alias=None,
                photo_url=None,
                queryset=fin.Part.queryset,
            )
        ),
    ],
)
def test_what_the_class_says_itself_is_well(
    make: Callable[[], fin.Helpdesk], described: Callable[[fin.Helpdesk], None]
) -> None:
    described(make())
    assert found() == []
