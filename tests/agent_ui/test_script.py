"""The typing script in a real browser, against the real endpoint or one that only notes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

import helpdesk_demo.celery
import tests.support.celery_app
from fin_bridge.agent_ui import views
from fin_bridge.agent_ui.marks import CacheMarks
from helpdesk_demo.models import Ticket
from tests.support.agent_ui_pages import PAGES
from tests.support.receiver import Receiver

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.support.agent_ui_pages"),
]

APPS = (helpdesk_demo.celery.app, tests.support.celery_app.app)
TYPING = re.compile(r"/fin/typing/$")


class Desk:
    """A page of Sarah's, and what its script has sent. The browser's clock is the test's."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self._url = page, url
        self.sent: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[Route], Any] = lambda route: route.fulfill(status=204)
        page.clock.install()
        page.route(TYPING, self._note)

    def _note(self, route: Route) -> None:
        self.sent.append(json.loads(route.request.post_data or "")["conversation_id"])
        self.headers.append(route.request.all_headers())
        self.answer(route)

    def show(self, template: str, **given: str) -> None:
        PAGES["desk"] = template
        query = "&".join(f"{name}={value}" for name, value in given.items())
        self.page.goto(f"{self._url}/pages/desk/?{query}")
        self.page.clock.pause_at(time.time() + 3600)

    def pass_time(self, seconds: float) -> None:
        self.page.clock.run_for(round(seconds * 1000))

    def type(self, selector: str, text: str = "a") -> None:
        self.page.locator(selector).press_sequentially(text)
        self.settle()

    def settle(self) -> None:
        """Whatever was to be sent has been sent: a request of the page's own came after it."""
        self.page.evaluate("fetch('/pages/desk/').then((answer) => answer.text())")


@pytest.fixture
def desk(page: Page, live_server: LiveServer, sarah: User) -> Desk:
    """Sarah is logged in; no keystroke reaches the server."""
    log_in(page, live_server, sarah)
    return Desk(page, live_server.url)


def log_in(page: Page, live_server: LiveServer, user: User) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real one is ready: tasks are carried out at once, and there are no marks."""
    for app in APPS:
        app.conf.task_always_eager = True
    monkeypatch.setattr(views, "marks", CacheMarks())
    cache.clear()
    yield
    cache.clear()
    for app in APPS:
        app.conf.task_always_eager = False


FORM = "<form>{% csrf_token %}<textarea></textarea>{% fin_typing given.id %}</form>"


def test_fin_hears_of_a_keystroke_in_a_page(
    page: Page,
    live_server: LiveServer,
    sarah: User,
    ticket: Ticket,
    fin: Receiver,
    endpoint: None,
) -> None:
    PAGES["desk"] = FORM
    log_in(page, live_server, sarah)
    page.goto(f"{live_server.url}/pages/desk/?id={ticket.pk}")
    with page.expect_response(TYPING) as answered:
        page.locator("textarea").press_sequentially("Hello")
    assert answered.value.status == 204
    assert fin.conversations == [str(ticket.pk)]
    assert fin.bodies[0]["data"]["agent"]["name"] == "Sarah Lee"


def test_at_once_then_once_a_second_while_typing(desk: Desk) -> None:
    desk.show(FORM, id="c1")
    desk.type("textarea", "Hello")
    assert desk.sent == ["c1"]
    for _ in range(4):
        desk.pass_time(0.5)
        desk.type("textarea", "xy")
    assert desk.sent == ["c1"] * 3
    desk.pass_time(60)
    assert desk.sent == ["c1"] * 3


def test_what_is_sent(desk: Desk) -> None:
    desk.show(FORM, id="c1")
    desk.type("textarea")
    [headers] = desk.headers
    assert headers["content-type"] == "application/json"
    assert len(headers["x-csrftoken"]) == 64


EDITORS = {
    "textarea": "<textarea data-fin-typing></textarea>",
    "input": "<input data-fin-typing>",
    "text": '<input type="text" data-fin-typing>',
    "search": '<input type="search" data-fin-typing>',
    "editable": "<div contenteditable data-fin-typing></div>",
    "wrapped": "<div data-fin-typing><div contenteditable><p>x</p></div></div>",
}


@pytest.mark.parametrize("kind", EDITORS)
def test_any_marked_editor(desk: Desk, kind: str) -> None:
    desk.show(EDITORS[kind] + "{% fin_typing 'c1' %}")
    desk.type("[contenteditable], input, textarea")
    assert desk.sent == ["c1"]


@pytest.mark.parametrize("kind", ["checkbox", "password", "file", "range"])
def test_what_is_no_text_is_no_typing(desk: Desk, kind: str) -> None:
    desk.show(
        f'<form data-fin-typing><input type="{kind}" value="1"></form>{{% fin_typing "c1" %}}'
    )
    desk.page.locator("input").dispatch_event("input", {"bubbles": True})
    desk.settle()
    assert desk.sent == []


def test_only_marked_editors_where_any_is_marked(desk: Desk) -> None:
    marked = "<form><textarea id=a></textarea><textarea id=b data-fin-typing></textarea>"
    desk.show(marked + "{% fin_typing 'c1' selector='#a' %}</form>")
    desk.type("#a")
    assert desk.sent == []
    desk.type("#b")
    assert desk.sent == ["c1"]


def test_the_selector_names_editors_that_are_not_marked(desk: Desk) -> None:
    desk.show("<input id=a><input id=b>{% fin_typing 'c1' selector='#b, #c' %}")
    desk.type("#a")
    assert desk.sent == []
    desk.type("#b")
    assert desk.sent == ["c1"]


def test_text_areas_of_the_form_around_the_script(desk: Desk) -> None:
    desk.show(
        "<form id=f><input id=title>{% fin_typing 'c1' %}</form>"
        "<textarea id=mine form=f></textarea><textarea id=other></textarea>"
    )
    desk.type("#title")
    desk.type("#other")
    assert desk.sent == []
    desk.type("#mine")
    assert desk.sent == ["c1"]


def test_without_form_marks_or_selector_nothing_is_watched(desk: Desk) -> None:
    desk.show("<textarea></textarea>{% fin_typing 'c1' %}")
    desk.type("textarea")
    assert desk.sent == []


def test_several_conversations_on_one_page(desk: Desk) -> None:
    form = "<form id=f{0}><textarea></textarea>{{% fin_typing 'c{0}' %}}</form>"
    desk.show(form.format(1) + form.format(2))
    for number in (2, 1, 2):
        desk.type(f"#f{number} textarea")
    assert desk.sent == ["c2", "c1"]


def test_an_editor_may_name_its_conversation(desk: Desk) -> None:
    desk.show(
        "<textarea id=a data-fin-typing=c1></textarea>"
        "<textarea id=b data-fin-typing=c2></textarea>"
        "{% fin_typing 'c1' %}{% fin_typing 'c2' %}"
    )
    desk.type("#a")
    desk.type("#b")
    desk.type("#a")
    assert desk.sent == ["c1", "c2"]


def test_an_editor_that_appears_later(desk: Desk) -> None:
    desk.show("<main></main>{% fin_typing 'c1' %}")
    desk.page.evaluate(
        "document.querySelector('main').innerHTML = '<textarea data-fin-typing></textarea>'"
    )
    desk.type("textarea")
    assert desk.sent == ["c1"]


def test_an_editor_in_a_shadow_tree(desk: Desk) -> None:
    desk.show("<my-editor data-fin-typing></my-editor>{% fin_typing 'c1' %}")
    desk.page.evaluate(
        "document.querySelector('my-editor').attachShadow({mode: 'open'}).innerHTML = '<textarea>'"
    )
    desk.type("textarea")
    assert desk.sent == ["c1"]


def test_an_input_methods_composition(desk: Desk) -> None:
    desk.show(FORM, id="c1")
    desk.page.locator("textarea").focus()
    session = desk.page.context.new_cdp_session(desk.page)
    session.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    desk.settle()
    assert desk.sent == ["c1"]


@pytest.mark.parametrize("selector", ["textarea", "[contenteditable]"])
def test_paste(desk: Desk, selector: str) -> None:
    desk.show(
        "<textarea data-fin-typing></textarea><p contenteditable data-fin-typing></p>"
        "{% fin_typing 'c1' %}"
    )
    desk.page.locator(selector).focus()
    desk.page.evaluate("document.execCommand('insertText', false, 'pasted')")
    desk.settle()
    assert desk.sent == ["c1"]


def test_dictation_and_canned_answers(desk: Desk) -> None:
    desk.show(FORM, id="c1")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.insert_text("Dear customer")  # no key is pressed
    desk.settle()
    assert desk.sent == ["c1"]


def test_moving_about_is_no_typing(desk: Desk) -> None:
    desk.show("<form><textarea>draft</textarea>{% fin_typing 'c1' %}</form>")
    for key in ("ArrowLeft", "End", "Shift", "Control+A", "Tab"):
        desk.page.locator("textarea").press(key)
    desk.settle()
    assert desk.sent == []


@pytest.mark.parametrize(
    "editor", ["<textarea>a</textarea>", "<p contenteditable data-fin-typing>a</p>"]
)
def test_silent_when_the_text_is_cleared(desk: Desk, editor: str) -> None:
    desk.show("<form>" + editor + "{% fin_typing 'c1' %}</form>")
    field = desk.page.locator("textarea, [contenteditable]")
    field.press("Control+A")
    field.press("Delete")
    field.press_sequentially("  ")
    desk.settle()
    assert desk.sent == []


PRIVATE = {
    "radio": "<input type=radio name=n><input type=radio name=n id=private data-fin-private>",
    "checkbox": "<input type=checkbox id=private data-fin-private>",
}


@pytest.mark.parametrize("kind", PRIVATE)
def test_silent_while_a_private_note_is_written(desk: Desk, kind: str) -> None:
    desk.show("<form><textarea></textarea>" + PRIVATE[kind] + "{% fin_typing 'c1' %}</form>")
    desk.page.locator("#private").check()
    desk.type("textarea")
    assert desk.sent == []
    desk.page.evaluate("document.querySelector('#private').checked = false")
    desk.type("textarea")
    assert desk.sent == ["c1"]


def test_silent_where_private_is_chosen_from_a_list(desk: Desk) -> None:
    desk.show(
        "<form><select><option>public<option data-fin-private>note</select><textarea></textarea>"
        "{% fin_typing 'c1' %}</form>"
    )
    desk.page.locator("select").select_option("note")
    desk.type("textarea")
    assert desk.sent == []
    desk.page.locator("select").select_option("public")
    desk.type("textarea")
    assert desk.sent == ["c1"]


@pytest.mark.parametrize(
    ("attribute", "sent"),
    [('data-fin-private="true"', 0), ("data-fin-private", 0), ('data-fin-private="false"', 1)],
)
def test_an_editor_may_be_private_itself(desk: Desk, attribute: str, sent: int) -> None:
    desk.show(f"<div contenteditable data-fin-typing {attribute}></div>{{% fin_typing 'c1' %}}")
    desk.type("[contenteditable]")
    assert len(desk.sent) == sent


def test_privacy_of_one_form_is_not_that_of_another(desk: Desk) -> None:
    desk.show(
        "<form><input type=checkbox checked data-fin-private></form>"
        "<form><textarea></textarea>{% fin_typing 'c1' %}</form>"
    )
    desk.type("textarea")
    assert desk.sent == ["c1"]


def test_where_no_form_says_what_belongs_together_private_counts_for_all(desk: Desk) -> None:
    desk.show(
        "<input type=checkbox checked data-fin-private>"
        "<p contenteditable data-fin-typing></p>{% fin_typing 'c1' %}"
    )
    desk.type("p")
    assert desk.sent == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_silent_for_a_minute_after_a_refusal(desk: Desk, status: int) -> None:
    desk.show(FORM, id="c1")
    desk.answer = lambda route: route.fulfill(status=status)
    desk.type("textarea")
    desk.pass_time(58)
    desk.type("textarea")
    assert desk.sent == ["c1"]
    desk.pass_time(2)
    desk.type("textarea")
    assert desk.sent == ["c1"] * 2


def test_a_redirect_to_a_login_page_is_a_refusal(desk: Desk) -> None:
    desk.show(FORM, id="c1")
    desk.answer = lambda route: route.fulfill(status=302, headers={"Location": "/login/"})
    desk.type("textarea")
    desk.pass_time(30)
    desk.type("textarea")
    assert desk.sent == ["c1"]


@pytest.mark.parametrize("how", ["network", "server"])
def test_losing_the_network_or_the_server_goes_unnoticed(desk: Desk, how: str) -> None:
    desk.show(FORM, id="c1")
    desk.answer = (
        (lambda route: route.abort("internetdisconnected"))
        if how == "network"
        else lambda route: route.fulfill(status=502)
    )
    desk.type("textarea")
    desk.pass_time(1)
    desk.answer = lambda route: route.fulfill(status=204)
    desk.type("textarea")
    assert desk.sent == ["c1"] * 2


def test_a_page_that_is_drawn_anew_leaves_no_listener(desk: Desk) -> None:
    desk.show("<main>{% fin_typing 'c1' %}</main><textarea data-fin-typing></textarea>")
    desk.page.evaluate("document.querySelector('main').remove()")
    desk.type("textarea")
    assert desk.sent == []


TOKENS = {
    "of the tag": ("<p>{% fin_typing 'c1' %}", "", 64),
    "of a form": ("<form>{% csrf_token %}</form>", "", 64),
    "of the cookie": ("", "t" * 32, 32),
    "none": ("", "", 0),
}


@pytest.mark.parametrize("source", TOKENS)
def test_the_token_is_found(desk: Desk, source: str) -> None:
    around, cookie, length = TOKENS[source]
    data = "data-url=/fin/typing/ data-conversation=c1"
    tag = f"<script src=/static/fin_bridge/typing.js {data} defer></script>"
    desk.show(around + "<textarea data-fin-typing></textarea>" + tag)
    desk.page.context.clear_cookies(name="csrftoken")
    if cookie:
        desk.page.evaluate(f"document.cookie = 'csrftoken={cookie}'")
    desk.type("textarea")
    assert {len(headers.get("x-csrftoken", "")) for headers in desk.headers} == {length}
    assert len(desk.sent) == 1


MODULE = """
<div id=a contenteditable></div><div id=b contenteditable></div>
<script type=module>
  import { watch } from "/static/fin_bridge/typing.mjs";
  const options = { url: "/fin/typing/", conversation: "c1", selector: "[contenteditable]" };
  window.unwatch = watch(document.querySelector("#a"), { ...options, csrfToken: "from-the-page" });
</script>
"""


def test_as_a_module(desk: Desk) -> None:
    desk.show(MODULE)
    desk.type("#b")
    assert desk.sent == []
    desk.type("#a")
    assert desk.sent == ["c1"]
    assert desk.headers[0]["x-csrftoken"] == "from-the-page"
    desk.page.evaluate("unwatch()")
    desk.pass_time(2)
    desk.type("#a")
    assert desk.sent == ["c1"]


def test_a_module_beside_the_tag_sends_nothing_twice(desk: Desk) -> None:
    desk.show(MODULE + "{% fin_typing 'c1' selector='#a' %}")
    desk.type("#a")
    assert desk.sent == ["c1"]


def test_a_strict_content_security_policy_is_no_obstacle(desk: Desk) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\">"
    desk.show(policy + FORM, id="c1")
    desk.type("textarea")
    assert desk.sent == ["c1"]


def test_it_is_small() -> None:
    path = finders.find("fin_bridge/typing.js")
    assert isinstance(path, str)
    lines = [line.split(" // ")[0].strip() for line in Path(path).read_text().splitlines()]
    assert len("".join(line for line in lines if not line.startswith("//"))) < 3000
