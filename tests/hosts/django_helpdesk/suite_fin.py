"""What Fin does in django-helpdesk: by its own services, with its mails, and no word evaluated."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db.models.signals import post_save
from django.test import Client
from django.urls import reverse
from helpdesk import settings as theirs
from helpdesk.models import EmailTemplate, FollowUp, Queue, Ticket
from helpdesk.signals import new_ticket_done, update_ticket_done
from pytest_django import Settings

from fin_bridge import acting_as_fin
from fin_bridge.checks.parts import problems
from fin_bridge.contrib.django_helpdesk import authorship
from fin_bridge.database import clock
from fin_bridge.exceptions import RefusedError
from fin_bridge.helpdesk import Context, current
from fin_bridge.models import ConversationState, Event, KeptMessage
from fin_bridge.operating import handover_watch
from fin_bridge.testing.in_process import ask, call, refused
from tests.helpdesk.text.page import Line, read
from tests.hosts.django_helpdesk.conftest import ADA, Fin, make_staff
from tests.hosts.hosted import known

pytestmark = pytest.mark.django_db(transaction=True)

TEMPLATES = (
    "{{ ticket.secret_key }} {{ticket.submitter_email}} {{ queue.title|upper }}",
    "{% load static %} {% include 'helpdesk/base.html' %} {% now 'Y' %}",
    "{% verbatim %}{{ ticket.title }}{% endverbatim %} {% endverbatim %}{{ ticket.title }}",
    "{# hidden #} {{ {{ ticket.title }} }} {{{ x }}} {%%} }}{{ %}{% {{'a'}}",
    "{% an open tag, {{ an open variable, {# an open comment",
    'X-HELPDESK-COMMENT-VERBATIM {{ "{" }}',
    "X-HELPDESK-COMMENT-ENDVERBATIM {{ ticket.title }} X-HELPDESK-COMMENT-VERBATIM now 'Y' %}",
    "{}{{}}%}}{%%}{{{%{#}#}",
)


def write(ticket: Ticket, author: dict[str, str], text: str, **values: Any) -> dict[str, Any]:
    """What Fin writes, or brings from the customer."""
    values.setdefault("body", f"<p>{html.escape(text, quote=False)}</p>")
    message: dict[str, Any] = ask(
        "create_message",
        object_id=f"{author['id']} {text}",
        conversation_id=str(ticket.pk),
        author=author,
        **values,
    )
    return message


def as_fin(robot: User) -> dict[str, str]:
    return {"id": str(robot.pk), "user_type": "agent"}


CUSTOMER = {"id": ADA, "user_type": "end_user"}


def update(ticket: Ticket, **values: Any) -> dict[str, Any]:
    shown: dict[str, Any] = ask("update_conversation", conversation_id=str(ticket.pk), **values)
    return shown


def page_of(markup: str) -> list[Line]:
    return read(markup).lines


def open_one(**values: Any) -> dict[str, Any]:
    user = ask("create_user", object_id="user-1", name="Ada", email=ADA)
    message = {
        "object_id": "message-1",
        "author": {"id": user["id"], "user_type": "end_user"},
        "body": "<p>It <b>burns</b>.</p><p>{{ ticket.secret_key }}</p>",
    }
    given = {"object_id": "conversation-1", "user": {"id": user["id"]}, **values}
    opened: dict[str, Any] = ask("create_conversation", initial_message=message, **given)
    return opened


def outbox() -> list[tuple[str, str]]:
    """To whom something was mailed, and under which subject."""
    sent = sorted((message.to[0], str(message.subject)) for message in mail.outbox)
    mail.outbox.clear()
    return sent


# --- Messages ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("mails")
def test_fins_answer_is_posted_and_mailed_by_its_service(ticket: Ticket, robot: User) -> None:
    Queue.objects.update(updated_ticket_cc="team@example.com")
    done: list[FollowUp] = []

    def receive(followup: FollowUp, **_: Any) -> None:
        assert acting_as_fin()
        done.append(followup)

    update_ticket_done.connect(receive)
    message = write(ticket, as_fin(robot), "Turn it *off*")
    update_ticket_done.disconnect(receive)
    [follow_up] = FollowUp.objects.all()
    assert done == [follow_up]
    assert (follow_up.user, follow_up.public) == (robot, True)
    assert (follow_up.comment, follow_up.title) == (r"Turn it \*off\*", "Printer")
    assert follow_up.email_recipients == [ADA, "team@example.com"]
    assert (message["body"], message["id"]) == ("<p>Turn it *off*</p>", str(follow_up.pk))
    subject = f"[web-{ticket.pk}] Printer (Updated)"
    assert outbox() == [(ADA, subject), ("team@example.com", subject)]
    assert not Event.objects.exists()


@pytest.mark.usefixtures("mails")
def test_fins_note_is_not_mailed_to_the_customer(ticket: Ticket, robot: User) -> None:
    note = write(ticket, as_fin(robot), "She is upset", visibility="private")
    assert note["visibility"] == "private"
    assert not FollowUp.objects.get().public
    assert outbox() == []


@pytest.mark.usefixtures("mails")
def test_the_customers_words_are_mailed_to_the_owner_and_not_to_themselves(
    ticket: Ticket, sarah: User
) -> None:
    Ticket.objects.update(assigned_to=sarah)
    known(ticket)
    message = write(ticket, CUSTOMER, "It still burns")
    follow_up = FollowUp.objects.get()
    assert (follow_up.user, follow_up.public) == (None, True)
    assert message["author"]["id"] == ADA
    assert outbox() == [("sarah@example.com", f"[web-{ticket.pk}] Printer (Updated)")]
    assert not Event.objects.exists()


@pytest.mark.usefixtures("mails")
@pytest.mark.parametrize("text", TEMPLATES)
def test_no_word_is_evaluated_as_a_template(ticket: Ticket, robot: User, text: str) -> None:
    Queue.objects.update(updated_ticket_cc="team@example.com")
    for author in (as_fin(robot), CUSTOMER):
        message = write(ticket, author, text)
        follow_up = FollowUp.objects.get(pk=message["id"])
        assert follow_up.comment.replace("\\", "") == text
        assert html.unescape(message["body"]) == f"<p>{text}</p>"
        assert ticket.secret_key not in follow_up.comment
        for sent in mail.outbox:
            assert text in str(sent.body).replace("\\", "")
        assert mail.outbox
        mail.outbox.clear()


@pytest.mark.usefixtures("mails")
def test_a_tag_in_a_text_is_text_on_its_pages_and_in_its_mails(
    ticket: Ticket, page: Client
) -> None:
    """Its mails hold each comment as it is, unescaped."""
    Queue.objects.update(updated_ticket_cc="team@example.com")
    write(ticket, CUSTOMER, "<img src=x onerror=alert(1)> <b>bold</b>")
    shown = page.get(reverse("helpdesk:view", args=[ticket.pk])).content.decode()
    sent = [alternative.content for one in mail.outbox for alternative in one.alternatives]  # type: ignore[union-attr]
    assert len(sent) == 2
    for markup in (*map(str, sent), shown):
        assert "&lt;img src=x onerror=alert(1)" in markup
        assert "<img src=x" not in markup


@pytest.mark.parametrize(
    "markup",
    [
        "<ol><li>Open<ul><li>left latch</li><li>right latch</li></ul></li><li>Close</li></ol>",
        "<p>Total<br>=====<br>80 EUR</p>",
        "<ol><li>a</li></ol><ul><li>b</li></ul><p>C#</p><h2>C#</h2><p>{{ x }} a_b [c](d:e)</p>",
    ],
)
def test_its_page_shows_what_fin_wrote(ticket: Ticket, robot: User, markup: str) -> None:
    answer = write(ticket, as_fin(robot), "", body=markup)
    assert page_of(FollowUp.objects.get().get_markdown()) == page_of(markup)
    assert page_of(answer["body"]) == page_of(markup)


def test_a_file_of_fins_is_a_link(ticket: Ticket, robot: User) -> None:
    url = "https://files.example.com/a_b.pdf?signature=1&x=%7B%7B"
    file = {"url": url, "filename": "{{ ticket.title }}.pdf", "filetype": "application/pdf"}
    message = write(ticket, as_fin(robot), "Here", attachments=[file])
    assert f'href="{url}">{{{{ ticket.title }}}}.pdf<' in html.unescape(message["body"])
    assert url in FollowUp.objects.get().comment


def test_what_the_helpdesk_does_in_reaction_is_news(ticket: Ticket, robot: User, fin: Fin) -> None:
    fin.conversation(ticket)

    def answer(followup: FollowUp, **_: Any) -> None:
        FollowUp.objects.create(ticket=followup.ticket, comment="We are closed", public=True)

    update_ticket_done.connect(answer)
    write(ticket, as_fin(robot), "Hello")
    update_ticket_done.disconnect(answer)
    assert Event.objects.get().reaction
    assert fin.posts() == [str(ticket.pk)]
    assert [message["body"] for message in fin.messages(ticket)][2] == "<p>We are closed</p>"


@pytest.mark.usefixtures("mails")
def test_a_mail_server_that_is_down_leaves_nothing_half_written(
    ticket: Ticket, robot: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    Queue.objects.update(updated_ticket_cc="team@example.com")
    given = {"conversation_id": str(ticket.pk), "body": "<p>Hello</p>"}
    with pytest.raises(ConnectionRefusedError):  # answered with a 500, after which Fin tries again
        call("create_message", object_id="m1", author=as_fin(robot), **given)
    assert not FollowUp.objects.exists()
    message = ask("create_message", object_id="m2", author=CUSTOMER, **given)
    assert KeptMessage.objects.get().message_id == message["id"]
    assert not FollowUp.objects.exists()


def test_fin_must_be_on_the_staff(ticket: Ticket) -> None:
    desk, nobody = current(), User.objects.create_user("nobody")
    context = Context("default", nobody)
    reply = FollowUp(ticket=ticket, user=nobody, comment="x")
    with pytest.raises(RefusedError, match="nobody is not on the staff"):
        desk.conversations.put(ticket, {"title": "Fire"}, context)
    with pytest.raises(RefusedError, match="not on the staff"):
        desk.messages[1].save(reply, set(), context)
    assert not FollowUp.objects.exists()


# --- Tickets -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("mails")
def test_a_conversation_of_fins_is_a_ticket_like_any_other(
    queue: Queue, robot: User, page: Client
) -> None:
    Queue.objects.update(new_ticket_cc="team@example.com")
    done: list[Ticket] = []

    def receive(ticket: Ticket, **_: Any) -> None:
        done.append(ticket)

    new_ticket_done.connect(receive)
    opened = open_one()
    new_ticket_done.disconnect(receive)
    [ticket] = Ticket.objects.all()
    assert done == [ticket]
    assert (ticket.queue, ticket.assigned_to, ticket.submitter_email) == (queue, robot, ADA)
    assert ticket.description == "It **burns**.\n\n\\{{ ticket.secret_key }}"
    assert ticket.title == "It burns. {{ ticket.secret_key }}"
    assert (ticket.status, ticket.followup_set.count()) == (Ticket.OPEN_STATUS, 0)
    assert opened["message"]["body"].startswith("<p>It <b>burns</b>.</p>")
    subject = f"[web-{ticket.pk}] {ticket.title} (Opened)"
    assert outbox() == [(ADA, subject), ("team@example.com", subject)]
    shown = page.get(reverse("helpdesk:view", args=[ticket.pk])).content.decode()
    assert "It <strong>burns</strong>" in shown
    assert not Event.objects.exists()


def test_a_conversation_is_put_where_the_public_form_puts_it(
    robot: User, settings: Settings, queue: Queue
) -> None:
    conversations: Any = current().conversations
    assert conversations.queue(Context("default")) == queue
    settings.HELPDESK_PUBLIC_TICKET_QUEUE = None
    first = Queue.objects.create(title="First", slug="first")
    assert conversations.queue(Context("default")) == queue
    queue.delete()
    assert conversations.queue(Context("default")) == first
    first.delete()
    user = ask("create_user", object_id="user-1")
    message = {"object_id": "m", "author": {"id": user["id"], "user_type": "end_user"}}
    assert (
        refused(
            "create_conversation",
            object_id="c",
            user={"id": user["id"]},
            initial_message={**message, "body": "<p>Hi</p>"},
        )
        == 400
    )


def test_a_conversation_without_words_has_a_title_to_click_on(queue: Queue, robot: User) -> None:
    user = ask("create_user", object_id="user-1")
    url = "https://files.example.com/a.png"
    file = {"url": url, "filename": "a.png", "filetype": "image/png"}
    author = {"id": user["id"], "user_type": "end_user"}
    opened = ask(
        "create_conversation",
        object_id="c",
        user={"id": user["id"]},
        initial_message={"object_id": "m", "author": author, "attachments": [file]},
    )
    assert opened["conversation"]["title"] == "-"
    assert Ticket.objects.get().submitter_email is None


@pytest.mark.usefixtures("mails")
def test_all_that_fin_changes_is_one_update(ticket: Ticket, robot: User) -> None:
    shown = update(ticket, title="Fire", status="resolved", tags=["urgent"])
    assert (shown["title"], shown["status"], shown["tags"]) == ("Fire", "resolved", ["urgent"])
    [follow_up] = FollowUp.objects.all()
    assert (follow_up.user, follow_up.public, follow_up.comment) == (robot, True, "")
    assert follow_up.new_status == Ticket.RESOLVED_STATUS
    assert {change.field for change in follow_up.ticketchange_set.all()} == {"Title", "Status"}
    assert outbox() == [(ADA, f"[web-{ticket.pk}] Fire (Resolved)")]
    assert len(ask("get_messages", conversation_id=str(ticket.pk))) == 1
    assert not Event.objects.exists()
    assert update(ticket, title="Fire", status="resolved") == shown
    assert FollowUp.objects.count() == 1


@pytest.mark.usefixtures("mails")
def test_a_handover_is_to_whom_the_queue_belongs(ticket: Ticket, robot: User, sarah: User) -> None:
    Queue.objects.update(default_owner=sarah)
    assert update(ticket, assignee_id=None)["assignee"]["id"] == str(sarah.pk)
    assert outbox() == [("sarah@example.com", f"[web-{ticket.pk}] Printer (Assigned To You)")]
    assert FollowUp.objects.get().title == "Assigned to sarah"
    assert not Event.objects.exists()


def test_a_handover_is_to_nobody_in_particular_where_there_is_nobody(
    ticket: Ticket, robot: User, sarah: User
) -> None:
    for owner in (sarah, robot):
        Queue.objects.update(default_owner=owner)
        User.objects.filter(pk=sarah.pk).update(is_active=False)
        assert update(ticket, assignee_id=None)["assignee"] is None
        assert FollowUp.objects.get().title == "Unassigned"
        FollowUp.objects.all().delete()
        assert update(ticket, assignee_id=str(robot.pk))["assignee"]["id"] == str(robot.pk)
        FollowUp.objects.all().delete()


@pytest.mark.usefixtures("mails")
def test_a_handover_is_answered_by_what_an_agent_writes(
    ticket: Ticket, robot: User, sarah: User
) -> None:
    Queue.objects.update(default_owner=sarah)
    update(ticket, assignee_id=None)
    states = ConversationState.objects.filter(conversation_id=str(ticket.pk))
    FollowUp.objects.create(ticket=ticket, user=sarah, title="Assigned", public=True)
    handover_watch.watch(clock.now("default"))
    assert states.get().handover == "waiting"
    FollowUp.objects.create(ticket=ticket, user=sarah, comment="I am on it.", public=True)
    handover_watch.watch(clock.now("default"))
    assert states.get().handover == "answered"


@pytest.mark.parametrize(("sender", "outcome"), [("sarah", "answered"), ("bob", "waiting")])
def test_a_colleague_may_answer_a_handover_by_mail(
    ticket: Ticket, sarah: User, sender: str, outcome: str
) -> None:
    update(ticket, assignee_id=None)
    title = f"E-Mail Received from {sender}@example.com"
    row = FollowUp.objects.create(
        ticket=ticket,
        title=title,
        comment="I am on it.",
        public=True,
        message_id="<1@example.com>",
    )
    handover_watch.watch(clock.now("default"))
    state = ConversationState.objects.get(conversation_id=str(ticket.pk))
    assert state.handover == outcome
    assert authorship.author(row, current().agents) is None  # an address proves nothing


def test_the_customer_reopens_it(ticket: Ticket, robot: User) -> None:
    update(ticket, status="closed")
    write(ticket, CUSTOMER, "One more thing")
    ticket.refresh_from_db()
    assert ticket.status == Ticket.REOPENED_STATUS
    closed, reopened, said = FollowUp.objects.order_by("pk")
    assert [one.user for one in (closed, reopened, said)] == [robot, None, None]
    assert reopened.new_status == Ticket.REOPENED_STATUS
    shown = ask("get_messages", conversation_id=str(ticket.pk))
    assert [message["body"] for message in shown] == ["<p>It burns.</p>", "<p>One more thing</p>"]


def test_what_else_a_description_maps_is_changed_with_it(ticket: Ticket, robot: User) -> None:
    conversations = current().conversations
    ticket.priority = 1
    assert conversations.save(ticket, {"priority"}, Context("default", robot))
    ticket.refresh_from_db()
    assert ticket.priority == 1


def test_what_a_receiver_changes_is_told(ticket: Ticket, robot: User) -> None:
    def shout(instance: Ticket, **_: Any) -> None:
        Ticket.objects.filter(pk=instance.pk).update(title="FIRE")

    post_save.connect(shout, sender=Ticket)
    assert update(ticket, title="Fire")["title"] == "FIRE"
    post_save.disconnect(shout, sender=Ticket)
    assert Event.objects.exists()


def test_the_page_of_a_ticket_tells_of_typing_and_offers_to_take_over(
    ticket: Ticket, page: Client, sarah: User
) -> None:
    known(ticket)
    shown = page.get(reverse("helpdesk:view", args=[ticket.pk])).content.decode()
    assert 'data-selector="#commentBox"' in shown
    assert "data-fin-private" in shown
    form = {"conversation_id": str(ticket.pk), "next": "/"}
    page.post(reverse("fin_bridge_agent_ui:take-over"), form)
    ticket.refresh_from_db()
    assert ticket.assigned_to == sarah
    assert FollowUp.objects.get().user == sarah


# --- Who may -------------------------------------------------------------------------------------


@pytest.fixture
def per_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theirs, "HELPDESK_ENABLE_PER_QUEUE_STAFF_PERMISSION", True)


@pytest.mark.usefixtures("per_queue")
def test_who_may_not_open_a_ticket_is_not_typing_in_it(ticket: Ticket, queue: Queue) -> None:
    bob = make_staff("bob")
    client = Client()
    client.force_login(bob)
    typing = {"conversation_id": str(ticket.pk)}
    path = reverse("fin_bridge_agent_ui:typing")
    assert client.post(path, typing, content_type="application/json").status_code == 404
    name = queue.permission_name.partition(".")[2]
    bob.user_permissions.add(Permission.objects.get(codename=name))
    assert client.post(path, typing, content_type="application/json").status_code < 300


def test_the_description_is_found_without_fault(queue: Queue) -> None:
    assert [problem for part in current().parts for problem in problems(part)] == []
    assert EmailTemplate.objects.count() == 0
