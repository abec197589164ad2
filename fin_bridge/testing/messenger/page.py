"""The Messenger as a web page: its static files and the JSON that its script polls."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from ..simulator.journal import Journal
from ..simulator.server import Reply, Request
from ..simulator.transport import HostMap
from . import page_data
from .conversations import Conversation, Customer
from .messenger import Messenger

_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/messenger/style.css": ("style.css", "text/css; charset=utf-8"),
    "/messenger/app.js": ("app.js", "text/javascript; charset=utf-8"),
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src http: https: data:; base-uri 'none'; form-action 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class MessengerPage:
    """Answers the browser of whoever plays the customer."""

    def __init__(
        self,
        messenger: Messenger,
        journal: Journal,
        hosts: HostMap,
        fin_id: Callable[[], str | None],
    ) -> None:
        self._messenger, self._journal = messenger, journal
        self._hosts, self._fin_id = hosts, fin_id

    def respond(self, request: Request) -> Reply:
        match request.method, request.path:
            case "GET" | "HEAD", path if path in _FILES:
                return _file(*_FILES[path])
            case "GET", "/messenger/state":
                return _json(self._state(request.query))
            case "POST", "/messenger/customers":
                return self._post(request, self._add_customer)
            case "POST", "/messenger/messages":
                return self._post(request, self._write)
            case _:
                return _json({"error": "There is nothing here."}, HTTPStatus.NOT_FOUND)

    def _post(
        self, request: Request, action: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> Reply:
        # A page of another origin cannot send this content type without asking first.
        if request.headers.get("Content-Type") != "application/json":
            return _json({"error": "Send JSON."}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            values = json.loads(request.body)
            if not isinstance(values, dict):
                raise ValueError("An object is needed.")
            return _json(action(values))
        except (ValueError, RecursionError) as error:
            return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)

    def _add_customer(self, values: Mapping[str, Any]) -> dict[str, Any]:
        name, email, language = (_text(values, key) for key in ("name", "email", "language"))
        if not name or "@" not in email:
            raise ValueError("A name and an e-mail address are needed.")
        attributes = {"language": language} if language else None
        return page_data.customer(self._messenger.customer(name, email, attributes))

    def _write(self, values: Mapping[str, Any]) -> dict[str, Any]:
        customer = self._customer(_text(values, "customer"))
        if customer is None:
            raise ValueError("Who are you?")
        text, file_url = _text(values, "text"), _text(values, "file_url") or None
        if key := _text(values, "conversation"):
            found = self._conversation(customer, key)
            if found is None:
                raise ValueError("This conversation no longer exists.")
            found.write(text, file_url=file_url)
        else:
            found = customer.write(text, file_url=file_url)
        return {"conversation": found.key}

    def _state(self, query: Mapping[str, str]) -> dict[str, Any]:
        customer = self._customer(query.get("customer", ""))
        chosen = self._conversation(customer, query.get("conversation", ""))
        if chosen is not None and query.get("visible") == "1":
            chosen.read()
        conversations = self._messenger.conversations_of(customer) if customer else []
        return {
            "customers": [page_data.customer(person) for person in self._messenger.customers],
            "customer": customer and page_data.customer(customer),
            "conversations": [
                page_data.summary(listed) for listed in conversations if not listed.is_gone
            ],
            "conversation": chosen and page_data.detail(chosen, self._hosts, self._fin_id()),
            "activity": page_data.activity(self._journal),
            "violations": len(self._journal.violations),
        }

    def _customer(self, key: str) -> Customer | None:
        return next((person for person in self._messenger.customers if person.key == key), None)

    def _conversation(self, customer: Customer | None, key: str) -> Conversation | None:
        conversations = self._messenger.conversations_of(customer) if customer else []
        return next((listed for listed in conversations if listed.key == key), None)


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str | None):
        raise ValueError(f"{key} is not a text.")
    return (value or "").encode("utf-8", "replace").decode().strip()


def _file(name: str, content_type: str) -> Reply:
    body = (files("fin_bridge.testing.messenger") / name).read_bytes()
    return Reply(HTTPStatus.OK, body, {**_HEADERS, "Content-Type": content_type})


def _json(values: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Reply:
    body = json.dumps(values).encode()
    return Reply(status, body, {**_HEADERS, "Content-Type": "application/json"})
