"""Rows of other models, and signals, that lead to a conversation."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.signals import pre_save

from fin_bridge import helpdesk as fin
from fin_bridge.helpdesk.listening import model_named, signals, watched
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Reply, ReplyFile, Ticket

pytestmark = pytest.mark.django_db


def conversations(**words: Any) -> fin.Conversations:
    tickets = type("Tickets", (demo.Tickets,), words)
    desk = fin.Helpdesk(demo.Customers, demo.Staff, tickets, demo.Openings, demo.Replies)
    return desk.conversations


def test_a_row_of_a_watched_model_leads_to_its_conversation(ticket: Ticket) -> None:
    part = conversations(watch={"helpdesk_demo.ReplyFile": "reply.ticket"})
    [(model, conversation_of)] = watched(part)
    assert model is ReplyFile
    assert conversation_of(ReplyFile(reply=Reply(ticket=ticket))) == str(ticket.pk)
    assert conversation_of(ReplyFile()) is None


@pytest.mark.parametrize("argument", ["instance", "instance.ticket"])
def test_a_signals_argument_is_the_conversation_or_leads_to_it(
    ticket: Ticket, argument: str
) -> None:
    name = "django.db.models.signals.pre_save"
    [(found, signal, conversation_of)] = signals(conversations(signals={name: argument}))
    assert (found, signal) == (name, pre_save)
    instance = ticket if argument == "instance" else Reply(ticket=ticket)
    assert conversation_of({"instance": instance}) == str(ticket.pk)
    assert conversation_of({}) is None


@pytest.mark.parametrize("label", ["helpdesk_demo.Nothing", "nowhere.Ticket", "Ticket"])
def test_a_model_that_is_not_there(label: str) -> None:
    assert model_named("helpdesk_demo.Ticket") is Ticket
    assert model_named(label) is None
