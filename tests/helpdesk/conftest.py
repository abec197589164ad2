"""Descriptions and messages that tests of the port share."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk import Context, Helpdesk, current
from fin_bridge.records import (
    AuthorReference,
    NewMessage,
    UserType,
)
from helpdesk_demo import fin as demo
from helpdesk_demo.models import (
    Ticket,
)

CONTEXT = Context("default")


@pytest.fixture
def desk() -> Helpdesk:
    return current()


def message(desk: Helpdesk, author: Any, **values: Any) -> NewMessage:
    kind: UserType = "agent" if isinstance(author, User) else "end_user"
    return NewMessage(
        "m1", AuthorReference(str(author.pk), kind), **{"body": "<p>Hi</p>", **values}
    )


class Bare(fin.Conversations):
    model, user, created_at = "helpdesk_demo.Ticket", "customer", "created"
    status = fin.Choice("status.slug", {"waiting": "open"})

    def get_attributes(self, obj: Ticket) -> dict[str, Any]:
        return {"number": obj.pk}

    def set_title(self, obj: Ticket, value: Any, context: Context) -> set[str]:
        obj.subject = f"Fin: {value}"
        return {"subject"}


class Notes(fin.Messages):
    model, conversation, created_at = "helpdesk_demo.Reply", "ticket", "created"
    body, prefix = fin.Text("body"), "note-"
    visibility = fin.Const("private")
    author = fin.Author(agent="staff")

    def queryset(self) -> Any:
        return super().queryset().filter(internal=True)


@pytest.fixture
def bare() -> Helpdesk:
    return Helpdesk(demo.Customers, demo.Staff, Bare, Notes)
