import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from fin_bridge.testing import FinSimulator
from tests.support.contract_helpdesk import ContractHelpdesk, post_event
from tests.support.contract_helpdesk import simulator as make
from tests.support.messenger_page import ADA, begun, opened, state

SARAH = {"id": "a1", "user_type": "agent", "name": "Sarah Jones", "email": None, "alias": "Sarah"}


@pytest.fixture
def helpdesk() -> Iterator[ContractHelpdesk]:
    with ContractHelpdesk("posts_only") as found:
        yield found


@pytest.fixture
def fin(helpdesk: ContractHelpdesk) -> Iterator[FinSimulator]:
    hosts = {"https://invented.example": "http://127.0.0.1:1"}
    with make(helpdesk, customers=[ADA], map_hosts=hosts, typing_seconds=3600) as found:
        yield found


def post(fin: FinSimulator, path: str, values: Any) -> requests.Response:
    return requests.post(f"{fin.url}/messenger/{path}", json=values, timeout=10)


def choose_ada(page: Page, fin: FinSimulator) -> None:
    page.goto(fin.url)
    page.get_by_role("button", name="Ada Lovelace").click()
    page.get_by_role("button", name="Send us a message").click()


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_label("Your message").press("Enter")


def overflows(page: Page, selector: str) -> bool:
    script = "element => element.scrollWidth > element.clientWidth"
    return bool(page.locator(selector).evaluate(script))


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """A page of another origin."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/messenger/app.js", "text/javascript; charset=utf-8"),
        ("/messenger/style.css", "text/css; charset=utf-8"),
    ],
)
def test_the_page_is_served(fin: FinSimulator, path: str, content_type: str) -> None:
    answer = requests.get(f"{fin.url}{path}", timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers


@pytest.mark.parametrize("path", ["/nothing", "/messenger/", "/messenger/../simulator.py"])
def test_nothing_else_is_served(fin: FinSimulator, path: str) -> None:
    assert requests.get(f"{fin.url}{path}", timeout=10).status_code == 404


def test_the_state_of_a_stranger_shows_who_can_be_chosen(fin: FinSimulator) -> None:
    found = state(fin, customer="unknown", conversation="unknown")
    (person,) = found.pop("customers")
    assert (person["name"], person["email"]) == ADA
    assert found == {
        "customer": None,
        "conversations": [],
        "conversation": None,
        "activity": [],
        "violations": 0,
    }


def test_a_customer_is_added_once(fin: FinSimulator) -> None:
    values = {"name": " Grace ", "email": "grace@example.com", "language": "en-GB"}
    person = post(fin, "customers", values).json()
    assert person["name"] == "Grace"
    assert post(fin, "customers", values).json() == person
    assert fin.customer("Grace", "grace@example.com").attributes == {"language": "en-GB"}


@pytest.mark.parametrize(
    ("path", "values", "error"),
    [
        ("customers", [], "An object is needed."),
        ("customers", {}, "A name and an e-mail address are needed."),
        ("customers", {"name": "Ada", "email": "ada"}, "A name and an e-mail address are needed."),
        ("customers", {"name": 5, "email": "ada@example.com"}, "name is not a text."),
        ("messages", {}, "Who are you?"),
    ],
)
def test_mistakes_are_answered(fin: FinSimulator, path: str, values: Any, error: str) -> None:
    answer = post(fin, path, values)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_what_is_no_json_is_refused(fin: FinSimulator) -> None:
    url = f"{fin.url}/messenger/messages"
    json_type = {"Content-Type": "application/json"}
    assert requests.post(url, data=b"{", headers=json_type, timeout=10).status_code == 400
    # What a form of another origin could send without asking.
    plain = {"Content-Type": "text/plain"}
    assert requests.post(url, data=b"{}", headers=plain, timeout=10).status_code == 415


def test_writing_and_reading(fin: FinSimulator) -> None:
    customer = fin.customer(*ADA).key
    key = post(fin, "messages", {"customer": customer, "text": "Password?\ud800"}).json()[
        "conversation"
    ]
    fin.wait_for(lambda: fin.is_idle)
    found = state(fin, customer=customer, conversation=key, visible="1")
    (summary,) = found["conversations"]
    assert summary["author"] == "Fin AI"
    assert summary["preview"].startswith("You can set a new password")
    conversation = found["conversation"]
    assert conversation["messages"][0]["html"] == "<p>Password??</p>"
    assert [message["is_by_fin"] for message in conversation["messages"]] == [False, True]
    assert conversation["is_with_fin"]
    assert not conversation["is_thinking"]
    assert fin.conversations[0].unread == 0
    values = {"customer": customer, "conversation": key, "text": "Refund?"}
    assert post(fin, "messages", values).json() == {"conversation": key}


def test_writing_where_nothing_is_is_refused(fin: FinSimulator) -> None:
    values = {"customer": fin.customer(*ADA).key, "conversation": "unknown", "text": "Hi"}
    assert post(fin, "messages", values).json()["error"] == "This conversation no longer exists."
    values["conversation"] = ""
    values["text"] = ""
    assert "a text or a file" in post(fin, "messages", values).json()["error"]


def test_looking_at_a_conversation_reads_it(fin: FinSimulator, helpdesk: ContractHelpdesk) -> None:
    conversation = begun(fin)
    helpdesk.agent_says(str(conversation.id), "<p>Hello</p>")
    post_event(fin, {"conversation_id": conversation.id})
    fin.wait_for(lambda: conversation.unread)
    assert opened(fin, conversation)["conversations"][0]["unread"] > 0
    assert opened(fin, conversation, visible="1")["conversations"][0]["unread"] == 0


def test_a_customer_writes_and_hears_from_fin_and_from_people(
    page: Page, fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    choose_ada(page, fin)
    log = page.get_by_role("log", name="Messages")
    say(page, "I forgot my <b>password</b>")
    expect(log).to_contain_text("I forgot my <b>password</b>")
    expect(log).to_contain_text("You can set a new password yourself")
    say(page, "I want to talk to a person")
    expect(log).to_contain_text("connect you")
    expect(page.get_by_text("Waiting for a person")).to_be_visible()

    (conversation_id,) = helpdesk.conversations
    event = {"conversation_id": conversation_id, "event_type": "agent_typing"}
    post_event(fin, {**event, "data": {"agent": SARAH}})
    expect(page.get_by_text("Sarah is typing")).to_be_visible()

    helpdesk.conversations[conversation_id]["status"] = "resolved"
    helpdesk.agent_says(conversation_id, "<p>Hello Ada, <b>Sarah</b> here</p>")
    post_event(fin, {"conversation_id": conversation_id})
    expect(log).to_contain_text("Hello Ada, Sarah here")
    expect(page.get_by_text("Sarah is typing")).to_be_hidden()
    expect(page.get_by_role("heading", name="Sarah")).to_be_visible()
    expect(page.locator("#status")).to_have_text("resolved")

    page.get_by_role("button", name="Back to your conversations").click()
    expect(page.get_by_role("button", name="I forgot my")).to_contain_text("Hello Ada")


def test_somebody_new_introduces_themselves_and_is_remembered(
    page: Page, fin: FinSimulator
) -> None:
    page.goto(fin.url)
    page.get_by_label("Name").fill("Grace Hopper")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Hi Grace")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Hi Grace")).to_be_visible()
    page.get_by_role("button", name="Be somebody else").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()


def test_a_suggestion_begins_a_conversation(page: Page, fin: FinSimulator) -> None:
    choose_ada(page, fin)
    page.get_by_role("button", name="Where are my invoices?").click()
    expect(page.get_by_role("log")).to_contain_text("All your invoices")


def test_a_link_to_a_file_is_sent(page: Page, fin: FinSimulator) -> None:
    choose_ada(page, fin)
    page.get_by_role("button", name="Attach a link to a file").click()
    page.get_by_role("textbox", name="Link to a file").fill("https://files.example/letter.pdf")
    page.get_by_role("button", name="Send", exact=True).click()
    link = page.get_by_role("link", name="letter.pdf")
    expect(link).to_have_attribute("href", "https://files.example/letter.pdf")


def test_a_failed_beginning_is_told(
    page: Page, fin: FinSimulator, helpdesk: ContractHelpdesk
) -> None:
    helpdesk.failures.append(("create_conversation", 500))
    choose_ada(page, fin)
    say(page, "Hello")
    expect(page.get_by_text("Something went wrong")).to_be_visible()
    expect(page.get_by_text("Not delivered")).to_be_visible()
    page.get_by_role("button", name="Start a new conversation").click()
    say(page, "Hello again")
    expect(page.get_by_role("log")).to_contain_text("other words")


def test_the_drawer_opens_and_shows_violations(page: Page, fin: FinSimulator) -> None:
    page.goto(fin.url)
    post_event(fin, {"conversation_id": "c1"}, headers={"X-Webhook-Key": "<b>wrong</b>"})
    page.get_by_role("button", name="What Fin sees").click()
    expect(page.get_by_text("1 violation of Fin's contract")).to_be_visible()
    expect(page.get_by_text("X-Webhook-Key is missing or wrong")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="What Fin sees")).to_be_focused()


def test_the_page_says_when_the_simulator_is_gone_and_finds_it_again(
    page: Page, helpdesk: ContractHelpdesk
) -> None:
    fin = make(helpdesk, customers=[ADA])
    fin.start()
    port = int(fin.url.rpartition(":")[2])
    choose_ada(page, fin)
    fin.stop()
    expect(page.get_by_text("The simulator does not answer")).to_be_visible()
    with make(helpdesk, port=port):
        # It has forgotten everybody; the page introduces itself again.
        expect(page.get_by_role("heading", name="Hi Ada")).to_be_visible()


def test_the_messenger_works_in_a_frame_of_another_port(
    page: Page, fin: FinSimulator, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(f"<iframe src='{fin.url}' width=380 height=600></iframe>")
    with site(tmp_path) as url:
        page.goto(url)
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Ada Lovelace").click()
        frame.get_by_role("button", name="Send us a message").click()
        frame.get_by_label("Your message").fill("When do I get my refund?")
        frame.get_by_role("button", name="Send", exact=True).click()
        expect(frame.get_by_role("log")).to_contain_text("30 days")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 340)])
def test_nothing_is_cut_off(chromium: Browser, fin: FinSimulator, scheme: Any, width: int) -> None:
    begun(fin, "A first message with averyveryverylongword" + "x" * 80)
    with chromium.new_context(
        viewport={"width": width, "height": 640}, color_scheme=scheme
    ) as context:
        page = context.new_page()
        page.goto(fin.url)
        page.get_by_role("button", name="Ada Lovelace").click()
        item = page.get_by_role("button", name="A first message")
        expect(item).to_be_visible()
        assert not overflows(page, "#list")
        item.click()
        expect(page.get_by_role("log")).to_contain_text("other words")
        assert not overflows(page, "#scroll")
        assert not overflows(page, "html")
