"""The part of messages: replies, comments, notes."""

from __future__ import annotations

import html as markup
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models

from ...models import FinReference
from ...records import Agent, Attachment, EndUser, Message, NewMessage
from ..django.generic_keys import is_key, key
from ..django.inheritance import is_same
from ..fields.author import Author
from ..fields.bodies import Body
from ..fields.files import Files
from ..fields.path import Path
from ..fields.values import Const
from ..reading import one_table
from ..reading.columns import Known, Shown
from ..writing import kept_messages
from .part import Context, Part


class Messages(Part):
    """Replies, comments, notes; one part for each table of them."""

    words = ("conversation", "author", "body", "visibility", "created_at", "attachments")
    kind = FinReference.Kind.MESSAGE

    conversation: Any = None
    author: Any = None
    body: Any = None
    visibility: Any = None
    created_at: Any = None
    attachments: Any = None

    prefix = ""
    """Put before its ids, so that those of several message tables differ."""

    def id_of(self, obj: Any) -> str:
        """With the prefix."""
        return self.named(obj.pk)

    def named(self, key: Any) -> str:
        """The id of the message of that key."""
        return f"{self.prefix}{self.spelled(key)}"

    def key(self, local_id: str) -> Any | None:
        """Without the prefix."""
        mine = local_id.startswith(self.prefix)
        return super().key(local_id.removeprefix(self.prefix)) if mine else None

    def joins(self) -> set[str]:
        """Not the conversation's own, nor what lies behind it: that is at hand."""
        own = self.fields.get("conversation")
        if not isinstance(own, Path) or own.own is None:
            return super().joins()
        name = own.names[0]
        return {
            join for join in super().joins() if join != name and not join.startswith(f"{name}__")
        }

    def of(self, conversation: Any) -> models.QuerySet[Any]:
        """Those of one conversation, unordered."""
        return self.joined().filter(**self.matching(conversation))

    def matching(self, conversation: Any) -> dict[str, Any]:
        """The condition of a query for them."""
        return self.path("conversation").matching(conversation)

    def conversation_id(self, obj: Any) -> str | None:
        """Whose message it is; without a query where the key stands in the message's own row."""
        path, conversations = self.path("conversation"), self.desk.conversations
        own: Any = path.own
        if is_key(own):
            found = key(own, obj, conversations.model_class)
        elif own is not None and own.target_field.primary_key:
            found = getattr(obj, own.attname)
        else:
            conversation = path.read(obj)
            found = None if conversation is None else conversation.pk
        return None if found is None else conversations.spelled(found)

    def path(self, word: str) -> Path:
        """That of a word that must be one."""
        field = self.fields[word]
        assert isinstance(field, Path), f"{type(self).__name__}.{word} must be a path"
        return field

    def timeline(
        self, conversation: Any, since: datetime | None, known: Known, *, few: bool = False
    ) -> Iterator[Shown]:
        """Oldest first, since a moment if one is given; `few` says that there may well be few."""
        return one_table.shown(self, conversation, since, known, few=few)

    def moment(self, conversation: Any, local_id: str) -> datetime | None:
        """When a message of the conversation was created; None for an id that is none of its."""
        key = self.key(local_id)
        return None if key is None else one_table.moment(self, conversation, key)

    def hang(self, obj: Any, conversation: Any) -> None:
        """Spare the message the way to its conversation, and to all that lies behind it."""
        own: Any = self.path("conversation").own
        if own is not None and (is_key(own) or is_same(type(conversation), own.related_model)):
            own.set_cached_value(obj, conversation)

    def is_shown(self, obj: Any) -> bool:
        """Whether it is a message at all: many helpdesks write rows for a change of status."""
        return True

    def is_whole(self, obj: Any) -> bool:
        """Whether nothing more of it is to come, such as a file that is stored after its text."""
        return True

    def redact(self, text: str) -> str:
        """The hook for what must not leave the company, such as numbers of cards."""
        return text

    def record(self, obj: Any, conversation_id: str, known: Known | None = None) -> Message | None:
        """As Fin is shown it; None for a row that has no time, or neither text nor files.

        With who is known already, nobody is looked at twice.
        """
        body = self.read(obj, "body")
        attachments = tuple(self.read(obj, "attachments") or ())
        created_at = self.read(obj, "created_at")
        if not self.is_shown(obj) or created_at is None or not (body or attachments):
            return None
        return Message(
            id=self.id_of(obj),
            conversation_id=conversation_id,
            author=self._author(obj, {} if known is None else known),
            visibility=self.read(obj, "visibility") or "private",
            created_at=created_at,
            body=self.redact(body) if body else None,
            attachments=attachments,
        )

    def _author(self, obj: Any, known: Known) -> Agent | EndUser:
        field = self.fields.get("author")
        if not isinstance(field, Author) or field.decisive is None or hasattr(self, "get_author"):
            return self.desk.person(self.read(obj, "author"))
        key = self, field.decisive(obj)
        if key not in known:
            known[key] = field.read(obj)
        return known[key]

    def accepts(self, new: NewMessage) -> bool:
        """Whether a message of Fin's belongs into this table: a part may hold notes only."""
        visibility = self.fields.get("visibility")
        return not isinstance(visibility, Const) or visibility.value == new.visibility

    def create(self, conversation: Any, new: NewMessage, context: Context) -> tuple[Any, bool]:
        """Write Fin's message; the object, and whether it stands as written.

        One that its column does not hold becomes several, which Fin is shown as one.
        """
        author = self.desk.named(new.author)
        content = self.content(new)
        body = self.fields.get("body")
        pieces = body.pieces(content["body"]) if isinstance(body, Body) else [content["body"]]
        values = {"conversation": conversation, "visibility": new.visibility, "author": author}
        obj = self.new(context)
        stands = self.put(obj, {**values, **content, "body": pieces[0]}, context)
        rest = []
        for piece in pieces[1:]:
            more = self.new(context)
            stands &= self.put(more, {**values, "body": piece}, context)
            rest.append(self.id_of(more))
        if rest:
            ids = [self.id_of(obj), *rest]
            conversation_id = self.desk.conversations.id_of(conversation)
            kept_messages.join(context.integration, conversation_id, new, ids)
        return obj, stands

    def content(self, new: NewMessage) -> dict[str, Any]:
        """Body and attachments; as links in the body where there is no place for them."""
        placed = [one for one in new.attachments if self.has_place_for(one)]
        links = [_link(one) for one in new.attachments if one not in placed]
        content = {"body": "".join([new.body or "", *links])}
        return {**content, "attachments": placed} if placed else content

    def has_place_for(self, attachment: Attachment) -> bool:
        """Whether it can be stored as a row of its own."""
        files = self.fields.get("attachments")
        return isinstance(files, Files) and files.takes(attachment)


def _link(attachment: Attachment) -> str:
    url, filename = markup.escape(attachment.url), markup.escape(attachment.filename)
    return f'<p><a href="{url}">{filename}</a></p>'
