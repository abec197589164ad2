"""Verdicts on what a helpdesk sends to Fin, its answers and its events, by the contract."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .documents import Dialect, Document, Operation

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9_]*")
_CONVERSATION = "conversation_id"
_FOREIGN_ALIAS = {"rest": "alias_name", "posts_only": "alias"}
_EVENT = "/components/schemas/ConversationEvent"
_JSON = "application/json"
_PROBLEM = "application/problem+json"


@dataclass
class Verdict:
    """An answer as Fin understands it: `data` is its content without the envelope.

    `problems` says, one sentence each, what breaks the contract.
    """

    status: int
    data: Any = None
    problems: list[str] = field(default_factory=list)
    is_usable: bool = False
    """True if the data has the promised shape; any other problem is one of form."""

    @property
    def is_success(self) -> bool:
        """Tell whether the status is a 2xx."""
        return 200 <= self.status < 300


def check_answer(
    dialect: Dialect, operation: str, *, status: int, content_type: str, body: bytes
) -> Verdict:
    """Judge the answer to an operation by the dialect's document and the contract's prose.

    `operation` is named in snake_case, such as `get_user`; `body` is the raw answer. Nothing is
    raised: whatever is wrong is among the verdict's `problems`.
    """
    document = Document.load(dialect)
    found = document.operations[operation]
    verdict = Verdict(status)
    verdict.problems += _status_problems(found, status)
    verdict.problems += _content_type_problems(dialect, content_type, status)
    try:
        payload = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        json.dumps(payload, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        verdict.problems.append(f"body: is no JSON ({error})")
        return verdict
    problems = document.problems(_schema_pointer(found, status), payload)
    problems += _envelope_problems(dialect, payload)
    verdict.is_usable = not problems
    verdict.problems += problems
    if verdict.is_usable:
        verdict.data = _unwrap(dialect, payload, status)
        verdict.problems += _sense_problems(dialect, verdict.data, status)
    return verdict


def event_problems(body: Any) -> list[str]:
    """Say what is wrong with the parsed body of an event, sync or agent typing.

    The list holds one sentence for each problem; it is empty if all is well.
    """
    return Document.load("events").problems(_EVENT, body)


def echo_problems(operation: str, request: Mapping[str, Any], data: Any) -> list[str]:
    """Say where a successful answer is not about what was asked for."""
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


def key_problems(dialect: Dialect, data: Any, path: str = "$") -> Iterator[str]:
    """Yield misspelled keys and empty messages anywhere in the data; events are as in REST."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from key_problems(dialect, item, f"{path}[{index}]")
    elif isinstance(data, dict):
        yield from _object_problems(dialect, data, path)
        for key, value in data.items():
            if key != "attributes":  # their keys are the helpdesk's own
                yield from key_problems(dialect, value, f"{path}.{key}")


def _status_problems(operation: Operation, status: int) -> list[str]:
    promised = operation.spec["responses"]
    if str(status) in promised or status >= 400:  # any error has the form of `default`
        return []
    allowed = ", ".join(sorted(code for code in promised if code.startswith("2")))
    return [f"status: {status} is not promised for {operation.name} ({allowed} is)"]


def _content_type_problems(dialect: Dialect, content_type: str, status: int) -> list[str]:
    expected = _PROBLEM if dialect == "rest" and status >= 400 else _JSON
    if content_type.partition(";")[0].strip().lower() == expected:
        return []
    return [f"content type: {content_type or 'none'} instead of {expected}"]


def _schema_pointer(operation: Operation, status: int) -> str:
    responses = operation.spec["responses"]
    success = next(code for code in responses if code.startswith("2"))
    code = str(status) if str(status) in responses else None
    chosen = code or (success if status < 400 else "default")
    response = responses[chosen]
    if "$ref" not in response:
        return f"{operation.pointer}/responses/{chosen}/content/application~1json/schema"
    pointer = str(response["$ref"]).removeprefix("#")
    media = "application~1problem+json" if pointer.endswith("/Problem") else "application~1json"
    return f"{pointer}/content/{media}/schema"


def _envelope_problems(dialect: Dialect, payload: Any) -> list[str]:
    if dialect == "rest" or not isinstance(payload, dict):
        return []
    if len(payload.keys() & {"data", "error"}) == 1:
        return []
    return ["$: exactly one of data and error must be present"]


def _unwrap(dialect: Dialect, payload: Any, status: int) -> Any:
    if dialect == "rest":
        return payload
    return payload["error" if status >= 400 else "data"]


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _sense_problems(dialect: Dialect, data: Any, status: int) -> list[str]:
    problems = list(key_problems(dialect, data))
    if status >= 400 and data["status"] != status:
        problems.append(f"$.status: the problem says {data['status']}, the answer {status}")
    return problems


def _object_problems(dialect: Dialect, data: dict[str, Any], path: str) -> Iterator[str]:
    for key in data:
        if not _SNAKE_CASE.fullmatch(key):
            yield f"{path}: the key {key} is not in snake_case"
    if _FOREIGN_ALIAS[dialect] in data:
        yield f"{path}: {_FOREIGN_ALIAS[dialect]} belongs to the other dialect"
    if "message_type" in data and not data.get("body") and not data.get("attachments"):
        yield f"{path}: a message has a body or attachments or both"
