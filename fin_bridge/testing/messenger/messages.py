"""Public messages of the Messenger, and their HTML: made of text, read as text, cleaned."""

import html
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import nh3

_SHOWN = {"p", "h1", "h2", "b", "i", "a", "img", "br", "code", "ul", "ol", "li"}
_SMALL_HEADINGS = {"h3", "h4", "h5", "h6"}
_BLOCK_END = re.compile(r"<br\s*/?>|</(?:p|h[1-6]|li|ul|ol)>", re.IGNORECASE)


class State(StrEnum):
    """The states of a message on its way to the helpdesk."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(eq=False)
class Message:
    """A public message; `author` and `attachments` are as the contract has them.

    `body` is HTML, `created_at` a time in UTC, and `id` the helpdesk's, None until it is known.
    """

    author: Mapping[str, Any]
    body: str
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    attachments: list[dict[str, Any]] = field(default_factory=list)
    alias: str | None = None
    id: str | None = None
    state: State = State.SENDING
    is_answered: bool = False
    object_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def from_helpdesk(cls, pulled: Mapping[str, Any], alias: str | None) -> "Message":
        return cls(
            author=pulled["author"],
            body=pulled.get("body") or "",
            created_at=datetime.fromisoformat(pulled["created_at"]),
            attachments=pulled.get("attachments") or [],
            alias=alias,
            id=pulled["id"],
            state=State.SENT,
        )

    @property
    def is_by_customer(self) -> bool:
        """Tell whether an end user wrote it."""
        return bool(self.author["user_type"] == "end_user")

    @property
    def author_name(self) -> str:
        """Return the name that the customer sees."""
        return self.alias or self.author.get("name") or "Support"

    @property
    def text(self) -> str:
        """Return the body without its tags."""
        return text_of(self.body)

    def as_input(self, author: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {
            "message_type": "comment",
            "author": dict(author),
            "visibility": "public",
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
            "object_id": self.object_id,
        }
        if self.body:
            values["body"] = self.body
        if self.attachments:
            values["attachments"] = self.attachments
        return values

    def stored(self, answer: Mapping[str, Any]) -> None:
        self.id, self.state = answer["id"], State.SENT
        self.created_at = datetime.fromisoformat(answer["created_at"])


def html_of(text: str) -> str:
    """Make paragraphs of what somebody typed; an empty line divides them."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    lines = (html.escape(paragraph, quote=False) for paragraph in paragraphs)
    return "".join(f"<p>{line.replace(chr(10), '<br>')}</p>" for line in lines if line)


def text_of(markup: str) -> str:
    """Return what a reader sees, a line for each block."""
    text = html.unescape(nh3.clean(_BLOCK_END.sub("\n", markup), tags=set()))
    return re.sub(r"\n\s*\n+", "\n", text).strip()


def html_for_page(markup: str, map_url: Callable[[str], str]) -> str:
    """Clean it for the page: only the tags that Fin shows, with its addresses mapped."""

    def mapped(tag: str, attribute: str, value: str) -> str:
        return map_url(value) if attribute in {"href", "src"} else value

    cleaned = nh3.clean(
        markup,
        tags=_SHOWN | _SMALL_HEADINGS,
        attributes={"a": {"href"}, "img": {"src", "alt"}, "*": set()},
        attribute_filter=mapped,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
    )
    return re.sub(r"(</?)h[3-6]>", r"\1h2>", cleaned)
