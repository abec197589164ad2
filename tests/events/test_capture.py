"""Which changes lead to an event, and what that costs the host."""

import contextlib
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.core.files.base import ContentFile
from pytest_django import DjangoAssertNumQueries

import fin_bridge
from fin_bridge.events import capture
from fin_bridge.events.capture import Source
from fin_bridge.exceptions import ConfigurationError
from fin_bridge.helpdesk import Many, current, listening, service
from fin_bridge.helpdesk.writing import own_writes
from fin_bridge.models import Event
from helpdesk_demo.models import Customer, Label, Reply, ReplyFile, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def causes() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("cause", flat=True))


def test_one_save_is_one_event(ticket: Ticket) -> None:
    reply = Reply.objects.create(ticket=ticket, body="<p>Hello</p>")

    event = Event.objects.get()
    assert event.conversation_id == str(ticket.pk)
    assert event.cause == f"helpdesk_demo.Reply {reply.pk} created"
    assert event.state == Event.State.WAITING
    # Two looks at the clock, in one statement: PostgreSQL's goes on between them.
    assert (event.due_at - event.created_at).total_seconds() == pytest.approx(0.5, abs=0.1)


def test_whatever_a_helpdesk_says_an_id_is_it_is_text(ticket: Ticket) -> None:
    key: Any = UUID(int=7)
    Source(Ticket, lambda row: key).changed(ticket, "changed", "default")
    assert Event.objects.get().conversation_id == str(key)


def test_a_save_costs_one_insert(
    ticket: Ticket, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2) as queries:
        Reply.objects.create(ticket=ticket, body="<p>Hello</p>")
    assert queries[1]["sql"].startswith("INSERT INTO")
    assert "fin_bridge_event" in queries[1]["sql"]


def test_fixtures_do_not_fire(ticket: Ticket) -> None:
    text = serializers.serialize("json", [ticket])
    for loaded in serializers.deserialize("json", text):
        loaded.save()
    assert causes() == []


@pytest.mark.parametrize(
    ("fields", "fires"),
    [(["subject"], True), (["description"], True), (["customer"], True), (["status"], True)],
)
def test_update_fields_with_a_mapped_field_fire(
    ticket: Ticket, fields: list[str], fires: bool
) -> None:
    ticket.save(update_fields=fields)
    assert bool(causes()) is fires


def test_update_fields_without_a_mapped_field_do_not_fire(ticket: Ticket) -> None:
    reply = Reply.objects.bulk_create([Reply(ticket=ticket, body="x")])[0]
    reply.save(update_fields=[])
    assert causes() == []


def test_a_file_that_comes_later_fires(ticket: Ticket) -> None:
    reply = Reply.objects.bulk_create([Reply(ticket=ticket, body="x")])[0]
    ReplyFile.objects.create(reply=reply, upload=ContentFile(b"x", "a.txt"), filename="a.txt")
    assert causes() == [f"helpdesk_demo.ReplyFile {reply.files.get().pk} created"]


def test_labels_fire_from_both_ends_and_when_cleared(ticket: Ticket) -> None:
    label = Label.objects.create(name="urgent")
    ticket.labels.add(label)
    label.tickets.remove(ticket)
    label.tickets.add(ticket)
    label.tickets.clear()
    ticket.labels.clear()
    assert {event.conversation_id for event in Event.objects.all()} == {str(ticket.pk)}
    said = [cause.removeprefix(f"helpdesk_demo.Ticket {ticket.pk} labels ") for cause in causes()]
    assert said == [*["changed"] * 3, *["cleared"] * 3]


def test_deletion_fires(ticket: Ticket) -> None:
    pk = ticket.pk
    ticket.delete()
    assert causes() == [f"helpdesk_demo.Ticket {pk} deleted"]


def test_a_proxy_fires(ticket: Ticket) -> None:
    class Urgent(Ticket):
        class Meta:
            app_label = "helpdesk_demo"
            proxy = True

    capture.connect()
    Urgent.objects.get(pk=ticket.pk).save()
    assert causes() == [f"helpdesk_demo.Urgent {ticket.pk} changed"]


def test_other_models_do_not_fire(customer: Customer, sarah: User) -> None:
    customer.save()
    sarah.save()
    assert causes() == []


def test_fins_own_write_is_no_news_and_the_reaction_is(ticket: Ticket) -> None:
    with own_writes.as_fin(), own_writes.writing(ticket):
        ticket.save()
        Reply.objects.create(ticket=ticket, body="auto-reply")
    event = Event.objects.get()
    assert event.cause.startswith("helpdesk_demo.Reply")
    assert event.reaction


def test_of_what_a_service_writes_only_what_fin_said_is_no_news(ticket: Ticket) -> None:
    with own_writes.as_fin(), service() as wrote:
        said = Reply.objects.create(ticket=ticket, body="<p>Fin's</p>")
        ticket.save()
        Reply.objects.create(ticket=ticket, body="<p>Thank you for your message</p>")
        assert causes() == []
        wrote(said, ticket)
    [event] = Event.objects.all()
    assert event.cause == f"helpdesk_demo.Reply {said.pk + 1} created"
    assert event.reaction
    ticket.save()
    assert len(causes()) == 2


def test_a_service_that_fails_leaves_nothing(ticket: Ticket) -> None:
    with contextlib.suppress(ZeroDivisionError), service():
        Reply.objects.create(ticket=ticket, body="<p>Half</p>")
        raise ZeroDivisionError
    assert (causes(), Reply.objects.count()) == ([], 0)
    ticket.save()
    assert len(causes()) == 1


def test_an_error_of_the_description_does_not_reach_the_host(
    ticket: Ticket, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(row: Ticket) -> str:
        raise ZeroDivisionError

    Source(Ticket, broken).changed(ticket, "changed", "default")
    assert causes() == []
    assert "is unknown" in caplog.text


def test_a_wrong_description_of_rows_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        current().conversations.fields,
        "tags",
        Many("customer", "name").bind(current().conversations, "tags"),
    )
    with pytest.raises(ConfigurationError, match=r"Tickets\.tags: 'customer' is no relation"):
        capture.connect()


def test_a_row_of_no_conversation_does_not_fire(ticket: Ticket) -> None:
    Source(Ticket, lambda row: None).changed(ticket, "changed", "default")
    assert causes() == []


def test_a_watched_model_is_of_the_conversation_that_its_path_leads_to(ticket: Ticket) -> None:
    class Watching(type(current().conversations)):  # type: ignore[misc]  # a class at run time
        watch = {"helpdesk_demo.ReplyFile": "reply.ticket"}

    part = Watching()
    part.bind(current())
    [(model, conversation_of)] = listening.watched(part)
    reply = Reply.objects.bulk_create([Reply(ticket=ticket, body="x")])[0]
    assert model is ReplyFile
    assert conversation_of(ReplyFile(reply=reply)) == str(ticket.pk)
    assert conversation_of(ReplyFile()) is None


def test_a_host_can_tell_that_it_is_fin() -> None:
    assert not fin_bridge.acting_as_fin()
    with own_writes.as_fin():
        assert fin_bridge.acting_as_fin()
    assert not fin_bridge.acting_as_fin()
