"""Nothing that anybody sends is executed: each way in, each way out, judged by html5lib."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from fin_bridge.database import clock
from fin_bridge.helpdesk import Html, Markdown, Text
from fin_bridge.helpdesk.text import html
from fin_bridge.models import Attempt, ConversationState, Event, FinCall, Kept, database
from fin_bridge.testing.messenger.messages import html_for_page
from helpdesk_demo.models import Customer, Label, Reply, ReplyFile, StaffProfile, Ticket
from tests.support.fin_caller import Caller
from tests.support.provoked import PROVOKE, executed, provoking
from tests.support.world import make_ticket
from tests.support.xss import CODE, VECTORS, dangers, foreign


def test_there_are_enough_and_the_judge_sees_them() -> None:
    assert len(set(VECTORS)) == len(VECTORS) >= 200
    seen = [vector for vector in VECTORS if dangers(vector) or foreign(vector)]
    assert len(seen) > 0.85 * len(VECTORS), set(VECTORS) - set(seen)
    assert len([vector for vector in VECTORS if dangers(vector)]) > 150


@pytest.mark.parametrize("clean", [html.from_fin, html.to_fin], ids=["from Fin", "to Fin"])
def test_html_is_clean_both_ways(clean: Any) -> None:
    for vector in VECTORS:
        for markup in (vector, f"<p>{vector}", f"<ul><li>{vector}</li></ul>", vector * 2):
            once = clean(markup)
            assert foreign(once) == dangers(once) == [], vector
            assert foreign(clean(once)) == []


def test_whatever_stands_beside_it(subtests: pytest.Subtests) -> None:
    """Two that are harmless alone may not be together."""
    for one, other in itertools.pairwise(VECTORS + VECTORS[::3]):
        assert foreign(html.to_fin(one + other)) == [], (one, other)
        assert foreign(html.from_fin(other + one)) == [], (other, one)


@pytest.mark.parametrize("kind", [Html, Text, Markdown])
def test_each_kind_of_body_is_clean_both_ways(kind: Any) -> None:
    body = kind("body")
    for vector in VECTORS:
        assert foreign(body.to_fin(vector)) == [], vector
        stored = body.from_fin(vector)
        assert foreign(body.to_fin(stored)) == [], vector


def test_the_simulators_messenger_shows_it_clean() -> None:
    for vector in VECTORS:
        shown = html_for_page(vector, lambda address: address)
        assert dangers(shown) == [], vector
        assert set(foreign(shown)) <= {"<a target>", "<a rel>"}, vector


# --- Through Fin's door -------------------------------------------------------------------------


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
def test_what_fin_writes_is_clean_where_it_is_stored_and_where_it_is_read(
    caller: Caller, customer: Customer, sarah: User
) -> None:
    made = caller.opens(
        str(customer.pk),
        title=VECTORS[0],
        message={"body": VECTORS[1]},
        attributes={vector[:200]: vector for vector in VECTORS},
    )
    conversation_id = made["conversation"]["id"]
    authors = itertools.cycle(
        [
            {"id": str(sarah.pk), "user_type": "agent"},
            {"id": str(customer.pk), "user_type": "end_user"},
        ]
    )
    for number, text in enumerate(VECTORS):
        vector = text.replace("\0", "")  # that is refused
        caller.ask(
            "create_message",
            conversation_id=conversation_id,
            object_id=f"message-{number}",
            author=next(authors),
            body=vector,
            attachments=[
                {"url": f"https://x.example/{vector}", "filename": vector, "filetype": vector}
            ],
        )
    caller.ask(
        "update_conversation",
        conversation_id=conversation_id,
        title=VECTORS[2],
        tags=[one[:60] for one in VECTORS[:20]],
    )
    caller.ask("create_user", object_id="new", name=VECTORS[3], email=VECTORS[4])
    assert caller.call("get_agents").status == 200
    for stored in (
        *Reply.objects.values_list("body", flat=True),
        Ticket.objects.get().description,
    ):
        assert foreign(stored) == []
    messages = caller.ask("get_messages", conversation_id=conversation_id)
    assert len(messages) == len(VECTORS) + 1
    for message in messages:
        assert foreign(message["body"] or "") == []
        for attachment in message["attachments"]:
            assert attachment["url"].startswith("https://")
            assert not set(attachment["url"]) & set('<>" \n')


# --- On pages -----------------------------------------------------------------------------------


@pytest.fixture
def poisoned(statuses: object) -> list[str]:
    """Every table with the vectors in every column that somebody else fills; the pages of it."""
    agent = User.objects.create_superuser("sarah", password="demo", first_name=VECTORS[5][:150])
    StaffProfile.objects.create(user=agent, alias=VECTORS[6][:60])
    now = clock.now(database())
    pages = ["/", "/?q=%22%3E%3Cimg%20src=x%20onerror=pwn(1)%3E", "/admin/fin_bridge/"]
    models = ("event", "conversationstate", "fincall", "integrationstate")
    pages += [f"/admin/fin_bridge/{model}/" for model in models]
    pages.append("/admin/fin_bridge/integrationstate/overview/")
    for start in range(0, len(VECTORS), 24):
        vectors = VECTORS[start : start + 24]
        first = vectors[0]
        person = Customer.objects.create(
            full_name=first[:120], email=first[:100], company=first[:120], plan=first[:40]
        )
        ticket = make_ticket(person, subject=first[:200], description="".join(vectors))
        ticket.labels.add(Label.objects.create(name=f"{start}{first}"[:60]))
        reply = Reply.objects.bulk_create([Reply(ticket=ticket, body="<br>".join(vectors))])[0]
        ReplyFile.objects.bulk_create(
            ReplyFile(reply=reply, filename=one[:255], content_type=one[:100], link=one)
            for one in vectors
        )
        for one in vectors:
            event = Event.objects.create(
                integration="default",
                conversation_id=str(ticket.pk) if one is first else one[:200],
                state=Event.State.FAILED,
                cause=one[:200],
                detail=one[:200],
                created_at=now,
                due_at=now,
                settled_at=now,
            )
            Attempt.objects.create(
                event=event,
                integration="default",
                conversation_id=event.conversation_id,
                started_at=now,
                duration=1,
                outcome="rejected",
                status=400,
                url=f"https://x.example/{one}"[:200],
                request_headers={one: one},
                request_body=one,
                answer=one,
            )
            FinCall.objects.create(
                at=now,
                operation=one[:32],
                integration="default",
                conversation_id=event.conversation_id,
                status=400,
                duration=1,
                detail=one[:500],
            )
        ConversationState.objects.create(
            integration="default", conversation_id=str(ticket.pk), known_at=now
        )
        Kept.objects.create(
            kind="conversation",
            local_id=str(ticket.pk),
            values={"attributes": {one: one for one in vectors}, "title": first, "tags": vectors},
        )
        pages += [f"/tickets/{ticket.pk}/", f"/admin/fin_bridge/event/{event.pk}/change/"]
    for model in (FinCall, ConversationState):
        key = model.objects.latest("pk").pk
        pages.append(f"/admin/fin_bridge/{model._meta.model_name}/{key}/change/")
    files, key = "/admin/helpdesk_demo/replyfile", ReplyFile.objects.latest("pk").pk
    return [*pages, f"{files}/", f"{files}/{key}/delete/"]


@pytest.mark.exhaustive
@pytest.mark.django_db
def test_no_page_of_the_admin_or_the_demo_holds_any_of_it(
    client: Client, poisoned: list[str]
) -> None:
    client.force_login(User.objects.get())
    for address in poisoned:
        page = client.get(address)
        assert page.status_code == 200, address
        shown = page.content.decode()
        assert dangers(shown) == [], address
    assert CODE in shown


@pytest.mark.exhaustive
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.support.agent_ui_pages")
def test_nor_the_panel(poisoned: list[str]) -> None:
    from django.template import engines

    template = engines["django"].from_string(
        "{% load fin_bridge %}{% fin_typing ticket.pk %}{% fin_panel ticket %}"
    )
    for ticket in Ticket.objects.all():
        shown = template.render({"ticket": ticket})
        assert dangers(shown) == []
        assert CODE in shown


@pytest.mark.django_db(transaction=True)
def test_a_browser_executes_none_of_it(
    chromium: Browser, live_server: LiveServer, client: Client, poisoned: list[str]
) -> None:
    client.force_login(User.objects.get())
    session = client.cookies["sessionid"].value
    with provoking(chromium) as page:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        for address in poisoned:
            page.goto(f"{live_server.url}{address}")
            assert executed(page) == [], address


def test_the_browsers_watch_works(chromium: Browser) -> None:
    with provoking(chromium) as page:
        link = f"<a href='javascript:{CODE}' target=_blank>x"
        for markup in (f"<img src=x onerror={CODE}>", f"<p onmouseover={CODE}>x", link):
            page.goto("about:blank")
            page.set_content(markup)
            page.evaluate(PROVOKE)
            page.wait_for_function("window.executed.length")
