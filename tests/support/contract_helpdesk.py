"""A small helpdesk written from the contract alone, to prove the simulator against.

It knows nothing of the simulator's own spelling of the contract: paths, envelopes and signatures
are written out here a second time. What Fin does wrong is collected in `complaints`.
"""

import base64
import hashlib
import hmac
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import requests

from fin_bridge.testing import FinSimulator
from fin_bridge.testing.contract import Dialect, request_problems

CLIENT_ID, CLIENT_SECRET = "fin-client", "fin-secret"
SIGNING_KEY = "signing-key-of-fin"
WEBHOOK_KEY, INTEGRATION_ID = "webhook-key", "a3c729d4e8f6b15c"

REST = {
    ("GET", "/user"): "get_user",
    ("PUT", "/user"): "update_user",
    ("POST", "/user"): "create_user",
    ("GET", "/agents"): "get_agents",
    ("GET", "/conversation"): "get_conversation",
    ("PUT", "/conversation"): "update_conversation",
    ("POST", "/conversation"): "create_conversation",
    ("GET", "/messages"): "get_messages",
    ("POST", "/messages"): "create_message",
}
POSTS_ONLY = {("POST", f"/{name}"): name for name in REST.values()}

Answer = tuple[int, dict[str, str], bytes]
Tamper = Callable[[str, Answer], Answer]


def simulator(helpdesk: "ContractHelpdesk", **options: Any) -> FinSimulator:
    """A Fin for this helpdesk that does not make a test wait."""
    defaults: dict[str, Any] = {
        "helpdesk_url": helpdesk.url,
        "dialect": helpdesk.dialect,
        "integration_id": INTEGRATION_ID,
        "webhook_keys": [WEBHOOK_KEY],
        "signing_key": SIGNING_KEY,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "debounce": 0.02,
        "retry_interval": 0.02,
    }
    return FinSimulator(**{**defaults, **options})


def post_event(
    fin: FinSimulator,
    payload: Any,
    *,
    integration_id: str = INTEGRATION_ID,
    headers: dict[str, str] | None = None,
) -> requests.Response:
    """Post an event as the bridge is to do."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    timestamp = str(int(time.time()))
    signed = timestamp.encode() + b":" + body
    return requests.post(
        f"{fin.url}/custom_helpdesk_conversation_event/{integration_id}",
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-Webhook-Key": WEBHOOK_KEY,
            "X-Webhook-Timestamp": timestamp,
            "X-Webhook-Signature": hmac.new(
                WEBHOOK_KEY.encode(), signed, hashlib.sha256
            ).hexdigest(),
            **(headers or {}),
        },
        timeout=10,
    )


class ContractHelpdesk:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.users: dict[str, dict[str, Any]] = {}
        self.conversations: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, list[dict[str, Any]]] = {}
        self.agents = [
            self.agent("a1", "Sarah Jones", alias="Sarah"),
            self.agent("a2", "Finley Fox"),
            self.agent("a3", "Fin AI"),
        ]
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.complaints: list[str] = []
        self.tokens: set[str] = set()
        self.tokens_issued = 0
        self.token_answer: Answer | None = None
        self.authorizations: list[str] = []
        self.tamper: Tamper = lambda _operation, answer: answer
        self.failures: deque[tuple[str, int]] = deque()
        self.before: Callable[[str], None] = lambda _operation: None
        self._created: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(1)
        self._lock = threading.RLock()
        handler = type("Handler", (_Handler,), {"helpdesk": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/fin"

    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]

    def values_of(self, operation: str) -> list[dict[str, Any]]:
        return [values for name, values in self.calls if name == operation]

    def agent(self, agent_id: str, name: str, alias: str | None = None) -> dict[str, Any]:
        email = f"{agent_id}@helpdesk.example"
        key = "alias" if self.dialect == "rest" else "alias_name"
        return {"id": agent_id, "user_type": "agent", "name": name, "email": email, key: alias}

    def agent_says(self, conversation_id: str, body: str, **extra: Any) -> dict[str, Any]:
        return self._add_message(conversation_id, self.agents[0], {"body": body, **extra})

    # What the token endpoint and the nine operations do.

    def issue_token(self, authorization: str, form: dict[str, list[str]]) -> Answer:
        self.authorizations.append(authorization)
        if self.token_answer is not None:
            return self.token_answer
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {expected}":
            return _json(401, {"error": "invalid_client"})
        if form.get("grant_type") != ["client_credentials"]:
            return _json(400, {"error": "unsupported_grant_type"})
        self.tokens_issued += 1
        token = f"token-{self.tokens_issued}"
        self.tokens = {token}
        return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": 60})

    def run(self, operation: str, values: dict[str, Any]) -> tuple[int, Any]:
        self.before(operation)
        with self._lock:
            self.calls.append((operation, values))
            failure = next((found for found in self.failures if found[0] == operation), None)
            if failure is not None:
                self.failures.remove(failure)
                return failure[1], None
            try:
                result = getattr(self, f"_{operation}")(values)
            except KeyError:
                return 404, None
        return (201 if operation.startswith("create") else 200), result

    def _get_user(self, values: dict[str, Any]) -> Any:
        return self.users[values["user_id"]]

    def _update_user(self, values: dict[str, Any]) -> Any:
        user = self.users[values["user_id"]]
        user["attributes"] = {**user["attributes"], **values.get("attributes", {})}
        return user

    def _create_user(self, values: dict[str, Any]) -> Any:
        person = values["name"], values["email"]
        return self._once(values["object_id"], lambda: self.add_user(*person))

    def add_user(self, name: str | None, email: str | None) -> dict[str, Any]:
        user_id = f"u{next(self._ids)}"
        person: dict[str, Any] = {"name": name, "email": email, "attributes": {}}
        self.users[user_id] = {"id": user_id, "user_type": "end_user", **person}
        return self.users[user_id]

    def _get_agents(self, _: dict[str, Any]) -> Any:
        return self.agents

    def _get_conversation(self, values: dict[str, Any]) -> Any:
        return self.conversations[values["conversation_id"]]

    def _update_conversation(self, values: dict[str, Any]) -> Any:
        conversation = self.conversations[values["conversation_id"]]
        for key in ("title", "tags", "status"):
            if key in values:
                conversation[key] = values[key]
        conversation["attributes"] |= values.get("attributes", {})
        if "assignee_id" in values:
            wanted = values["assignee_id"]
            found = [agent for agent in self.agents if agent["id"] == wanted]
            conversation["assignee"] = found[0] if found else None
        return conversation

    def _create_conversation(self, values: dict[str, Any]) -> Any:
        first = values["initial_message"]
        is_rest = self.dialect == "rest"
        user_id = values["user_id"] if is_rest else values["user"]["id"]
        attributes = (first if is_rest else values).get("attributes")
        return self._once(
            values["object_id"], lambda: self.add_conversation(user_id, first, attributes)
        )

    def add_conversation(
        self,
        user_id: str,
        first: dict[str, Any],
        attributes: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        conversation_id = f"c{next(self._ids)}"
        self.conversations[conversation_id] = {
            "id": conversation_id,
            "status": "open",
            "user": self.users[user_id],
            "title": None,
            "tags": [],
            "attributes": dict(attributes or {}),
            "assignee": None,
            "created_at": _now(),
            "updated_at": _now(),
        }
        self.messages[conversation_id] = []
        message = self._add_message(conversation_id, self.users[user_id], first)
        return {"conversation": self.conversations[conversation_id], "message": message}

    def _get_messages(self, values: dict[str, Any]) -> Any:
        messages = self.messages[values["conversation_id"]]
        ids = [message["id"] for message in messages]
        after = values.get("after_id")
        return messages[ids.index(after) + 1 :] if after in ids else messages

    def _create_message(self, values: dict[str, Any]) -> Any:
        author_id = values["author"]["id"]
        people = [*self.users.values(), *self.agents]
        author = next(person for person in people if person["id"] == author_id)
        conversation = self.conversations[values["conversation_id"]]
        return self._once(
            values["object_id"], lambda: self._add_message(conversation["id"], author, values)
        )

    def _add_message(
        self, conversation_id: str, author: dict[str, Any], values: dict[str, Any]
    ) -> dict[str, Any]:
        message = {
            "id": f"m{next(self._ids)}",
            "conversation_id": conversation_id,
            "message_type": "comment",
            "body": values.get("body"),
            "author": author,
            "visibility": values.get("visibility", "public"),
            "created_at": _now(),
            "attachments": [
                {"filetype": "image/png", "filename": "file.png", **attachment}
                for attachment in values.get("attachments", [])
            ],
        }
        self.messages[conversation_id].append(message)
        return message

    def _once(self, object_id: str, create: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if object_id not in self._created:
            self._created[object_id] = create()
        return self._created[object_id]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    helpdesk: ContractHelpdesk

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        target = urlsplit(self.path)
        path = target.path.removeprefix("/api/fin")
        if path == "/oauth/token/":
            answer = self.helpdesk.issue_token(
                self.headers.get("Authorization", ""), parse_qs(body.decode())
            )
        else:
            answer = self._operate(path, target.query, body)
        status, headers, content = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _operate(self, path: str, query: str, body: bytes) -> Answer:
        helpdesk = self.helpdesk
        table = REST if helpdesk.dialect == "rest" else POSTS_ONLY
        operation = table.get((self.command, path))
        if operation is None:
            helpdesk.complaints.append(f"{self.command} {path} is no operation")
            return self._answer("", 404, None)
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in helpdesk.tokens:
            return self._answer(operation, 401, None)
        if not self._is_signed(query, body):
            helpdesk.complaints.append(f"{operation}: the signature is wrong")
            return self._answer(operation, 401, None)
        parameters = {key: values[0] for key, values in parse_qs(query).items()}
        payload = json.loads(body) if body else None
        helpdesk.complaints += [
            f"{operation}: {problem}"
            for problem in request_problems(
                helpdesk.dialect, operation, query=parameters, body=payload
            )
        ]
        return self._answer(operation, *helpdesk.run(operation, {**parameters, **(payload or {})}))

    def _answer(self, operation: str, status: int, result: Any) -> Answer:
        is_rest = self.helpdesk.dialect == "rest"
        if result is None:
            problem = {"type": "about:blank", "title": "No", "status": status, "detail": "why"}
            kind = "application/problem+json" if is_rest else "application/json"
            answer = _json(status, problem if is_rest else {"error": problem}, kind)
        else:
            answer = _json(status, result if is_rest else {"data": result})
        return self.helpdesk.tamper(operation, answer)

    def _is_signed(self, query: str, body: bytes) -> bool:
        timestamp = self.headers.get("X-Fin-Request-Timestamp", "0")
        content = "&".join(sorted(query.split("&"))).encode() if self.command == "GET" else body
        signed = timestamp.encode() + b":" + content
        expected = hmac.new(SIGNING_KEY.encode(), signed, hashlib.sha256).hexdigest()
        is_recent = abs(time.time() - int(timestamp)) < 300
        return is_recent and expected == self.headers.get("X-Fin-Signature")

    def log_message(self, *args: Any) -> None:
        pass


def _json(status: int, payload: Any, content_type: str = "application/json") -> Answer:
    return status, {"Content-Type": content_type}, json.dumps(payload).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
