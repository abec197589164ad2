import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from helpdesk_demo import services
from helpdesk_demo.models import Label, Status, Ticket
from helpdesk_demo.seed import seed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    """A new ticket that nobody has."""
    seed("demo")
    return Ticket.objects.get(subject="Import from a spreadsheet")


@pytest.fixture
def sarah(ticket: Ticket) -> User:
    return User.objects.get(username="sarah")


def test_who_answers_takes_the_ticket(ticket: Ticket, sarah: User) -> None:
    services.reply(ticket, sarah, "Of course.")

    ticket.refresh_from_db()
    assert ticket.assignee == sarah
    assert ticket.status.slug == "waiting"


def test_a_note_takes_nothing(ticket: Ticket, sarah: User) -> None:
    services.reply(ticket, sarah, "Who knows about imports?", internal=True)

    ticket.refresh_from_db()
    assert ticket.assignee is None
    assert ticket.status.slug == "new"


def test_an_answer_in_a_colleagues_ticket_leaves_it_theirs(ticket: Ticket, sarah: User) -> None:
    marco = User.objects.get(username="marco")
    services.change(ticket, assignee=marco)

    services.reply(ticket, sarah, "Let me add something.", solve=True)

    ticket.refresh_from_db()
    assert ticket.assignee == marco
    assert ticket.status.slug == "solved"


def test_files_keep_their_names_and_types(ticket: Ticket, sarah: User) -> None:
    upload = SimpleUploadedFile("how to.txt", b"like this", "text/plain")

    [file] = services.reply(ticket, sarah, "", files=[upload]).files.all()

    assert (file.filename, file.content_type) == ("how to.txt", "text/plain")
    assert file.upload.read() == b"like this"


def test_a_change_leaves_what_others_changed(ticket: Ticket) -> None:
    here = Ticket.objects.get(pk=ticket.pk)
    services.change(ticket, subject="Changed elsewhere")

    services.change(here, status=Status.objects.get(slug="solved"))

    ticket.refresh_from_db()
    assert (ticket.subject, ticket.status.slug) == ("Changed elsewhere", "solved")


def test_a_new_label_is_made_only_if_there_is_none(ticket: Ticket) -> None:
    services.label(ticket, [], new="bug")
    services.label(ticket, ticket.labels.all(), new="Spreadsheets")

    assert set(ticket.labels.values_list("name", flat=True)) == {"Bug", "Spreadsheets"}
    # Compared here: MariaDB's own comparison finds "Bug" under "bug".
    assert "bug" not in Label.objects.values_list("name", flat=True)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>two</p>\n\n<p>three</p>"),
        ("<b>1 & 2</b>", "<p>&lt;b&gt;1 &amp; 2&lt;/b&gt;</p>"),
        ("  ", ""),
    ],
)
def test_what_is_typed_is_stored_as_paragraphs(typed: str, stored: str) -> None:
    assert services.as_html(typed) == stored


def test_addresses_become_links() -> None:
    assert 'href="https://example.com/a"' in services.as_html("See https://example.com/a.")
