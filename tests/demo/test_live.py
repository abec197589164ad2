"""The agents' pages in a browser: they follow what happens, and disturb nobody who is typing."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from helpdesk_demo import services
from helpdesk_demo.models import Customer, Reply, Status, Ticket
from helpdesk_demo.seed import seed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ticket() -> Ticket:
    seed("demo")
    return Ticket.objects.get(subject="Import from a spreadsheet")


@pytest.fixture
def agent(page: Page, live_server: LiveServer, ticket: Ticket) -> Page:
    """Sarah's browser, logged in."""
    client = Client()
    client.force_login(User.objects.get(username="sarah"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page.goto(live_server.url)
    return page


@pytest.fixture
def ticket_page(agent: Page, live_server: LiveServer, ticket: Ticket) -> Page:
    agent.goto(f"{live_server.url}/tickets/{ticket.pk}/")
    return agent


def test_the_inbox_lists_a_new_ticket_by_itself(agent: Page, ticket: Ticket) -> None:
    agent.get_by_role("link", name=re.compile("Amara Okafor")).focus()
    Ticket.objects.create(
        subject="Brand new",
        customer=Customer.objects.get(full_name="Leo Fontaine"),
        status=ticket.status,
        description="<p>Hello</p>",
    )

    expect(agent.locator(".row").first).to_contain_text("Brand new")
    expect(agent.get_by_role("link", name=re.compile("Amara Okafor"))).to_be_focused()
    expect(agent.locator("#menu-unassigned .count")).to_have_text("3")


def test_a_reply_appears_and_what_is_being_typed_stays(ticket_page: Page, ticket: Ticket) -> None:
    text = ticket_page.get_by_label("Your message")
    text.press_sequentially("I am just writing")

    Reply.objects.create(ticket=ticket, body="<p>One more thing</p>")

    expect(ticket_page.get_by_text("One more thing")).to_be_visible()
    expect(text).to_have_value("I am just writing")
    expect(text).to_be_focused()


def test_a_draft_survives_leaving_the_page(ticket_page: Page) -> None:
    text = ticket_page.get_by_label("Your message")
    text.fill("To be continued")
    ticket_page.reload()

    expect(text).to_have_value("To be continued")


def test_sending_by_keyboard(ticket_page: Page, ticket: Ticket) -> None:
    text = ticket_page.get_by_label("Your message")
    text.fill("Here it is")
    text.press("Control+Enter")

    expect(ticket_page.locator(".message.staff")).to_contain_text("Here it is")
    expect(text).to_have_value("")
    expect(ticket_page.get_by_label("Assignee")).to_have_value(
        str(User.objects.get(username="sarah").pk)
    )
    assert ticket.replies.get().body == "<p>Here it is</p>"


def test_a_private_note_looks_like_one(ticket_page: Page, ticket: Ticket) -> None:
    ticket_page.get_by_text("Private note").click()
    ticket_page.get_by_label("Your message").fill("Between us")
    expect(ticket_page.get_by_role("button", name="Send and solve")).to_be_hidden()
    ticket_page.get_by_role("button", name="Save note").click()

    expect(ticket_page.locator(".message.note")).to_contain_text("Between us")
    assert ticket.replies.get().internal


def test_a_refused_reply_says_why_and_keeps_what_was_written(ticket_page: Page) -> None:
    ticket_page.get_by_role("button", name="Send", exact=True).click()

    expect(ticket_page.get_by_role("alert")).to_have_text("Write something or add a file.")


def test_files_are_named_before_they_are_sent(ticket_page: Page, ticket: Ticket) -> None:
    upload = FilePayload(name="plan.txt", mimeType="text/plain", buffer=b"plan")
    ticket_page.locator("input[type=file]").set_input_files(upload)
    expect(ticket_page.get_by_text("plan.txt")).to_be_visible()
    ticket_page.get_by_role("button", name="Send", exact=True).click()

    expect(ticket_page.get_by_role("link", name="plan.txt")).to_be_visible()
    expect(ticket_page.get_by_text("Add files")).to_be_visible()


def test_properties_save_themselves(ticket_page: Page, ticket: Ticket) -> None:
    ticket_page.get_by_label("Status").select_option("Waiting")
    expect(ticket_page.locator("#announcer")).to_have_text("Status saved")
    ticket_page.get_by_role("checkbox", name="Bug").check(force=True)
    expect(ticket_page.locator("#announcer")).to_have_text("Labels saved")
    ticket_page.get_by_label("New label").fill("Orders")
    ticket_page.get_by_label("New label").press("Enter")
    expect(ticket_page.get_by_role("checkbox", name="Orders")).to_be_checked()
    expect(ticket_page.get_by_label("New label")).to_have_value("")
    ticket_page.get_by_role("button", name="Assign to me").click()
    expect(ticket_page.get_by_label("Assignee").locator("option:checked")).to_have_text(
        "Sarah Lindqvist"
    )
    expect(ticket_page.get_by_role("button", name="Assign to me")).to_have_count(0)
    ticket_page.get_by_label("Title").fill("900 orders")
    ticket_page.get_by_label("Title").press("Enter")
    expect(ticket_page.locator("#announcer")).to_have_text("Subject saved")

    ticket.refresh_from_db()
    assert ticket.status.slug == "waiting"
    assert ticket.subject == "900 orders"
    assert {label.name for label in ticket.labels.all()} == {"Import", "Bug", "Orders"}


def test_properties_follow_what_others_do(ticket_page: Page, ticket: Ticket) -> None:
    services.change(ticket, status=Status.objects.get(slug="solved"), subject="Done")

    expect(ticket_page.get_by_label("Status").locator("option:checked")).to_have_text("Solved")
    expect(ticket_page.get_by_label("Title")).to_have_value("Done")


def test_a_title_that_is_being_edited_is_left_alone(ticket_page: Page, ticket: Ticket) -> None:
    ticket_page.get_by_label("Title").fill("My own wor")
    services.change(ticket, status=Status.objects.get(slug="solved"), subject="Theirs")

    expect(ticket_page.get_by_label("Status").locator("option:checked")).to_have_text("Solved")
    expect(ticket_page.get_by_label("Title")).to_have_value("My own wor")


def test_nothing_is_wider_than_a_phone(
    agent: Page, live_server: LiveServer, ticket: Ticket
) -> None:
    agent.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", f"/tickets/{ticket.pk}/"):
        agent.goto(live_server.url + path)
        assert agent.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_messenger_can_be_hidden_and_stays_so(
    agent: Page, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DEMO_MESSENGER_URL", f"{live_server.url}/accounts/login/")
    agent.goto(live_server.url)
    messenger = agent.get_by_role("complementary", name="The customer's Messenger")
    expect(messenger).to_be_visible()

    agent.get_by_role("button", name="Hide the Messenger").click()
    expect(messenger).to_be_hidden()
    agent.reload()
    expect(messenger).to_be_hidden()
    agent.get_by_role("button", name="Messenger").click()
    expect(messenger).to_be_visible()
