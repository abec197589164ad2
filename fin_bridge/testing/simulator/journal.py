"""The simulator's journal: what it was sent, what it asked, and what was wrong with either."""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

_SECRET_HEADERS = {"x-webhook-key", "authorization", "cookie"}


def now() -> datetime:
    """Return the present time in UTC, for an entry."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Post:
    """A request to the events endpoint, and the status that it was answered with.

    `headers` are found in any case, `body` is raw, and `at` is in UTC.
    """

    at: datetime
    integration_id: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    payload: Any = None
    """The parsed body; None if it is not JSON."""
    problem: str = ""
    """The reason why it was refused, empty if it was not."""

    @property
    def kind(self) -> Literal["sync", "typing", "unknown"]:
        """Return the kind of event that the body says."""
        if not isinstance(self.payload, dict):
            return "unknown"
        return "typing" if self.payload.get("event_type") == "agent_typing" else "sync"

    def as_json_line(self) -> str:
        """Return the post as a line of JSON, without the key and other secrets."""
        headers = {
            name: "…" if name.lower() in _SECRET_HEADERS else value
            for name, value in self.headers.items()
        }
        entry = {
            "at": self.at.isoformat(),
            "integration_id": self.integration_id,
            "kind": self.kind,
            "status": self.status,
            "problem": self.problem,
            "headers": headers,
            "body": self.body.decode("utf-8", "replace"),
        }
        return json.dumps(entry) + "\n"


@dataclass(frozen=True)
class Call:
    """A request of Fin to the helpdesk; `status` is None if no answer came.

    `operation` is named in snake_case, `values` are what was asked, `seconds` is how long it took,
    `problems` says what breaks the contract, and `error` why no answer came.
    """

    at: datetime
    operation: str
    values: Mapping[str, Any]
    status: int | None
    seconds: float
    problems: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Violation:
    """A breach of the contract; `where` is an operation, `event` or `token`."""

    at: datetime
    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass(frozen=True)
class Note:
    """Something that happened to a synchronisation, for whoever watches."""

    at: datetime
    text: str


@dataclass
class Journal:
    """The entries in the order of arrival; any thread may add some.

    With a path each post is also one line of JSON there, on the disk before it is answered.
    """

    path: Path | None = None
    posts: list[Post] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)

    def add_post(self, post: Post) -> None:
        """Note a request to the events endpoint, on disk too if there is a path."""
        with self._lock:
            self.posts.append(post)
            if self.path is not None:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(post.as_json_line())
                    file.flush()
                    os.fsync(file.fileno())

    def add_call(self, call: Call) -> None:
        """Note a call, and each problem of its answer as a violation."""
        self.calls.append(call)
        for problem in call.problems:
            self.add_violation(call.operation, problem)

    def add_violation(self, where: str, problem: str) -> None:
        self.violations.append(Violation(now(), where, problem))

    def add_note(self, text: str) -> None:
        self.notes.append(Note(now(), text))
