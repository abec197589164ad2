"""Statements by hand: each is described, used, and understood by the database."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models.constants import OnConflict
from django.utils import timezone

import fin_bridge
from fin_bridge.database import sql, statements
from fin_bridge.database.clock import Now
from fin_bridge.models import Attempt, ConversationState, Event

APP = Path(inspect.getfile(fin_bridge)).parent
TOKEN = uuid4()


def described() -> dict[str, str]:
    """Read the statements' names, and what stands below each."""
    body = ast.parse(inspect.getsource(statements)).body
    return {
        node.target.id: ast.unparse(after) if isinstance(after, ast.Expr) else ""
        for node, after in zip(body, [*body[1:], None], strict=True)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and not node.target.id.startswith("_")
    }


@pytest.mark.parametrize("name", described())
def test_each_statement_is_described(name: str) -> None:
    assert described()[name]


@pytest.mark.parametrize("name", described())
def test_each_statement_is_used(name: str) -> None:
    sources = [path.read_text() for path in APP.rglob("*.py") if path.name != "statements.py"]
    assert any(f"statements.{name}" in source for source in sources)


def test_no_statement_stands_elsewhere() -> None:
    """But for the clock, which the statements need, and `INSERT ... SELECT` of the ORM's query."""
    allowed = {"database/statements.py", "database/clock.py", "database/orm.py"}
    for path in APP.rglob("*.py"):
        if path.relative_to(APP).as_posix() in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not node.value.startswith(("SELECT ", "UPDATE ", "DELETE ", "SET LOCAL "))
                assert not node.value.startswith("INSERT INTO "), path


RUNS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Any]] = {
    # name: how it is sent, its values, and what comes of it beside one event and one state
    "RECORD_CHANGE": (sql.execute, ("default", "7", "a change", False, Now(), Now()), 1),
    "READ_INTEGRATION": (sql.fetch, (Now(), "default"), []),
    "FIND_DUE": (sql.fetch, ("default", Now(), 5), [("7", False)]),
    "LOCK_STATES": (sql.lock, (TOKEN, "default", ["7", "8"]), [("7", None, None, 0)]),
    "MAKE_STATES": (
        partial(sql.insert, on_conflict=OnConflict.IGNORE),
        (["default", "7", TOKEN, 1], ["default", "8", TOKEN, 1]),
        1,
    ),
    "LEASE_STATES": (sql.execute, (TOKEN, 1, "default", ["7"]), 1),
    "CLAIM_EVENTS": (sql.execute, (TOKEN, [0]), 0),
    "SETTLE_SENT": (sql.execute, ([0], 1, "default", [TOKEN], ["7"]), 0),
    "NOTE_CALL": (sql.execute, ("get_user", "default", "7", 200, 3, "", Now()), 1),
    "STAMP_CONVERSATION": (sql.execute, ("{}", "[]", "fin", 1, 1, 1, 1, "default", "7"), 1),
    "STAMP_MESSAGES": (sql.execute, ("{}", "[]", 1, 1, 1, "default", "7"), 1),
    "STAMP_EVENTS": (sql.execute, (1, "default", "7", 1, "default", "7", 1), 0),
    "HAS_KEPT_MESSAGE": (sql.fetch, ("7",), []),
}


@pytest.fixture
def event(db: None) -> Event:
    now = timezone.now().replace(year=2020)
    ConversationState.objects.create(integration="default", conversation_id="7")
    event: Event = Event.objects.create(
        integration="default", conversation_id="7", created_at=now, due_at=now
    )
    return event


@pytest.mark.parametrize("name", RUNS)
def test_the_database_understands_it(name: str, event: Event) -> None:
    send, values, result = RUNS[name]
    assert send(getattr(statements, name), *values) == result


def test_the_unsettled_events_of_a_conversation_are_found(event: Event) -> None:
    found = sql.fetch(statements.FIND_UNSETTLED, "default", ["7", "8"])
    assert found == [(event.pk, "7")]


def test_an_attempt_is_as_the_model_would_make_it(event: Event) -> None:
    values = [event.pk, "default", "7", 1, 20, "sent", None, "https://fin", "{}", "{}", "ok"]
    assert sql.insert(statements.ADD_ATTEMPTS, values) == 1
    attempt = Attempt.objects.get()
    assert (attempt.event, attempt.request_headers, attempt.status) == (event, {}, None)


def test_postgresql_understands_how_it_is_to_commit(db: None) -> None:
    if connection.vendor == "postgresql":
        with transaction.atomic():
            sql.execute(statements.COMMIT_LAZILY)


def test_each_statement_is_run_here() -> None:
    others = {"FIND_UNSETTLED", "ADD_ATTEMPTS", "COMMIT_LAZILY"}
    assert {*RUNS, *others} == {*described()}
