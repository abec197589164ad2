"""The words that all sides speak: what a helpdesk shows, and what Fin asks it to write.

Records are frozen and know nothing of Django, of the helpdesk's models, or of Fin's JSON. Ids are
opaque strings. Times are aware and in UTC.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

Status = Literal["open", "resolved", "closed", "ended"]
Visibility = Literal["public", "private"]
UserType = Literal["end_user", "agent"]

STATUSES: Final[tuple[Status, ...]] = ("open", "resolved", "closed", "ended")


class Unchanged(enum.Enum):
    """The type of `UNCHANGED`. Being an enum, it can be narrowed away by type checkers."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED
"""The value for an absent key; null means something else (contract, section 2)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message. `url` is an https address, `filetype` a media type."""

    url: str
    filetype: str
    filename: str


@dataclass(frozen=True, slots=True)
class EndUser:
    """A customer, with what the helpdesk knows of them."""

    id: str
    name: str | None = None
    email: str | None = None
    photo_url: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """A member of the staff, of whom Fin's own account is one."""

    id: str
    name: str | None = None
    email: str | None = None
    photo_url: str | None = None
    alias: str | None = None


UNKNOWN_AUTHOR: Final = Agent(id="unknown", name="Helpdesk")
"""The author of a message that no rule places: an auto-reply is no customer's word."""

UNKNOWN_END_USER: Final = EndUser(id="unknown")
"""The user of a conversation of which the helpdesk knows no customer."""


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
    """A message in a conversation. `body` is HTML of Fin's tags."""

    id: str
    conversation_id: str
    author: EndUser | Agent
    visibility: Visibility
    created_at: datetime
    body: str | None = None
    attachments: Sequence[Attachment] = ()


class Shown(NamedTuple):
    """A message of a conversation's timeline.

    `is_whole` is False while more of the message is to come, such as a file.
    """

    created_at: datetime
    message: Message
    is_whole: bool


@dataclass(frozen=True, slots=True)
class NewEndUser:
    """An end user whom Fin creates or names. `id` is empty if Fin does not know the helpdesk's."""

    id: str = ""
    object_id: str = ""
    name: str | None = None
    email: str | None = None
    photo_url: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuthorReference:
    """The author of a message, as Fin names them."""

    id: str
    user_type: UserType


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that Fin writes. `object_id` is Fin's own id, the idempotency key."""

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
    """Fin's changes at the end of a sync. Whatever Fin did not name is `UNCHANGED`."""

    title: str | Unchanged | None = UNCHANGED
    tags: Sequence[str] | Unchanged = UNCHANGED
    attributes: Mapping[str, Any] | Unchanged = UNCHANGED
    status: Status | Unchanged = UNCHANGED
    assignee_id: str | Unchanged | None = UNCHANGED
    last_user_read_at: datetime | Unchanged | None = UNCHANGED
    user: NewEndUser | Unchanged = UNCHANGED
