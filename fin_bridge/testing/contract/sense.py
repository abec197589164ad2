"""What the contract says in prose and no schema of its documents can."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .documents import Dialect

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9_]*")
_CONVERSATION = "conversation_id"
_FOREIGN_ALIAS = {"rest": "alias_name", "posts_only": "alias"}


def sense_problems(dialect: Dialect, data: Any, status: int) -> list[str]:
    """Wrong spellings of keys, messages with nothing in them, a problem about another status."""
    problems = list(key_problems(dialect, data))
    if status >= 400 and data["status"] != status:
        problems.append(f"$.status: the problem says {data['status']}, the answer {status}")
    return problems


def key_problems(dialect: Dialect, data: Any, path: str = "$") -> Iterator[str]:
    """Misspelled keys and empty messages, anywhere in the data; events are spelled as in REST."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from key_problems(dialect, item, f"{path}[{index}]")
    elif isinstance(data, dict):
        yield from _object_problems(dialect, data, path)
        for key, value in data.items():
            if key != "attributes":  # their keys are the helpdesk's own
                yield from key_problems(dialect, value, f"{path}.{key}")


def _object_problems(dialect: Dialect, data: dict[str, Any], path: str) -> Iterator[str]:
    for key in data:
        if not _SNAKE_CASE.fullmatch(key):
            yield f"{path}: the key {key} is not in snake_case"
    if _FOREIGN_ALIAS[dialect] in data:
        yield f"{path}: {_FOREIGN_ALIAS[dialect]} belongs to the other dialect"
    if "message_type" in data and not data.get("body") and not data.get("attachments"):
        yield f"{path}: a message has a body or attachments or both"


def echo_problems(operation: str, request: Mapping[str, Any], data: Any) -> list[str]:
    """Whether a successful answer is about what was asked for."""
    match operation, data:
        case (("get_user" | "update_user"), {"id": found}):
            pairs = [("$.id", request["user_id"], found)]
        case (("get_conversation" | "update_conversation"), {"id": found}):
            pairs = [("$.id", request["conversation_id"], found)]
        case "create_message", {"conversation_id": found}:
            pairs = [("$.conversation_id", request["conversation_id"], found)]
        case "get_messages", [*messages]:
            pairs = [
                (f"$[{index}].conversation_id", request["conversation_id"], message[_CONVERSATION])
                for index, message in enumerate(messages)
            ]
        case "create_conversation", {"conversation": {"id": asked}, "message": message}:
            pairs = [("$.message.conversation_id", asked, message[_CONVERSATION])]
        case _:
            pairs = []
    return [f"{where}: {got} instead of {want}" for where, want, got in pairs if got != want]
