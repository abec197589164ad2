"""The commands on a fresh install, whose tables have not been made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from fin_bridge.management.base import TablesCommand
from fin_bridge.models import Attempt, ConversationState, IntegrationState, Kept
from helpdesk_demo.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_tables() -> Iterator[None]:
    """They are put aside, whatever the database."""
    names = [
        model._meta.db_table for model in (Attempt, ConversationState, IntegrationState, Kept)
    ]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE {name} RENAME TO {name}_aside")
        yield
        for name in names:
            cursor.execute(f"ALTER TABLE {name}_aside RENAME TO {name}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["inspect_conversation", "{ticket}"],
        ["fin_setup", "--agent", "{agent}"],
        ["deliver_events", "--once"],
        ["resend_events", "--missing"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_without_tables_names_migrate(
    arguments: list[str], ticket: Ticket, sarah: User, without_tables: None
) -> None:
    filled = [one.format(ticket=ticket.pk, agent=sarah.pk) for one in arguments]
    with pytest.raises(CommandError, match=r"run manage\.py migrate"):
        call_command(*filled)


def test_another_error_of_the_databases_stays_what_it_is() -> None:
    class Broken(TablesCommand):
        def handle(self, *args: object, **options: object) -> None:
            raise DatabaseError("disk full")

    with pytest.raises(DatabaseError, match="disk full"):
        call_command(Broken())
