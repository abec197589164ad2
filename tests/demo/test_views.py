import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from helpdesk_demo import services
from helpdesk_demo.models import Reply, ReplyFile, Status, Ticket

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"Accept": "application/json"}


@pytest.mark.parametrize("path", ["/", "/tickets/1/", "/files/1/", "/tickets/1/status/"])
def test_nothing_without_logging_in(path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_logging_in_leads_to_the_inbox(sarah: User) -> None:
    client = Client()
    assert b"Brightwell" in client.get("/accounts/login/").content
    wrong = client.post("/accounts/login/", {"username": "sarah", "password": "no"})
    right = client.post("/accounts/login/", {"username": "sarah", "password": "demo"})

    assert b"do not go together" in wrong.content
    assert right["Location"] == "/"


def test_pages_take_a_constant_number_of_queries(
    agent: Client,
    ticket: Ticket,
    sarah: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(20):
        services.reply(ticket, sarah, f"Answer {number}", internal=bool(number % 2))

    with django_assert_max_num_queries(8):
        agent.get("/")
    with django_assert_max_num_queries(21):
        agent.get(f"/tickets/{ticket.pk}/")


def test_the_ticket_page_shows_everything(agent: Client, sarah: User) -> None:
    ticket = Ticket.objects.get(subject="VAT number missing on our invoices")

    page = agent.get(f"/tickets/{ticket.pk}/").content.decode()

    assert "our accountant says" in page
    assert 'class="message note"' in page
    assert "invoices.csv" in page
    assert "Annual instead of monthly payment" in page


def test_the_live_parts_are_those_of_the_page(agent: Client, ticket: Ticket) -> None:
    def shown(address: str) -> str:
        # Django masks the token anew in each answer.
        return re.sub(r'name="csrf.*?>', "", agent.get(address).content.decode())

    for path in ("/", f"/tickets/{ticket.pk}/"):
        parts = shown(f"{path}?live=1").strip()
        assert "<html" not in parts
        assert parts in shown(path)


def test_replying(agent: Client, ticket: Ticket, sarah: User) -> None:
    upload = SimpleUploadedFile("a.txt", b"a", "text/plain")

    answer = agent.post(
        f"/tickets/{ticket.pk}/reply/", {"text": "Yes.", "uploads": [upload]}, headers=BY_SCRIPT
    )

    assert answer.json() == {"message": "Reply sent"}
    reply = ticket.replies.latest("pk")
    assert (reply.staff, reply.body, reply.internal) == (sarah, "<p>Yes.</p>", False)
    assert reply.files.get().filename == "a.txt"


def test_a_private_note(agent: Client, ticket: Ticket) -> None:
    data = {"text": "Hm.", "internal": "on"}
    answer = agent.post(f"/tickets/{ticket.pk}/reply/", data, headers=BY_SCRIPT)

    assert answer.json() == {"message": "Note saved"}
    assert ticket.replies.latest("pk").internal


def test_replying_without_scripts_comes_back_to_the_page(agent: Client, ticket: Ticket) -> None:
    answer = agent.post(f"/tickets/{ticket.pk}/reply/", {"text": "Yes."}, follow=True)

    assert answer.redirect_chain == [(f"/tickets/{ticket.pk}/", 302)]
    assert b"Reply sent" in answer.content


def test_changing_one_property_at_a_time(agent: Client, ticket: Ticket, sarah: User) -> None:
    solved = Status.objects.get(slug="solved")
    for field, value in {"subject": "New", "status": solved.pk, "assignee": sarah.pk}.items():
        path = f"/tickets/{ticket.pk}/{field}/"
        assert agent.post(path, {field: value}, headers=BY_SCRIPT).status_code == 200
    agent.post(f"/tickets/{ticket.pk}/labels/", {"new": "Orders"}, headers=BY_SCRIPT)

    ticket.refresh_from_db()
    assert (ticket.subject, ticket.status, ticket.assignee) == ("New", solved, sarah)
    assert [label.name for label in ticket.labels.all()] == ["Orders"]
    agent.post(f"/tickets/{ticket.pk}/assignee/", {"assignee": ""}, headers=BY_SCRIPT)
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_only_harmless_pictures_are_shown_in_place(agent: Client, ticket: Ticket) -> None:
    reply = Reply.objects.create(ticket=ticket)
    disposition = {}
    for name, kind in {
        "a.png": "image/png",
        "a.svg": "image/svg+xml",
        "a.html": "text/html",
    }.items():
        file = ReplyFile.objects.create(
            reply=reply, filename=name, content_type=kind,
            upload=SimpleUploadedFile(name, b"<svg onload=x>"),
        )  # fmt: skip
        answer = agent.get(f"/files/{file.pk}/")
        answer.getvalue()  # reads to the end and closes
        disposition[name] = answer["Content-Disposition"].partition(";")[0]

    assert disposition == {"a.png": "inline", "a.svg": "attachment", "a.html": "attachment"}


def test_a_file_that_lives_elsewhere_is_linked(agent: Client, ticket: Ticket) -> None:
    reply = Reply.objects.create(ticket=ticket)
    file = ReplyFile.objects.create(
        reply=reply, link="https://example.com/a.pdf", filename="a.pdf"
    )

    assert b'href="https://example.com/a.pdf"' in agent.get(f"/tickets/{ticket.pk}/").content
    assert agent.get(f"/files/{file.pk}/").status_code == 404
