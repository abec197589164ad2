"""What people do on django-helpdesk's own pages: what Fin hears of it, and what it then pulls."""

from __future__ import annotations

import logging
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models.signals import post_save
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from helpdesk.email import extract_email_metadata
from helpdesk.models import FollowUp, FollowUpAttachment, Queue, Ticket, TicketCC
from helpdesk.update_ticket import update_ticket

from fin_bridge.contrib.django_helpdesk import authorship
from fin_bridge.events import reconcile
from fin_bridge.helpdesk import current
from fin_bridge.models import Event
from fin_bridge.testing.in_process import ask, refused
from tests.hosts.django_helpdesk.conftest import ADA, Fin, make_staff, make_ticket
from tests.hosts.hosted import known

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def seen(request: pytest.FixtureRequest, fin: Fin) -> None:
    """Fin knows the ticket, if there is one."""
    if "ticket" in request.fixturenames:
        ticket = request.getfixturevalue("ticket")
        fin.conversation(ticket)
        assert fin.posts() == []


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fin serves all tickets."""
    monkeypatch.setattr(type(current().conversations), "scope", "all")


def respond(page: Client, ticket: Ticket, **values: Any) -> None:
    """What the form below a ticket sends."""
    form = {
        "title": ticket.title,
        "queue": ticket.queue_id,
        "priority": ticket.priority,
        "new_status": ticket.status,
        "owner": ticket.assigned_to_id or 0,
        **values,
    }
    answer = page.post(reverse("helpdesk:update", args=[ticket.pk]), form)
    assert answer.status_code == 302, answer.content.decode()
    ticket.refresh_from_db()


def in_bulk(page: Client, action: str, *tickets: Ticket) -> None:
    ids = [ticket.pk for ticket in tickets]
    page.post(reverse("helpdesk:mass_update"), {"ticket_id": ids, "action": action})


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("bill.txt", b"Ten pounds", content_type="text/plain")


# --- On a ticket ---------------------------------------------------------------------------------


def test_a_reply_is_six_saves_and_one_post(
    page: Client, ticket: Ticket, fin: Fin, sarah: User
) -> None:
    saves: list[str] = []

    def saved(sender: Any, **_: Any) -> None:
        saves.append(sender.__name__)

    post_save.connect(saved)
    respond(page, ticket, comment="It is **off** now, <printer> & all", public="1")
    post_save.disconnect(saved)
    assert [name for name in saves if name in {"Ticket", "FollowUp"}] == [
        *("Ticket", "FollowUp", "Ticket", "Ticket", "FollowUp", "Ticket"),
    ]
    assert fin.posts() == [str(ticket.pk)]
    opening, reply = fin.messages(ticket)
    assert (opening["id"], opening["body"]) == (f"opening-{ticket.pk}", "<p>It burns.</p>")
    assert (opening["author"]["id"], opening["author"]["user_type"]) == (ADA, "end_user")
    assert reply["body"] == "<p>It is <b>off</b> now, &lt;printer&gt; &amp; all</p>"
    assert (reply["visibility"], reply["author"]["id"]) == ("public", str(sarah.pk))
    assert reply["author"]["name"] == "Sarah"


def test_a_private_note_is_private(page: Client, ticket: Ticket, fin: Fin) -> None:
    respond(page, ticket, comment="She is upset")
    assert fin.posts() == [str(ticket.pk)]
    _, note = fin.messages(ticket)
    assert (note["visibility"], note["body"]) == ("private", "<p>She is upset</p>")


def test_a_file_is_shown_by_an_address_of_ours_without_the_tickets_secret(
    page: Client, ticket: Ticket, fin: Fin
) -> None:
    respond(page, ticket, comment="Your bill", public="1", attachment=a_file())
    assert fin.posts() == [str(ticket.pk)]
    stored = FollowUpAttachment.objects.get()
    assert ticket.secret_key in stored.file.url
    _, message = fin.messages(ticket)
    [file] = message["attachments"]
    assert (file["filename"], file["filetype"]) == ("bill.txt", "text/plain")
    assert file["url"].startswith("https://helpdesk.example.com/api/fin/")
    shown = f"{fin.messages(ticket)} {fin.conversation(ticket)}"
    assert ticket.secret_key not in shown
    fetched = Client().get(file["url"].removeprefix("https://helpdesk.example.com"))
    assert b"".join(fetched) == b"Ten pounds"
    stored.delete()
    assert fin.posts() == [str(ticket.pk)]
    assert fin.messages(ticket)[1]["attachments"] == []


def test_status_and_owner_are_news_and_no_message(
    page: Client, ticket: Ticket, fin: Fin, sarah: User
) -> None:
    respond(page, ticket, new_status=Ticket.RESOLVED_STATUS, owner=sarah.pk, title="Fire")
    assert fin.posts() == [str(ticket.pk)]
    shown = fin.conversation(ticket)
    assert (shown["status"], shown["title"]) == ("resolved", "Fire")
    assert shown["assignee"]["id"] == str(sarah.pk)
    assert [message["id"] for message in fin.messages(ticket)] == [f"opening-{ticket.pk}"]


def test_the_board_and_the_edit_page_are_news(page: Client, ticket: Ticket, fin: Fin) -> None:
    move = reverse("helpdesk:kanban_update", args=[ticket.pk])
    page.post(move, {"status": Ticket.CLOSED_STATUS}, content_type="application/json")
    assert fin.posts() == [str(ticket.pk)]
    assert fin.conversation(ticket)["status"] == "closed"
    form = {
        "title": "Fire",
        "queue": ticket.queue_id,
        "priority": 1,
        "submitter_email": ADA,
        "description": "It burns.",
        "secret_key": ticket.secret_key,
    }
    page.post(reverse("helpdesk:edit", args=[ticket.pk]), form)
    assert fin.posts() == [str(ticket.pk)]
    assert fin.conversation(ticket)["title"] == "Fire"


def test_an_edited_and_a_deleted_reply_are_news(page: Client, ticket: Ticket, fin: Fin) -> None:
    respond(page, ticket, comment="Wrong")
    fin.posts()
    follow_up = FollowUp.objects.get()
    form = {"title": "x", "ticket": ticket.pk, "comment": "Right", "public": "on"}
    page.post(reverse("helpdesk:followup_edit", args=[ticket.pk, follow_up.pk]), form)
    assert fin.posts() == [str(ticket.pk)]
    _, edited = fin.messages(ticket)
    assert (edited["id"], edited["body"]) == (str(follow_up.pk), "<p>Right</p>")
    page.post(reverse("helpdesk:followup_delete", args=[ticket.pk, follow_up.pk]))
    assert fin.posts() == [str(ticket.pk)]
    assert len(fin.messages(ticket)) == 1


def test_its_own_api_is_as_its_pages(page: Client, ticket: Ticket, fin: Fin, sarah: User) -> None:
    reply = {"ticket": ticket.pk, "user": sarah.pk, "title": "x", "comment": "Hi", "public": True}
    page.post(reverse("helpdesk:followups-list"), reply, content_type="application/json")
    assert fin.posts() == [str(ticket.pk)]
    assert fin.messages(ticket)[1]["author"]["id"] == str(sarah.pk)
    path = reverse("helpdesk:ticket-detail", args=[ticket.pk])
    page.patch(path, {"status": Ticket.CLOSED_STATUS}, content_type="application/json")
    assert fin.posts() == [str(ticket.pk)]


# --- New tickets ---------------------------------------------------------------------------------


def fill_in(client: Client, queue: Queue, **values: Any) -> Ticket:
    """The form for new tickets: the public one, where nobody of the staff is logged in."""
    form = {"queue": queue.pk, "title": "Fire", "body": "It *burns*", "priority": 3}
    client.post(reverse("helpdesk:submit"), {**form, "submitter_email": ADA, **values})
    return Ticket.objects.get(title="Fire")


@pytest.mark.usefixtures("everything", "mails")
def test_the_public_form_makes_one_message_with_its_file(queue: Queue, fin: Fin) -> None:
    ticket = fill_in(Client(), queue, attachment=a_file())
    assert fin.posts() == [str(ticket.pk)]
    shown = fin.conversation(ticket)
    assert (shown["title"], shown["user"]["email"], shown["status"]) == ("Fire", ADA, "open")
    [message] = fin.messages(ticket)
    assert (message["body"], message["visibility"]) == ("<p>It <i>burns</i></p>", "public")
    assert (message["author"]["id"], message["author"]["user_type"]) == (ADA, "end_user")
    assert [file["filename"] for file in message["attachments"]] == ["bill.txt"]


def test_a_ticket_that_is_not_fins_is_no_news_until_it_is_given_to_fin(
    page: Client, queue: Queue, fin: Fin, robot: User
) -> None:
    ticket = fill_in(Client(), queue)
    assert fin.posts() == []
    assert refused("get_conversation", conversation_id=str(ticket.pk)) == 404
    respond(page, ticket, owner=robot.pk)
    assert fin.posts() == [str(ticket.pk)]
    assert fin.conversation(ticket)["assignee"]["id"] == str(robot.pk)


def test_all_new_tickets_of_a_queue_are_fins_whose_default_owner_is_fin(
    queue: Queue, fin: Fin, robot: User
) -> None:
    Queue.objects.update(default_owner=robot)
    ticket = fill_in(Client(), queue)
    assert fin.posts() == [str(ticket.pk)]
    assert len(fin.messages(ticket)) == 1


@pytest.mark.usefixtures("everything")
def test_who_fills_a_form_in_is_the_author(
    page: Client, queue: Queue, fin: Fin, sarah: User
) -> None:
    by_staff = fill_in(page, queue, assigned_to=sarah.pk)
    [message] = fin.messages(by_staff)
    assert message["author"]["id"] == str(sarah.pk)
    by_staff.delete()
    client = Client()
    client.force_login(User.objects.create_user("ada", "ada@work.example.com"))
    [message] = fin.messages(fill_in(client, queue))
    assert message["author"]["id"] == ADA


@pytest.mark.usefixtures("everything")
def test_a_mail_is_the_senders(queue: Queue, fin: Fin, caplog: pytest.LogCaptureFixture) -> None:
    assert isinstance(
        send_mail(queue, ADA, "Fire", "It burns.\n\nOn Monday Bob wrote:\n> x"), Ticket
    )
    ticket = Ticket.objects.get()
    assert fin.posts() == [str(ticket.pk)]
    [message] = fin.messages(ticket)
    assert message["author"]["id"] == ADA
    ticket.status = Ticket.CLOSED_STATUS
    ticket.save()
    send_mail(queue, ADA, f"Re: [web-{ticket.pk}]", "Still")
    send_mail(queue, "x" + ADA, f"Re: [web-{ticket.pk}]", "Me too")
    assert fin.posts() == [str(ticket.pk)]
    _, ours, others = fin.messages(ticket)
    assert (ours["body"], ours["author"]["id"]) == ("<p>Still</p>", ADA)
    assert (others["body"], others["author"]["id"]) == ("<p>Me too</p>", "unknown")
    assert fin.conversation(ticket)["status"] == "open"


def send_mail(queue: Queue, sender: str, subject: str, text: str) -> Any:
    """As its command for mails gets it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "web@example.com", subject
    mail["Message-ID"] = f"<{FollowUp.objects.count()}@example.com>"
    mail.set_content(text)
    return extract_email_metadata(mail.as_string(), queue, logging.getLogger(__name__))


# --- Who wrote it --------------------------------------------------------------------------------


def test_the_public_page_is_the_customers(ticket: Ticket, fin: Fin) -> None:
    update_ticket(AnonymousUser(), ticket, comment="Thank you", public=True)
    update_ticket(AnonymousUser(), ticket, new_status=Ticket.RESOLVED_STATUS)
    Ticket.objects.filter(pk=ticket.pk).update(title="Fire")
    assert fin.posts() == [str(ticket.pk)]
    query = {"ticket": ticket.ticket_for_url, "email": ADA, "key": ticket.secret_key}
    Client().get(reverse("helpdesk:public_view"), {**query, "close": ""})
    assert fin.posts() == [str(ticket.pk)]
    _, thanks, closed = fin.messages(ticket)
    assert [thanks["author"]["id"], closed["author"]["id"]] == [ADA, ADA]
    assert "accepted resolution" in closed["body"]
    assert fin.conversation(ticket)["status"] == "closed"


def test_whom_nothing_tells_is_not_taken_for_the_customer(ticket: Ticket, fin: Fin) -> None:
    ticket.followup_set.create(comment="Automatic", public=True)
    ticket.followup_set.create(comment="Internal")
    _, automatic, internal = fin.messages(ticket)
    assert automatic["author"]["id"] == internal["author"]["id"] == "unknown"
    assert automatic["author"]["user_type"] == "agent"


def test_who_has_left_the_staff_is_still_an_agent(ticket: Ticket, fin: Fin) -> None:
    bob = make_staff("bob")
    update_ticket(bob, ticket, comment="Hello", public=True)
    ada = User.objects.create_user("ada", ADA.upper())
    ticket.followup_set.create(comment="Thanks", public=True, user=ada)
    User.objects.filter(pk=bob.pk).update(is_staff=False)
    _, former, customer = fin.messages(ticket)
    assert (former["author"]["id"], former["author"]["user_type"]) == (str(bob.pk), "agent")
    assert customer["author"]["id"] == ADA


def test_a_ticket_of_nobody_is_nobodys(queue: Queue, robot: User, fin: Fin) -> None:
    ticket = make_ticket(queue, robot, submitter_email=None)
    ticket.followup_set.create(comment="Me", public=True, message_id="<1@example.com>")
    nobody = User.objects.create_user("nobody")
    ticket.followup_set.create(comment="I", public=True, user=nobody)
    ids = [message["author"]["id"] for message in fin.messages(ticket)]
    assert ids == ["unknown", "unknown", str(nobody.pk)]


@pytest.mark.parametrize("language", ["en", "de"])
def test_an_escalation_is_no_message(
    queue: Queue, ticket: Ticket, fin: Fin, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    authorship._escalated.cache_clear()
    Queue.objects.update(escalate_days=1)
    long_ago = timezone.now() - timedelta(days=9)
    Ticket.objects.update(created=long_ago, last_escalation=long_ago)
    with translation.override(language), monkeypatch.context() as patch:
        patch.setattr("django.conf.settings.LANGUAGE_CODE", language)
        call_command("escalate_tickets")
        assert FollowUp.objects.get().public
        assert [message["id"] for message in fin.messages(ticket)] == [f"opening-{ticket.pk}"]
    authorship._escalated.cache_clear()


# --- Several at once, merged, deleted ------------------------------------------------------------


def test_a_mass_update_is_a_post_each(
    page: Client, ticket: Ticket, queue: Queue, fin: Fin, sarah: User, robot: User
) -> None:
    other = make_ticket(queue, robot, title="Other")
    known(other)
    both = sorted([str(ticket.pk), str(other.pk)])
    for action in (f"assign_{sarah.pk}", "unassign", "take", "close_public"):
        in_bulk(page, action, ticket, other)
        assert fin.posts() == both, action
    assert [fin.conversation(one)["status"] for one in (ticket, other)] == ["closed", "closed"]
    assert fin.conversation(ticket)["assignee"]["id"] == str(sarah.pk)
    assert len(fin.messages(ticket)) == 1
    in_bulk(page, "delete", ticket, other)
    assert fin.posts() == both


def merge(page: Client, kept: Ticket, lost: Ticket) -> None:
    path = f"{reverse('helpdesk:merge_tickets')}?tickets={kept.pk}&tickets={lost.pk}"
    answer = page.post(path, {"chosen_ticket": kept.pk})
    assert answer.status_code == 302


def test_merging_is_news_of_both(
    page: Client, ticket: Ticket, queue: Queue, fin: Fin, robot: User, sarah: User
) -> None:
    lost = make_ticket(queue, robot, title="Again", submitter_email="bob@example.com")
    known(lost)
    update_ticket(sarah, lost, comment="By Sarah", public=True)
    update_ticket(AnonymousUser(), lost, comment="By Bob", public=True)
    fin.posts()
    merge(page, ticket, lost)
    assert fin.posts() == sorted([str(ticket.pk), str(lost.pk)])
    _, by_sarah, by_bob = fin.messages(ticket)
    assert by_sarah["author"]["id"] == str(sarah.pk)
    assert (by_bob["body"], by_bob["author"]["id"]) == ("<p>By Bob</p>", "unknown")
    assert fin.conversation(lost)["status"] == "closed"
    assert len(fin.messages(lost)) == 1


def test_words_for_a_merged_ticket_go_to_the_one_that_is_kept(
    page: Client, ticket: Ticket, queue: Queue, fin: Fin, robot: User
) -> None:
    lost = make_ticket(queue, robot, title="Again")
    known(lost)
    merge(page, ticket, lost)
    fin.posts()
    for number, (author_id, user_type) in enumerate([(ADA, "end_user"), (robot.pk, "agent")]):
        message = ask(
            "create_message",
            conversation_id=str(lost.pk),
            object_id=f"m-{number}",
            body="<p>And now?</p>",
            author={"id": str(author_id), "user_type": user_type},
        )
        assert message["body"] == "<p>And now?</p>"
        assert message["author"]["id"] == str(author_id)
    lost.refresh_from_db()
    assert lost.status == Ticket.DUPLICATE_STATUS
    written = FollowUp.objects.filter(comment="And now?")
    assert [row.ticket_id for row in written] == [ticket.pk] * 2
    assert fin.posts() == [str(ticket.pk)]


def test_words_of_a_customer_whose_address_was_corrected_are_taken(
    ticket: Ticket, fin: Fin
) -> None:
    fin.conversation(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(submitter_email="countess@example.com")
    given = {"conversation_id": str(ticket.pk), "object_id": "m-1", "body": "<p>It is me</p>"}
    message = ask("create_message", author={"id": ADA, "user_type": "end_user"}, **given)
    assert message["author"]["id"] == "countess@example.com"
    assert FollowUp.objects.get(comment="It is me").user is None


def test_a_pull_in_the_middle_of_merging_is_made_good(
    page: Client, ticket: Ticket, queue: Queue, fin: Fin, robot: User
) -> None:
    """The follow-ups are moved last, and without a signal."""
    lost = make_ticket(queue, robot, title="Again")
    update_ticket(AnonymousUser(), lost, comment="By Ada", public=True)
    heard: list[list[str]] = []

    def pulled(instance: Ticket, **_: Any) -> None:
        if instance.merged_to:
            heard.append(fin.posts())
            assert len(fin.messages(ticket)) == 1
            fin.conversation(ticket)

    post_save.connect(pulled, sender=Ticket)
    merge(page, ticket, lost)
    post_save.disconnect(pulled, sender=Ticket)
    assert heard == [sorted([str(ticket.pk), str(lost.pk)])]
    assert fin.posts() == []
    now = timezone.now() + timedelta(minutes=5)
    assert reconcile.find_missing(now - timedelta(days=1), now) >= 1
    assert str(ticket.pk) in fin.posts()
    assert fin.messages(ticket)[1]["author"]["id"] == ADA


def test_a_pull_at_the_beginning_of_merging_is_made_good_at_once(
    page: Client, ticket: Ticket, queue: Queue, fin: Fin, robot: User
) -> None:
    lost = make_ticket(queue, robot, title="Again")
    update_ticket(AnonymousUser(), lost, comment="By Ada", public=True)
    fin.posts()

    def pulled(instance: Ticket, **_: Any) -> None:
        if instance == ticket:
            assert fin.posts() == [str(ticket.pk)]
            assert len(fin.messages(ticket)) == 1

    post_save.connect(pulled, sender=Ticket)
    merge(page, ticket, lost)
    post_save.disconnect(pulled, sender=Ticket)
    assert str(ticket.pk) in fin.posts()
    assert len(fin.messages(ticket)) == 2


def test_who_is_copied_in_by_merging_is_news_after_the_move(ticket: Ticket, fin: Fin) -> None:
    TicketCC.objects.create(ticket=ticket, email="bob@example.com")
    assert fin.posts() == [str(ticket.pk)]


def test_a_deleted_ticket_is_told_and_gone(
    page: Client, ticket: Ticket, fin: Fin, caplog: pytest.LogCaptureFixture
) -> None:
    respond(page, ticket, comment="Your bill", public="1", attachment=a_file())
    fin.posts()
    page.post(reverse("helpdesk:delete", args=[ticket.pk]))
    assert fin.posts() == [str(ticket.pk)]
    assert refused("get_conversation", conversation_id=str(ticket.pk)) == 404
    assert refused("get_messages", conversation_id=str(ticket.pk)) == 404
    assert "is unknown" not in caplog.text
    assert not Event.objects.filter(state=Event.State.FAILED).exists()
