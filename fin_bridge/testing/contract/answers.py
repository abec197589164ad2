"""Checks of a helpdesk's answer to Fin: status, content type, envelope, schema, sense."""

import json
from dataclasses import dataclass, field
from typing import Any

from .documents import Dialect, Document, Operation
from .schema import schema_problems
from .sense import sense_problems

_JSON = "application/json"
_PROBLEM = "application/problem+json"


@dataclass
class Verdict:
    """An answer as Fin understands it: `data` is what it says, without the envelope."""

    status: int
    data: Any = None
    problems: list[str] = field(default_factory=list)
    is_usable: bool = False
    """Whether the data has the promised shape; any other problem is one of form."""

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300


def check_answer(
    dialect: Dialect, operation: str, *, status: int, content_type: str, body: bytes
) -> Verdict:
    """Judge the answer to an operation by the dialect's document and the contract's prose."""
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
    problems = schema_problems(document, _schema_pointer(found, status), payload)
    problems += _envelope_problems(dialect, payload)
    verdict.is_usable = not problems
    verdict.problems += problems
    if verdict.is_usable:
        verdict.data = _unwrap(dialect, payload, status)
        verdict.problems += sense_problems(dialect, verdict.data, status)
    return verdict


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
    """The schema of the answer; one for a success even if it comes with a wrong 2xx."""
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
