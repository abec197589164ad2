"""What Fin would see, printed for whoever describes a helpdesk."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings as SettingsWrapper

from fin_bridge.helpdesk.writing import kept_values
from fin_bridge.models import ConversationState, Event
from helpdesk_demo import fin as demo
from helpdesk_demo.models import Customer, Reply, Ticket

pytestmark = pytest.mark.django_db


def inspect(ident: Any) -> tuple[Any, str]:
    out, err = io.StringIO(), io.StringIO()
    arguments = ["inspect_conversation", str(ident), "--json"]
    call_command(*arguments, stdout=out, stderr=err, no_color=True)
    return json.loads(out.getvalue()), err.getvalue()


def queries(said: str) -> int:
    return int(said.split("Read with ")[1].split()[0])


def test_it_prints_the_contracts_json(ticket: Ticket, sarah: User) -> None:
    reply = Reply.objects.create(ticket=ticket, staff=sarah, body="<p>Hello</p>")
    shown, _ = inspect(ticket.pk)
    assert shown["conversation"]["id"] == str(ticket.pk)
    assert shown["conversation"]["status"] == "open"
    assert shown["conversation"]["user"]["name"] == "Ada Lovelace"
    opening, answer = shown["messages"]
    assert (opening["author"]["user_type"], opening["body"]) == ("end_user", "<p>It burns.</p>")
    assert (answer["id"], answer["visibility"]) == (str(reply.pk), "public")
    assert answer["author"]["name"] == "Sarah Lee"
    assert "alias_name" in answer["author"]  # the POST-only dialect's


def test_it_says_what_is_left_out(ticket: Ticket) -> None:
    _, said = inspect(ticket.pk)
    assert "It is Fin's, by the integration default.\n" in said
    assert "Tickets has no field for: attributes.\n" in said
    assert "Openings has no field for: attachments.\n" in said
    assert "Staff" not in said


def test_it_takes_as_many_queries_for_a_hundred_messages(ticket: Ticket, sarah: User) -> None:
    Reply.objects.create(ticket=ticket, staff=sarah, body="<p>1</p>")
    for_one = queries(inspect(ticket.pk)[1])
    for number in range(100):
        Reply.objects.create(ticket=ticket, staff=sarah, body=f"<p>{number}</p>")
    shown, said = inspect(ticket.pk)
    assert len(shown["messages"]) == 102
    assert 0 < queries(said) == for_one < 15


def test_it_keeps_private_notes_back_as_the_settings_say(
    ticket: Ticket, sarah: User, settings: SettingsWrapper
) -> None:
    Reply.objects.create(ticket=ticket, staff=sarah, body="<p>He's rude.</p>", internal=True)
    shown, said = inspect(ticket.pk)
    assert [message["visibility"] for message in shown["messages"]] == ["public", "private"]
    assert "kept from Fin" not in said
    settings.FIN_BRIDGE_SHOW_PRIVATE_NOTES = False
    shown, said = inspect(ticket.pk)
    assert [message["visibility"] for message in shown["messages"]] == ["public"]
    assert "Private notes kept from Fin by FIN_BRIDGE_SHOW_PRIVATE_NOTES: 1." in said


def test_one_that_is_not_fins(ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.Tickets, "scope", "known")
    assert "It is not Fin's" in inspect(ticket.pk)[1]


def test_looking_leaves_no_trace(ticket: Ticket) -> None:
    inspect(ticket.pk)
    assert not ConversationState.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("ident", ["4711", "abc", "", "9" * 40])
def test_one_that_is_not_there(ident: str) -> None:
    with pytest.raises(CommandError, match="There is no conversation"):
        inspect(ident)


def test_it_reads_well_in_a_terminal(ticket: Ticket, sarah: User) -> None:
    ticket.assignee = sarah
    ticket.save()
    ticket.labels.create(name="hardware")
    kept_values.keep("conversation", str(ticket.pk), {"attributes": {"mood": "angry"}})
    moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
    note = Reply.objects.create(
        ticket=ticket, staff=sarah, body="<p>It <b>really</b> burns.</p>", internal=True
    )
    note.files.create(filename="fire.png", content_type="image/png", link="https://x.example/f")
    Reply.objects.update(created=moment)
    Ticket.objects.update(created=moment, modified=moment, subject="")
    out = io.StringIO()
    call_command("inspect_conversation", str(ticket.pk), stdout=out, stderr=io.StringIO())
    assert out.getvalue().splitlines() == [
        f"Conversation {ticket.pk}: (without a title)",
        "  status      open",
        f"  in charge   Sarah Lee <sarah@example.com> (agent {sarah.pk})",
        f"  customer    Ada Lovelace <ada@example.com> (customer {ticket.customer_id})",
        "              plan: pro",
        "              company: ",
        "  tags        hardware",
        "  attribute   mood: angry",
        "  made        2026-11-22 12:00:00 UTC",
        "  changed     2026-11-22 12:00:00 UTC",
        "",
        f"2026-11-22 12:00:00 UTC  Ada Lovelace <ada@example.com> (customer {ticket.customer_id})",
        "    It burns.",
        "",
        f"2026-11-22 12:00:00 UTC  Sarah Lee <sarah@example.com> (agent {sarah.pk}), private",
        "    It really burns.",
        "    [fire.png, image/png] https://x.example/f",
    ]


def test_nobody_and_nothing_are_said(ticket: Ticket) -> None:
    Customer.objects.update(full_name="", email="")
    out = io.StringIO()
    call_command("inspect_conversation", str(ticket.pk), stdout=out, stderr=io.StringIO())
    assert "  in charge   nobody\n" in out.getvalue()
    assert f"  customer    ? (customer {ticket.customer_id})\n" in out.getvalue()
    assert "  tags        none\n" in out.getvalue()
