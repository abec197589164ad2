"""The parts of the messages: replies, comments, notes."""

from __future__ import annotations

import html as markup
from typing import Any

from django.db import Error, models

from ...models import FinReference
from ...records import Agent, Attachment, EndUser, Message, NewMessage
from ..django.generic_keys import is_key, key
from ..django.inheritance import is_same
from ..fields import pictures
from ..fields.author import Author, Authors
from ..fields.bodies import Body
from ..fields.files import Files
from ..fields.path import Path
from ..fields.values import Const
from ..owner import Context
from ..text.html import is_blank
from ..writing import kept_messages, unread
from .part import Part


def plain_body(value: Any) -> Any:
    """Return a body that no descriptor of ours has read, or None for markup without a word."""
    return None if not value or is_blank(str(value)) else value


class Messages(Part):
    """Replies, comments, notes. A description has one such part for each table of them."""

    words = ("conversation", "author", "body", "visibility", "created_at", "attachments")
    kind = FinReference.Kind.MESSAGE

    conversation: Any = None
    author: Any = None
    body: Any = None
    visibility: Any = None
    created_at: Any = None
    attachments: Any = None

    prefix = ""
    """The text before each id: the ids of several parts of messages must differ."""

    def id_of_key(self, key: Any) -> str:
        return f"{self.prefix}{super().id_of_key(key)}"

    def key(self, local_id: str) -> Any | None:
        if not local_id.startswith(self.prefix):
            return None
        return super().key(local_id.removeprefix(self.prefix))

    def joins(self) -> set[str]:
        """Leave out the conversation and all that it leads to, which are at hand."""
        conversation = self.fields.get("conversation")
        if not isinstance(conversation, Path) or conversation.own is None:
            return super().joins()
        name = conversation.names[0]
        return {
            join for join in super().joins() if join != name and not join.startswith(f"{name}__")
        }

    def in_conversation(self, conversation: Any) -> models.QuerySet[Any]:
        """Return the messages of one conversation, in any order."""
        return self.joined().filter(**self.matching(conversation))

    def matching(self, conversation: Any) -> dict[str, Any]:
        """Return the condition of a query for the messages of one conversation."""
        return self.path("conversation").matching(conversation)

    def conversation_id(self, obj: Any) -> str | None:
        """Return the id of a message's conversation, without a query where the row has its key."""
        path, conversations = self.path("conversation"), self.desk.conversations
        relation: Any = path.own
        if is_key(relation):
            found = key(relation, obj, conversations.model_class)
        elif relation is not None and relation.target_field.primary_key:
            found = getattr(obj, relation.attname)
        else:
            conversation = path.read(obj)
            found = None if conversation is None else conversation.pk
        return None if found is None else conversations.id_of_key(found)

    def path(self, word: str) -> Path:
        """Return the path of a word that stands at one, as the system checks demand."""
        field = self.fields[word]
        assert isinstance(field, Path), f"{type(self).__name__}.{word} must be a path"
        return field

    def attach(self, obj: Any, conversation: Any) -> None:
        """Give a message its conversation, which is at hand and need not be loaded."""
        relation: Any = self.path("conversation").own
        if relation is not None and (
            is_key(relation) or is_same(type(conversation), relation.related_model)
        ):
            relation.set_cached_value(obj, conversation)

    def is_shown(self, obj: Any) -> bool:
        """Return whether a row is a message at all.

        A host may override it, for example where a change of status is a row too. It is given a
        row, and returns a bool.
        """
        return True

    def is_whole(self, obj: Any) -> bool:
        """Return whether nothing more of a message is to come.

        A host may override it, for example where files are stored long after their message. It is
        given a row, and returns a bool. Fin is not shown a message that is not whole, but told
        of the conversation again.
        """
        return True

    def is_answer(self, obj: Any) -> bool:
        """Return whether a public message without a known author answers a handover.

        A host overrides it where its staff may answer in a way that proves no author, such as by
        mail. It is given a row whose author Fin is shown as the helpdesk. It only decides whether
        people are alarmed that nobody has answered.
        """
        return False

    def redact(self, text: str) -> str:
        """Return the text of a message without what must not leave the company.

        A host may override it. It is given the text as HTML of Fin's tags, and returns such HTML.
        """
        return text

    def record(
        self, obj: Any, conversation_id: str, authors: Authors | None = None
    ) -> Message | None:
        """Return a message as Fin is shown it, or None for a row that Fin is not shown.

        That is a row without a time, or with neither text nor files, and one that `is_shown`
        leaves out. `authors` collects the authors of a conversation: none is looked at twice. A
        row at which the helpdesk's code or storage fails is left out as well, until it reads.
        """
        try:
            return self._record(obj, conversation_id, {} if authors is None else authors)
        except Error:
            raise
        except Exception:  # noqa: BLE001  # it is logged there
            unread.leave_out(type(self).__name__, self.id_of(obj), conversation_id)
            return None

    def reads(self, obj: Any) -> bool:
        """Return whether the helpdesk's code and storage do not fail at a message."""
        try:
            self._record(obj, "", {})
        except Error:
            raise
        except Exception:  # noqa: BLE001  # it was logged when the message was left out
            return False
        return True

    def _record(self, obj: Any, conversation_id: str, authors: Authors) -> Message | None:
        body = self._body(obj)
        attachments = tuple(self.read(obj, "attachments") or ())
        created_at = self.read(obj, "created_at")
        if not self.is_shown(obj) or created_at is None or not (body or attachments):
            return None
        return Message(
            id=self.id_of(obj),
            conversation_id=conversation_id,
            author=self._author(obj, authors),
            visibility=self.read(obj, "visibility") or "private",
            created_at=created_at,
            body=self.redact(pictures.with_files(body, attachments)) if body else None,
            attachments=attachments,
        )

    def _body(self, obj: Any) -> Any:
        body = self.read(obj, "body")
        is_ours = isinstance(self.fields.get("body"), Body) and not hasattr(self, "get_body")
        return body if is_ours else plain_body(body)

    def _author(self, obj: Any, authors: Authors) -> Agent | EndUser:
        field = self.fields.get("author")
        if not isinstance(field, Author) or field.decisive is None or hasattr(self, "get_author"):
            return self.desk.person(self.read(obj, "author"))
        key = self, field.decisive(obj)
        if key not in authors:
            authors[key] = field.read(obj)
        return authors[key]

    def accepts(self, new: NewMessage) -> bool:
        """Return whether a message of Fin's belongs into this table: some are for notes only."""
        visibility = self.fields.get("visibility")
        return not isinstance(visibility, Const) or visibility.value == new.visibility

    def create(self, conversation: Any, new: NewMessage, context: Context) -> tuple[Any, bool]:
        """Write a message of Fin's or of a customer's.

        A text that its column does not hold is split into several messages, which Fin is shown as
        one. A host may override it. It is given a conversation, the message, and for whom it is
        written. It returns the first saved object, and whether all stands as it was written, and
        may raise `RefusedError`. It raises `NotFoundError` for an author that there is not.
        """
        author = self.desk.named(new.author)
        content = self.content(new)
        body = self.fields.get("body")
        pieces = body.pieces(content["body"]) if isinstance(body, Body) else [content["body"]]
        values = {"conversation": conversation, "visibility": new.visibility, "author": author}
        obj = self.new(context)
        stands = self.put(obj, {**values, **content, "body": pieces[0]}, context)
        ids = [self.id_of(obj)]
        for piece in pieces[1:]:
            further = self.new(context)
            stands &= self.put(further, {**values, "body": piece}, context)
            ids.append(self.id_of(further))
        if len(ids) > 1:
            conversation_id = self.desk.conversations.id_of(conversation)
            kept_messages.join(context.integration, conversation_id, new, ids)
        return obj, stands

    def content(self, new: NewMessage) -> dict[str, Any]:
        """Return body and attachments, with links in the body for files that have no place."""
        placed = [file for file in new.attachments if self.has_place_for(file)]
        links = [_link(file) for file in new.attachments if file not in placed]
        content = {"body": "".join([new.body or "", *links])}
        return {**content, "attachments": placed} if placed else content

    def has_place_for(self, attachment: Attachment) -> bool:
        """Return whether a file can be stored as a row of its own."""
        files = self.fields.get("attachments")
        return isinstance(files, Files) and files.takes(attachment)


def _link(attachment: Attachment) -> str:
    url, filename = markup.escape(attachment.url), markup.escape(attachment.filename)
    return f'<p><a href="{url}">{filename}</a></p>'
