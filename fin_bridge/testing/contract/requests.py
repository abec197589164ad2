"""Checks of what is asked: Fin's requests to a helpdesk, and a helpdesk's events to Fin."""

from collections.abc import Mapping
from typing import Any

from .documents import Dialect, Document
from .schema import schema_problems

_EVENT = "/components/schemas/ConversationEvent"


def request_problems(
    dialect: Dialect, operation: str, *, query: Mapping[str, str], body: Any
) -> list[str]:
    """What is wrong with a request of Fin's; `body` is the parsed JSON, None for an empty one."""
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
        problems += schema_problems(document, pointer, body)
    return problems


def event_problems(body: Any) -> list[str]:
    """What is wrong with the parsed body of an event, sync or agent typing."""
    return schema_problems(Document.load("events"), _EVENT, body)
