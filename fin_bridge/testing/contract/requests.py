"""Requests of Fin to a helpdesk: how each dialect spells them, and what is wrong with one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from .documents import Dialect, Document

_ALIAS = {"rest": "alias", "posts_only": "alias_name"}


@dataclass(frozen=True)
class WireRequest:
    """A request as it is sent: the query string percent-encoded, the body as bytes."""

    method: str
    path: str
    query_string: str = ""
    body: bytes = b""


def spell(dialect: Dialect, operation: str, values: Mapping[str, Any]) -> WireRequest:
    """Return the request that asks for an operation; a GET carries its values as parameters.

    `get_agents` has no values, so that its body is empty in either dialect.
    """
    found = Document.load(dialect).operations[operation]
    if found.method == "GET":
        return WireRequest("GET", found.path, urlencode(values, errors="replace", quote_via=quote))
    body = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") if values else b""
    return WireRequest(found.method, found.path, body=body)


def creation(
    dialect: Dialect, user: Mapping[str, Any], attributes: Mapping[str, Any], **values: Any
) -> dict[str, Any]:
    """Return the values of create_conversation, whose user and attributes differ by dialect."""
    if dialect == "posts_only":
        return {**values, "user": dict(user), "attributes": dict(attributes)}
    message = {**values["initial_message"], "attributes": dict(attributes)}
    return {**values, "user_id": user["id"], "initial_message": message}


def update(dialect: Dialect, user: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    """Return the values of update_conversation; only the POST-only dialect names the user."""
    return {**values, "user": dict(user)} if dialect == "posts_only" else values


def alias_of(dialect: Dialect, agent: Mapping[str, Any]) -> str | None:
    """Return the display alias of an agent in an answer of the helpdesk."""
    return agent.get(_ALIAS[dialect])


def request_problems(
    dialect: Dialect, operation: str, *, query: Mapping[str, str], body: Any
) -> list[str]:
    """Say what is wrong with a request of Fin by the contract, one sentence each.

    `operation` is named in snake_case, such as `get_user`; `query` holds the decoded parameters,
    and `body` is the parsed JSON, None for an empty one. The list is empty if all is well.
    """
    document = Document.load(dialect)
    found = document.operations[operation]
    problems = [
        f"query: {parameter['name']} is missing"
        for parameter in found.spec.get("parameters", ())
        if parameter.get("in") == "query" and parameter["required"]
        if parameter["name"] not in query
    ]
    if "requestBody" in found.spec:
        pointer = f"{found.pointer}/requestBody/content/application~1json/schema"
        problems += document.problems(pointer, body)
    return problems
