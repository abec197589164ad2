"""The words that all sides speak: what a helpdesk shows, and what Fin asks it to write.

Frozen and free of Django: the helpdesk's models never leak past the port, Fin's JSON never leaks
through it. Ids are opaque strings; times are aware and in UTC.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

Status = Literal["open", "resolved", "closed", "ended"]
Visibility = Literal["public", "private"]
UserType = Literal["end_user", "agent"]

STATUSES: Final[tuple[Status, ...]] = ("open", "resolved", "closed", "ended")


class Unchanged(enum.Enum):
    """The type of `UNCHANGED`; an enum, so that type checkers can narrow it away."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
"""An absent key: null means something else (contract, section 2)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; `url` is https, `filetype` a media type."""

    url: str
    filetype: str
    filename: str


@dataclass(frozen=True, slots=True)
class EndUser:
    """A customer."""

    id: str
    name: str | None = None
    email: str | None = None
    photo_url: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody of the staff, or Fin's own account among them."""

    id: str
    name: str | None = None
    email: str | None = None
    photo_url: str | None = None
    alias: str | None = None


UNKNOWN_AUTHOR: Final = Agent(id="unknown", name="Helpdesk")
"""Who wrote what no rule places: never the customer (an auto-reply is no customer's word)."""

UNKNOWN_END_USER: Final = EndUser(id="unknown")
"""Whose a conversation is as long as the helpdesk does not say."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A ticket, a case, a chat: whatever the helpdesk calls it."""

    id: str
    status: Status
    user: EndUser
    created_at: datetime
    updated_at: datetime
    title: str | None = None
    tags: Sequence[str] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    assignee: Agent | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A comment in a conversation; `body` is HTML of Fin's tags."""

    id: str
    conversation_id: str
    author: EndUser | Agent
    visibility: Visibility
    created_at: datetime
    body: str | None = None
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class NewEndUser:
    """An end user that Fin asks for, or names; `id` is empty where Fin has none of ours."""

    id: str = ""
    object_id: str = ""
    name: str | None = None
    email: str | None = None
    photo_url: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuthorReference:
    """Whom Fin names as the author of a message."""

    id: str
    user_type: UserType


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that Fin writes; `object_id` is Fin's own id, the idempotency key."""

    object_id: str
    author: AuthorReference
    body: str | None = None
    visibility: Visibility = "public"
    attachments: Sequence[Attachment] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewConversation:
    """A conversation that Fin opens, with its first message."""

    object_id: str
    user: NewEndUser
    message: NewMessage
    title: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConversationChanges:
    """What Fin derived at the end of a sync; whatever it did not name is `UNCHANGED`."""

    title: str | Unchanged | None = UNCHANGED
    tags: Sequence[str] | Unchanged = UNCHANGED
    attributes: Mapping[str, Any] | Unchanged = UNCHANGED
    status: Status | Unchanged = UNCHANGED
    assignee_id: str | Unchanged | None = UNCHANGED
    last_user_read_at: datetime | Unchanged | None = UNCHANGED
    user: NewEndUser | Unchanged = UNCHANGED
