"""Every address of ours against everybody and everything: who may reach what, as one table.

The addresses come from the URLconf, so that a new one is in the table or fails it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

import fin_bridge.agent_ui.urls
import fin_bridge.api.urls
from fin_bridge.agent_ui.body import LIMIT
from fin_bridge.agent_ui.panel import Panel
from fin_bridge.api.operations.registry import Operation
from fin_bridge.helpdesk import current
from fin_bridge.models import ConversationState, Event, FinCall, FinReference, Kept
from fin_bridge.testing import sign_request
from helpdesk_demo.models import Customer, Reply, Ticket
from tests.support.fin_caller import SIGNING_KEY, TOKEN
from tests.support.world import make_ticket

pytestmark = pytest.mark.django_db(transaction=True)

OTHER_TOKEN, OTHER_KEY = "another-integrations-token", "another-integrations-key"


@dataclass(frozen=True)
class Endpoint:
    """One operation at one address."""

    path: str
    method: str
    operation: Operation
    is_rest: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def endpoints() -> Iterator[Endpoint]:
    for pattern in fin_bridge.api.urls.urlpatterns:
        options = getattr(pattern.callback, "view_initkwargs", {})
        for method, operation in options.get("operations", {}).items():
            is_rest = type(options["dialect"]).__name__ == "Rest"
            yield Endpoint(f"/{pattern.name}", method.upper(), operation, is_rest)


ENDPOINTS = list(endpoints())

VALUES: dict[str, Callable[[Ticket, User], dict[str, Any]]] = {
    "get_user": lambda ticket, _: {"user_id": str(ticket.customer_id)},
    "update_user": lambda ticket, _: {
        "user_id": str(ticket.customer_id),
        "attributes": {"plan": "gold"},
    },
    "create_user": lambda *_: {"object_id": "new", "name": "New", "email": "ada@example.com"},
    "get_agents": lambda *_: {},
    "get_conversation": lambda ticket, _: {"conversation_id": str(ticket.pk)},
    "update_conversation": lambda ticket, _: {"conversation_id": str(ticket.pk), "title": "Fire"},
    "create_conversation": lambda ticket, _: {
        "object_id": "new",
        "user_id": str(ticket.customer_id),
        "user": {"id": str(ticket.customer_id)},
        "initial_message": {
            "object_id": "new",
            "body": "Hi",
            "author": {"id": str(ticket.customer_id), "user_type": "end_user"},
        },
    },
    "get_messages": lambda ticket, _: {"conversation_id": str(ticket.pk)},
    "create_message": lambda ticket, agent: {
        "conversation_id": str(ticket.pk),
        "object_id": "new",
        "body": "Hi",
        "author": {"id": str(agent.pk), "user_type": "agent"},
    },
}
"""What is asked for, and granted to whoever may."""


def test_the_table_knows_every_address() -> None:
    others = {"token", "attachment", None}
    names = {f"/{one.name}" for one in fin_bridge.api.urls.urlpatterns if one.name not in others}
    assert names == {endpoint.path for endpoint in ENDPOINTS}
    assert {endpoint.operation.name for endpoint in ENDPOINTS} == set(VALUES)
    assert len(ENDPOINTS) == 18
    assert len(CONVERSATIONS) == 8
    assert len(USERS) == 5
    assert {one.name for one in fin_bridge.agent_ui.urls.urlpatterns} == {"typing", "take-over"}


@pytest.fixture
def fins(settings: Settings, ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> Ticket:
    """A conversation that the integration under test may see, where there are two of them."""
    integration = settings.FIN_BRIDGE_INTEGRATIONS["default"]
    tokens = [sha256(token.encode()).hexdigest() for token in (TOKEN, OTHER_TOKEN)]
    settings.FIN_BRIDGE_INTEGRATIONS = {
        "default": {**integration, "TOKENS": tokens[:1]},
        "other": {"SIGNING_KEYS": [OTHER_KEY], "TOKENS": tokens[1:], "CLIENT_IDS": ["its-client"]},
    }
    monkeypatch.setattr(type(current().conversations), "scope", "known")
    know(ticket, "default")
    return ticket


def know(ticket: Ticket, integration: str) -> None:
    ConversationState.objects.create(
        integration=integration, conversation_id=str(ticket.pk), known_at=timezone.now()
    )


def ask(
    live_server: LiveServer, endpoint: Endpoint, values: Any, **headers: str | None
) -> requests.Response:
    """As Fin would; headers, spelled with underscores, may be others, or none."""
    query, body = "", b""
    if endpoint.method == "GET":
        query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in values.items())
    else:
        body = json.dumps(values).encode()
    sent: dict[str, str | None] = {
        "Authorization": f"Bearer {TOKEN}",
        "Content-Type": "application/json" if body else None,
        **sign_request(SIGNING_KEY, endpoint.method, query, body, int(time.time())),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return requests.request(
        endpoint.method,
        f"{live_server.url}/api/fin{endpoint.path}{'?' if query else ''}{query}",
        data=body,
        headers=sent,
        timeout=30,
    )


def everything_there_is() -> list[Any]:
    """What no refused call may change."""
    models = (Ticket, Reply, Customer, ConversationState, FinReference, Kept, Event)
    return [list(model._base_manager.order_by("pk").values()) for model in models]


# --- Credentials --------------------------------------------------------------------------------


@pytest.fixture
def client(sarah: User) -> Application:
    """Fin's."""
    return Application.objects.create(
        client_id="fin-client", authorization_grant_type="client-credentials"
    )


def tokens(client: Application) -> None:
    """Those that OAuth clients were given: one that opens, and others that do not."""
    stranger = Application.objects.create(client_id="stranger")
    neighbour = Application.objects.create(client_id="its-client")
    later = timezone.now() + timedelta(hours=1)
    for token, application, expires in (
        ("oauth-good", client, later),
        ("oauth-expired", client, timezone.now()),
        ("oauth-stranger", stranger, later),
        ("oauth-neighbour", neighbour, later),
        ("oauth-nobody", None, later),
        ("oauth-revoked", client, later),
    ):
        made = AccessToken.objects.create(
            token=token, application=application, expires=expires, scope="fin"
        )
    made.delete()


NO_TOKEN = "There is no token."
UNKNOWN = "The token is unknown or has expired."
WRONG = "The signature is wrong."
STALE = "The signature's timestamp is no recent one."

CREDENTIALS: dict[str, tuple[dict[str, str | None], str]] = {
    "none at all": (
        {"Authorization": None, "X_Fin_Signature": None, "X_Fin_Request_Timestamp": None},
        NO_TOKEN,
    ),
    "no token": ({"Authorization": None}, NO_TOKEN),
    "a wrong token": ({"Authorization": "Bearer wrong"}, UNKNOWN),
    "another scheme": (
        {"Authorization": "Basic ZmluOmZpbg=="},
        "The header Authorization holds no bearer token.",
    ),
    "the digest of the token": (
        {"Authorization": f"Bearer {sha256(TOKEN.encode()).hexdigest()}"},
        UNKNOWN,
    ),
    "an expired token": ({"Authorization": "Bearer oauth-expired"}, UNKNOWN),
    "a revoked token": ({"Authorization": "Bearer oauth-revoked"}, UNKNOWN),
    "a token of no client": ({"Authorization": "Bearer oauth-nobody"}, UNKNOWN),
    "a stranger's token": (
        {"Authorization": "Bearer oauth-stranger"},
        "The token is another client's.",
    ),
    "another integration's token": ({"Authorization": f"Bearer {OTHER_TOKEN}"}, WRONG),
    "another integration's client": ({"Authorization": "Bearer oauth-neighbour"}, WRONG),
    "no signature": ({"X_Fin_Signature": None}, "There is no signature."),
    "no timestamp": ({"X_Fin_Request_Timestamp": None}, "There is no signature."),
    "a wrong signature": ({"X_Fin_Signature": "0" * 64}, WRONG),
    "an old timestamp": ({"X_Fin_Request_Timestamp": "-301"}, STALE),
    "a timestamp to come": ({"X_Fin_Request_Timestamp": "302"}, STALE),
    "a timestamp that was not signed": ({"X_Fin_Request_Timestamp": "-5"}, WRONG),
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_no_credentials_but_the_right_ones_open(
    live_server: LiveServer,
    endpoint: Endpoint,
    fins: Ticket,
    sarah: User,
    client: Application,
    subtests: pytest.Subtests,
) -> None:
    tokens(client)
    values = VALUES[endpoint.operation.name](fins, sarah)
    before = everything_there_is()
    bodies: set[bytes] = set()
    for case, (headers, reason) in CREDENTIALS.items():
        with subtests.test(case):
            answer = ask(live_server, endpoint, values, **in_time(headers))
            assert answer.status_code == 401
            challenge = "Bearer" if reason == NO_TOKEN else 'Bearer error="invalid_token"'
            assert answer.headers["WWW-Authenticate"] == challenge
            bodies.add(answer.content)
            call = FinCall.objects.latest("pk")
            assert (call.operation, call.status) == (endpoint.operation.name, 401)
            assert (call.integration, call.conversation_id) == ("", "")
            assert call.detail == reason
    [body] = bodies
    for reason in {reason for _, reason in CREDENTIALS.values()}:
        assert reason.encode() not in body
    assert everything_there_is() == before
    for token in (TOKEN, "oauth-good"):
        answer = ask(live_server, endpoint, values, Authorization=f"Bearer {token}")
        assert answer.status_code == endpoint.operation.status


def in_time(headers: dict[str, str | None]) -> dict[str, str | None]:
    """With timestamps that are so many seconds from now, signed where that is what is tried."""
    given = dict(headers)
    if offset := given.get("X_Fin_Request_Timestamp"):
        given["X_Fin_Request_Timestamp"] = str(int(time.time()) + int(offset))
    return given


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_another_integration_sees_none_of_it(
    live_server: LiveServer, endpoint: Endpoint, fins: Ticket, sarah: User
) -> None:
    """With all that is its own: a token and a key."""
    values = VALUES[endpoint.operation.name](fins, sarah)
    query = "&".join(f"{key}={value}" for key, value in values.items())
    body = b"" if endpoint.method == "GET" else json.dumps(values).encode()
    signed = sign_request(OTHER_KEY, endpoint.method, query, body, int(time.time()))
    headers = {name.replace("-", "_"): value for name, value in signed.items()}
    answer = ask(live_server, endpoint, values, Authorization=f"Bearer {OTHER_TOKEN}", **headers)
    hidden = "conversation_id" in values
    assert answer.status_code == (404 if hidden else endpoint.operation.status)
    assert FinCall.objects.latest("pk").integration == "other"


# --- Objects ------------------------------------------------------------------------------------

MALFORMED = [
    *("abc", "-1", "0", "1.0", "1e3", "+1", " 1", "1 ", "01x", "1_0", "½", "\u0661", "\uff11"),
    *("null", "None", "true", "[]", "{}", "../1", "1/2", "1?x=1", "1#", "%00", "%2e", "\\", "'"),
    *("1 OR 1=1", "1; DROP TABLE x", "*", "<script>", "\u202e1", "\U0001f600", "\x1f", "\r\n"),
    *("9" * 20, "9" * 5000, "x" * 5000, "-" + "9" * 5000, "00000000-0000-0000-0000-00000000000g"),
    *("00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}"),
]


def naming(word: str) -> list[Endpoint]:
    """The endpoints whose input names an existing object by that word."""
    return [one for one in ENDPOINTS if word in one.operation.input().fields]


CONVERSATIONS = naming("conversation_id")
USERS = naming("user_id")


def foreign(ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Conversations that there are, or were, and that are not Fin's to see, by why."""
    nobodys, others, shared, deleted, hidden = (make_ticket(ticket.customer) for _ in range(5))
    know(others, "other")
    for integration in ("default", "other"):
        know(shared, integration)
    know(deleted, "default")
    know(hidden, "default")
    given = {
        "nobody's": str(nobodys.pk),
        "another integration's": str(others.pk),
        "of two, so of neither": str(shared.pk),
        "deleted": str(deleted.pk),
        "hidden by the helpdesk": str(hidden.pk),
        "never there": "987654321",
    }
    deleted.delete()
    hide(current().conversations, hidden, monkeypatch)
    return given


def hide(part: Any, obj: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a helpdesk does that narrows what is Fin's to see."""
    queryset = part.queryset
    monkeypatch.setattr(part, "queryset", lambda: queryset().exclude(pk=obj.pk))


def missing(live_server: LiveServer, endpoint: Endpoint, values: Any, what: str) -> dict[str, Any]:
    """All else that the answer says, in either dialect, besides that this is not there."""
    answer = ask(live_server, endpoint, values)
    assert answer.status_code == 404
    found = answer.json()
    said: dict[str, Any] = found.get("error", found)
    assert said.pop("detail") == f"There is no {what}."
    return said


@pytest.mark.parametrize("endpoint", CONVERSATIONS, ids=str)
def test_a_conversation_that_is_not_fins_to_see_is_not_there(
    live_server: LiveServer,
    endpoint: Endpoint,
    fins: Ticket,
    sarah: User,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
) -> None:
    ids = foreign(fins, monkeypatch) | {f"malformed {text[:20]!a}": text for text in MALFORMED}
    values = VALUES[endpoint.operation.name](fins, sarah)
    before = everything_there_is()
    answers: set[str] = set()
    for case, conversation_id in ids.items():
        with subtests.test(case):
            asked = {**values, "conversation_id": conversation_id}
            what = f"conversation {conversation_id[:100]!r}"
            answers.add(json.dumps(missing(live_server, endpoint, asked, what)))
            call = FinCall.objects.latest("pk")
            assert (call.integration, call.status) == ("default", 404)
            assert call.detail == f"There is no {what}."
            assert call.conversation_id == conversation_id[:255]
    assert len(answers) == 1
    # A pull of a conversation that is gone tells Fin so, and that is all it may note.
    gone = [ids["deleted"], ids["hidden by the helpdesk"]]
    ConversationState.objects.filter(conversation_id__in=gone).update(pulled_at=None)
    assert everything_there_is() == before
    assert ask(live_server, endpoint, values).status_code == endpoint.operation.status


@pytest.mark.parametrize("endpoint", USERS, ids=str)
def test_an_end_user_who_is_not_there_is_not_found(
    live_server: LiveServer,
    endpoint: Endpoint,
    fins: Ticket,
    sarah: User,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
) -> None:
    deleted, hidden = (Customer.objects.create(full_name=name) for name in ("Gone", "Hidden"))
    ids = ["987654321", str(deleted.pk), str(hidden.pk), "ada@example.com", *MALFORMED]
    deleted.delete()
    hide(current().end_users, hidden, monkeypatch)
    values = VALUES[endpoint.operation.name](fins, sarah)
    before = everything_there_is()
    for user_id in ids:
        with subtests.test(user_id[:20]):
            asked = {**values, "user_id": user_id}
            missing(live_server, endpoint, asked, f"end user {user_id[:100]!r}")
    assert everything_there_is() == before


@pytest.mark.parametrize("endpoint", [*CONVERSATIONS, *USERS], ids=str)
@pytest.mark.parametrize("id_", ["", "\x00", "a\x00", "\ud800"], ids=ascii)
def test_an_id_that_none_can_be_is_refused(
    live_server: LiveServer, endpoint: Endpoint, fins: Ticket, sarah: User, id_: str
) -> None:
    values = VALUES[endpoint.operation.name](fins, sarah)
    name = "conversation_id" if "conversation_id" in values else "user_id"
    if endpoint.method == "GET":
        id_ = id_.replace("\ud800", "\x01\x00")  # no query spells half a character
    assert ask(live_server, endpoint, {**values, name: id_}).status_code == 400


def authors(fins: Ticket) -> Iterator[tuple[str, dict[str, str], int]]:
    """As whom Fin may not write, and how it is told."""
    other = Customer.objects.create(full_name="Charles", email="ada@example.com")
    former = User.objects.create_user("former", is_staff=True, is_active=False)
    plain = User.objects.create_user("plain")
    yield "another customer", {"id": str(other.pk), "user_type": "end_user"}, 400
    yield "nobody", {"id": "987654321", "user_type": "end_user"}, 404
    yield "by address", {"id": "ada@example.com", "user_type": "end_user"}, 404
    yield "a former agent", {"id": str(former.pk), "user_type": "agent"}, 404
    yield "a user who is no agent", {"id": str(plain.pk), "user_type": "agent"}, 404
    yield "an agent of no form", {"id": "abc", "user_type": "agent"}, 404
    yield "another kind", {"id": "1", "user_type": "system"}, 400


@pytest.mark.parametrize(
    "endpoint", [one for one in ENDPOINTS if one.operation.name == "create_message"], ids=str
)
def test_nobody_else_s_words_are_written(
    live_server: LiveServer, endpoint: Endpoint, fins: Ticket, sarah: User, subtests: Any
) -> None:
    cases = list(authors(fins))
    before = everything_there_is()
    for case, author, status in cases:
        with subtests.test(case):
            values = {**VALUES["create_message"](fins, sarah), "author": author}
            assert ask(live_server, endpoint, values).status_code == status
    assert everything_there_is() == before


# --- The agents' door ---------------------------------------------------------------------------

DOORS = ["/fin/typing/", "/fin/take-over/"]


@pytest.mark.parametrize("address", DOORS)
def test_an_agent_is_who_is_logged_in_and_sees_the_conversation(
    address: str,
    fins: Ticket,
    sarah: User,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
) -> None:
    ids = foreign(fins, monkeypatch)
    ids.pop("another integration's")  # agents see what is Fin's, whichever integration's it is
    agent, nobody, plain = Client(), Client(), Client()
    agent.force_login(sarah)
    plain.force_login(User.objects.create_user("plain"))
    guarded = Client(enforce_csrf_checks=True)
    guarded.force_login(sarah)
    everybody: list[tuple[str, Client, str, int]] = [
        *(("agent, " + case, agent, id_, 404) for case, id_ in ids.items()),
        *(
            (f"agent, {text[:20]!a}", agent, text, 404 if len(text) < LIMIT else 400)
            for text in MALFORMED
        ),
        ("nobody", nobody, str(fins.pk), 403),
        ("no agent", plain, str(fins.pk), 404),
        ("another site's page", guarded, str(fins.pk), 403),
        ("Fin's token", Client(headers={"Authorization": f"Bearer {TOKEN}"}), str(fins.pk), 403),
    ]
    before = everything_there_is()
    answers = set()
    for case, client, id_, status in everybody:
        with subtests.test(case):
            body = {"conversation_id": id_, "agent_id": str(sarah.pk), "user": "1"}
            answer = client.post(address, body, content_type="application/json")
            assert answer.status_code == status
            if status == 404:
                answers.add(answer.content)
    assert len(answers) == 1
    assert everything_there_is() == before


@pytest.mark.parametrize("address", DOORS)
def test_a_conversation_that_is_hidden_from_the_agent_is_not_there(
    address: str, fins: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.force_login(sarah)
    shown_to: list[Any] = []

    def visible_to(queryset: Any, agent: Any) -> Any:
        shown_to.append(agent)
        return queryset.none()

    monkeypatch.setattr(current().conversations, "visible_to", visible_to)
    before = everything_there_is()
    answer = client.post(
        address, {"conversation_id": str(fins.pk)}, content_type="application/json"
    )
    assert answer.status_code == 404
    assert shown_to == [sarah]
    assert everything_there_is() == before


def test_the_panel_of_what_is_hidden_from_the_agent_is_empty(
    fins: Ticket, sarah: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Panel.load(str(fins.pk), sarah) is not None
    monkeypatch.setattr(current().conversations, "visible_to", lambda queryset, _: queryset.none())
    assert Panel.load(str(fins.pk), sarah) is None
