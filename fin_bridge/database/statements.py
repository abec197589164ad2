"""Every statement that is written by hand, with what it does and why the ORM does not.

Django takes some ten times as long to make a short statement as a database to answer it. These
stand where somebody waits for that: in a host's save, between a commit and its arrival at Fin, in
a pull. They use what PostgreSQL, MariaDB, MySQL and SQLite have in common; `sql.py` sends them.
"""

# ruff: noqa: S608  # only names and constants of our models are put in

from __future__ import annotations

from typing import Any, Final

from django.db import models

from ..models import (
    Attempt,
    ConversationState,
    Event,
    FinCall,
    IntegrationState,
    KeptMessage,
)


class _Table:
    """A model in SQL: the name of its table, and each field as the name of its column."""

    def __init__(self, model: type[models.Model]) -> None:
        self._meta = model._meta

    def __str__(self) -> str:
        return self._meta.db_table

    def __getattr__(self, field: str) -> str:
        column: Any = self._meta.get_field(field)
        return str(column.column)

    def columns(self, *fields: str) -> str:
        """List the columns of these fields; of all without any."""
        names = fields or [field.name for field in self._meta.concrete_fields]
        return ", ".join(getattr(self, name) for name in names)


_attempt = _Table(Attempt)
_call = _Table(FinCall)
_event = _Table(Event)
_integration = _Table(IntegrationState)
_message = _Table(KeptMessage)
_state = _Table(ConversationState)

_SYNC = f"{_event.kind} = '{Event.Kind.SYNC.value}'"
_WAITING, _SENDING, _SENT, _MERGED = (
    f"'{state.value}'"
    for state in (
        Event.State.WAITING,
        Event.State.SENDING,
        Event.State.SENT,
        Event.State.MERGED,
    )
)

RECORD_CHANGE: Final = (
    f"INSERT INTO {_event} ("
    + _event.columns("integration", "conversation_id", "cause", "reaction")
    + f", {_event.created_at}, {_event.due_at}, {_event.kind}, {_event.state}"
    f", {_event.attempts}, {_event.detail})"
    f" VALUES (%s, %s, %s, %s, %s, %s, '{Event.Kind.SYNC.value}', {_WAITING}, 0, '')"
)
"""Adds a waiting event. It is part of the host's save, which waits for it."""

READ_INTEGRATION: Final = (
    f"SELECT %s AS now, {_integration.columns()} FROM {_integration}"
    f" WHERE {_integration.integration} = %s"
)
"""Reads the clock and an integration's state at once. It stands before every POST."""

FIND_DUE: Final = (
    f"SELECT {_event.conversation_id}, {_event.reaction} FROM {_event}"
    f" WHERE {_event.state} = {_WAITING} AND {_SYNC} AND {_event.integration} = %s"
    f" AND {_event.due_at} <= %s ORDER BY {_event.due_at} LIMIT %s"
)
"""Finds conversations that are due, the earliest first. It stands before every POST."""

LOCK_STATES: Final = (
    f"SELECT {_state.conversation_id},"
    f" CASE WHEN {_state.token} = %s THEN NULL ELSE {_state.lease_until} END,"
    f" {_state.not_before}, {_state.attempts} FROM {_state}"
    f" WHERE {_state.integration} = %s AND {_state.conversation_id} IN (%s) ORDER BY {_state.id}"
)
"""Reads what a claim looks at, to be locked; one's own lease is none. It precedes every POST."""

MAKE_STATES: Final = (
    f"INSERT INTO {_state} ("
    + _state.columns("integration", "conversation_id", "token", "lease_until", "attempts")
    + ", "
    + _state.columns("reminders", "shown", "customers", "extent", "checkpoints")
    + ", "
    + _state.columns("holder", "handover")
    + ") VALUES (%s, 0, 0, '{}', '[]', '{}', '[]', '', '')"
)
"""Adds the states of conversations that are new, leased at once. The ORM counts no such rows."""

LEASE_STATES: Final = (
    f"UPDATE {_state} SET {_state.token} = %s, {_state.lease_until} = %s"
    f" WHERE {_state.integration} = %s AND {_state.conversation_id} IN (%s)"
)
"""Leases conversations to a claim. It stands before every POST."""

FIND_UNSETTLED: Final = (
    f"SELECT {_event.id}, {_event.conversation_id} FROM {_event}"
    f" WHERE {_event.integration} = %s AND {_SYNC}"
    f" AND {_event.state} IN ({_WAITING}, {_SENDING}) AND {_event.conversation_id} IN (%s)"
)
"""Finds the events that a claim of their conversations takes. It stands before every POST."""

CLAIM_EVENTS: Final = (
    f"UPDATE {_event} SET {_event.state} = {_SENDING}, {_event.claim} = %s"
    f" WHERE {_event.id} IN (%s) AND {_event.state} IN ({_WAITING}, {_SENDING})"
)
"""Takes these events, unless they were cancelled just now. It stands before every POST."""

SETTLE_SENT: Final = (
    f"UPDATE {_event} SET {_event.state} ="
    f" CASE WHEN {_event.id} IN (%s) THEN {_SENT} ELSE {_MERGED} END,"
    f" {_event.settled_at} = %s, {_event.attempts} = {_event.attempts} + 1, {_event.detail} = ''"
    f" WHERE {_SYNC} AND {_event.state} = {_SENDING} AND {_event.integration} = %s"
    f" AND {_event.claim} IN (%s) AND {_event.conversation_id} IN (%s)"
)
"""Settles what Fin has accepted. While Python makes a statement, threads that send stand still."""

ADD_ATTEMPTS: Final = (
    f"INSERT INTO {_attempt} ("
    + _attempt.columns("event", "integration", "conversation_id", "started_at", "duration")
    + ", "
    + _attempt.columns("outcome", "status", "url", "request_headers", "request_body", "answer")
    + ") VALUES (%s)"
)
"""Adds a row for each POST. By the ORM it takes as long as all else that is written of it."""

NOTE_CALL: Final = (
    f"INSERT INTO {_call} ("
    + _call.columns("operation", "integration", "conversation_id", "status", "duration", "detail")
    + f", {_call.at}) VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
"""Adds Fin's call to the log. It is part of every answer to Fin."""

_STAMP_STATE: Final = (
    f" {_state.known_at} = COALESCE({_state.known_at}, %s), {_state.pulled_at} ="
    f" CASE WHEN {_state.pulled_at} > %s THEN {_state.pulled_at} ELSE %s END,"
    f" {_state.reminders} = 0 WHERE {_state.integration} = %s AND {_state.conversation_id} = %s"
)

STAMP_CONVERSATION: Final = (
    f"UPDATE {_state} SET {_state.shown} = %s, {_state.customers} = %s, {_state.holder} = %s,"
    f" {_state.shown_at} = %s,{_STAMP_STATE}"
)
"""Remembers what a pull of the conversation has shown Fin, and when. It is part of the pull."""

STAMP_MESSAGES: Final = (
    f"UPDATE {_state} SET {_state.extent} = %s, {_state.checkpoints} = %s,{_STAMP_STATE}"
)
"""Remembers which messages a pull has shown Fin, and when. It is part of the pull."""

STAMP_EVENTS: Final = (
    f"UPDATE {_event} SET {_event.pulled_at} = %s"
    f" WHERE {_event.integration} = %s AND {_event.conversation_id} = %s AND {_SYNC}"
    f" AND {_event.state} IN ({_SENT}, {_MERGED}) AND {_event.pulled_at} IS NULL"
    f" AND ({_event.settled_at} <= %s OR (SELECT {_state.posted_at} FROM {_state}"
    f" WHERE {_state.integration} = %s AND {_state.conversation_id} = %s) <= %s)"
)
"""Stamps events that were settled before a pull began; all that are settled, if the last POST of
the conversation had begun before the pull. It is part of the pull."""

HAS_KEPT_MESSAGE: Final = (
    f"SELECT {_message.id} FROM {_message} WHERE {_message.conversation_id} = %s LIMIT 1"
)
"""Finds out whether a conversation has a kept message; few do. It is part of every pull."""

COMMIT_LAZILY: Final = "SET LOCAL synchronous_commit = off"
"""Has PostgreSQL's next commit not wait for the disk. The ORM has no word for it."""
