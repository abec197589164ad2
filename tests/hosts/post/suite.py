"""The contract on the mailbox, and what is particular about it."""

from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from fin_bridge import helpdesk as fin
from fin_bridge.api.wire.parsers import parse_query
from fin_bridge.events import routing
from fin_bridge.helpdesk import current
from fin_bridge.helpdesk.fields.downloads import open_file
from fin_bridge.models import Event
from fin_bridge.testing.contract.requests import spell
from fin_bridge.testing.in_process import ask, refused
from tests.hosts.hosted import Hosted, heard, known
from tests.hosts.post.models import Clerk, Mail, Thread, Undeleted

numbers = count(1)


class TestPost(Hosted):
    def make_end_user(self) -> str:
        return "Grace@Example.com"

    def make_agent(self) -> Clerk:
        return Clerk.objects.create(username=f"clerk{next(numbers)}", is_staff=True)

    def make_conversation(self, end_user: str) -> Mail:
        return Thread.objects.create(subject="Hello", sender=end_user)

    def make_message(self, conversation: Mail, agent: Clerk, text: str) -> Mail:
        return Mail.objects.create(
            parent=conversation, clerk=agent, sender="d@example.com", text=text, direction="out"
        )


# --- What is particular about it ----------------------------------------------------------------

pytestmark = pytest.mark.django_db(transaction=True)

CONTEXT = fin.Context("default")
ADDRESS = "ada+tag:1@example.com"


@pytest.fixture
def thread() -> Thread:
    [mail] = Mail.objects.bulk_create(
        [Mail(subject="Hello", sender=ADDRESS.upper(), sender_name="Ada", text="Hi", token="x")]
    )
    return Thread._base_manager.get(pk=mail.pk)


@pytest.fixture
def clerk() -> Clerk:
    return Clerk.objects.create(username="clerk", is_staff=True)


def answer(thread: Thread, **values: Any) -> Mail:
    return Mail.objects.create(parent=thread, sender="desk@example.com", **values)


def test_t1_t2_whatever_is_saved_how_often_is_one_conversation(
    thread: Thread, clerk: Clerk
) -> None:
    conversation_id = known(thread)
    answer(thread, clerk=clerk, text="Hello", direction="out")
    assert Event.objects.count() > 2
    routing.route()
    found = Event.objects.values_list("conversation_id", "integration").distinct()
    assert list(found) == [(conversation_id, "default")]


def test_t5_a_proxy_and_what_it_is_a_proxy_of_fire(thread: Thread) -> None:
    thread.save()
    assert set(heard()) == {str(thread.pk)}
    Mail.objects.get(pk=thread.pk).save()
    assert set(heard()) == {str(thread.pk)}


def test_t11_what_is_deleted_by_a_flag_is_gone_and_told(thread: Thread, clerk: Clerk) -> None:
    conversation_id = known(thread)
    mail = answer(thread, clerk=clerk, text="Wrong", direction="out")
    assert len(ask("get_messages", conversation_id=conversation_id)) == 2
    Event.objects.all().delete()
    mail.deleted = timezone.now()
    mail.save(update_fields=["deleted"])
    assert conversation_id in heard()
    assert len(ask("get_messages", conversation_id=conversation_id)) == 1
    thread.deleted = timezone.now()
    thread.save()
    routing.route()
    assert Event.objects.filter(conversation_id=conversation_id, integration="default").exists()
    assert refused("get_conversation", conversation_id=conversation_id) == 404


def test_t18_an_address_is_an_id_that_survives_a_query_string(thread: Thread) -> None:
    user = ask("get_conversation", conversation_id=known(thread))["user"]
    assert (user["id"], user["name"]) == (ADDRESS, "Ada")
    query = spell("rest", "get_user", {"user_id": ADDRESS}).query_string
    assert parse_query(query) == {"user_id": ADDRESS}
    assert ask("get_user", user_id=ADDRESS) == user
    for given in (ADDRESS.upper(), "nobody@example.com", "x" * 300, "visitor-unknown"):
        assert refused("get_user", user_id=given) == 404
    attributes = {"plan": "pro"}
    assert ask("update_user", user_id=ADDRESS, attributes=attributes)["attributes"] == attributes


def test_t21_a_manager_that_hides_rows_does_not_hide_them_from_fin(
    thread: Thread, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(thread, clerk=clerk, text="Hello", direction="out")
    monkeypatch.setattr(Undeleted, "get_queryset", models.Manager.get_queryset)
    monkeypatch.setattr(Undeleted, "filter", None, raising=False)
    assert len(ask("get_messages", conversation_id=known(thread))) == 2


def test_who_writes_is_the_customer_only_where_a_rule_says_so(
    thread: Thread, clerk: Clerk
) -> None:
    answer(thread, text="I am away", direction="out")
    answer(thread, text="Thanks", direction="in")
    answer(thread, text="Hm", direction="note", clerk=clerk)
    _, automatic, customer, note = ask("get_messages", conversation_id=known(thread))
    assert automatic["author"]["id"] == "unknown"
    assert customer["author"]["id"] == ADDRESS
    assert (note["author"]["name"], note["visibility"]) == ("clerk", "private")


def test_whom_fin_brings_is_not_the_customer_of_that_address(thread: Thread) -> None:
    known(thread)
    Mail.objects.update(sender="ada@example.com")
    user = ask("create_user", object_id="u1", name="Eve", email="ada@example.com")
    assert user["id"].startswith("visitor-")
    message = {
        "object_id": "m1",
        "author": {"id": user["id"], "user_type": "end_user"},
        "body": "<p>Hi</p>",
    }
    made = ask(
        "create_conversation",
        object_id="c1",
        user={"id": user["id"]},
        initial_message=message,
    )
    assert made["conversation"]["user"]["id"] == user["id"]
    assert made["message"]["author"]["id"] == user["id"]
    assert Mail.objects.get(pk=made["conversation"]["id"]).sender == "ada@example.com"
    nobody = ask("create_user", object_id="u2", email="no address")
    message = {
        **message,
        "object_id": "m2",
        "author": {"id": nobody["id"], "user_type": "end_user"},
    }
    made = ask(
        "create_conversation", object_id="c2", user={"id": nobody["id"]}, initial_message=message
    )
    assert made["conversation"]["user"] == nobody
    assert Mail.objects.get(pk=made["conversation"]["id"]).sender.endswith(".invalid")


def test_a_thread_without_an_address_is_nobodys(thread: Thread) -> None:
    Mail.objects.update(sender="")
    assert ask("get_conversation", conversation_id=known(thread))["user"]["id"] == "unknown"


def test_a_file_on_the_mail_itself_is_served_by_us(thread: Thread, clerk: Clerk) -> None:
    answer(thread, clerk=clerk, direction="out", enclosure=ContentFile(b"x", "bill.pdf"))
    *_, message = ask("get_messages", conversation_id=known(thread))
    [file] = message["attachments"]
    stored, filetype = open_file(current(), file["url"].split("/")[-2])
    assert (stored.read(), filetype) == (b"x", "application/pdf")


def test_a_login_is_the_agent_by_whichever_class_it_was_loaded(clerk: Clerk) -> None:
    login = SimpleLazyObject(lambda: User.objects.get(pk=clerk.pk))
    assert current().agents.for_user(login) == clerk
    assert current().agents.for_user(User.objects.create(username="x")) is None


def test_a_name_needs_no_column(thread: Thread) -> None:
    conversations = current().conversations
    user = fin.Email("sender").bind(conversations, "user")
    assert user.read(thread) == fin.Visitor(ADDRESS, ADDRESS.upper())
    assert user.write(thread, fin.Visitor("v", "eve@example.com", "Eve"), CONTEXT) == {"sender"}
    assert thread.sender_name == "Ada"
