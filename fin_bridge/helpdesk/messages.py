"""The part of messages: replies, comments, notes."""

from __future__ import annotations

import html as markup
from collections.abc import Hashable, Iterator
from datetime import datetime
from typing import Any

from django.db import models

from ..models import FinReference
from ..records import Agent, Attachment, EndUser, Message, NewMessage
from . import kept_messages
from .author import Author
from .beside import Beside
from .bodies import Body
from .family import is_same
from .fields import Const
from .files import Files
from .generic import is_key, key
from .moments import stored
from .parts import Context, Part
from .paths import Path, joining

Known = dict[Hashable, Agent | EndUser]
"""Who the authors of one conversation's messages are, by what decides it."""


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
        return f"{self.prefix}{super().id_of(obj)}"

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
        return self._path("conversation").matching(conversation)

    def conversation_id(self, obj: Any) -> str | None:
        """Whose message it is; without a query where the key stands in the message's own row."""
        path, conversations = self._path("conversation"), self.desk.conversations
        own: Any = path.own
        if is_key(own):
            found = key(own, obj, conversations.model_class)
        elif own is not None and own.target_field.primary_key:
            found = getattr(obj, own.attname)
        else:
            conversation = path.read(obj)
            found = None if conversation is None else conversation.pk
        return None if found is None else conversations.spelled(found)

    def _path(self, word: str) -> Path:
        field = self.fields[word]
        assert isinstance(field, Path), f"{type(self).__name__}.{word} must be a path"
        return field

    def timeline(self, conversation: Any, since: datetime | None) -> Iterator[tuple[Any, Any]]:
        """`(created_at, obj)`, oldest first, since a moment if one is given."""
        path = self._path("created_at")
        messages = self.queryset().filter(**self.matching(conversation))
        if since is not None:
            messages = messages.filter(**{f"{path.lookup}__gte": stored(since)})
        beside = None
        # So many at once that what is prefetched takes a constant number of queries.
        for obj in self._bare(messages).order_by(path.lookup, "pk").iterator(chunk_size=10_000):
            beside = beside or Beside.of(messages, self._relations(), self._files())
            beside.hang(obj)
            self._hang(obj, conversation)
            yield self.read(obj, "created_at"), obj

    def _bare(self, messages: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """With what they need and is not loaded beside them."""
        people, files = {relation.name for relation in self._relations()}, self._files()
        joins = {join for join in self.joins() if join.partition("__")[0] not in people}
        fields = [field for field in self.fields.values() if field not in files]
        prefetches = [fetch for field in fields for fetch in field.prefetches()]
        return joining(messages, joins).prefetch_related(*prefetches)

    def _relations(self) -> dict[Any, set[str]]:
        """Those to the authors, each with what is joined to them."""
        author = self.fields.get("author")
        first = {path.names[0] for path in author.paths()} if author else set()
        relations: dict[Any, set[str]] = {}
        for join in self.joins():
            name, _, beyond = join.partition("__")
            relation = self.model_class._meta.get_field(name)
            if name in first and relation.many_to_one:
                relations.setdefault(relation, set()).update({beyond} - {""})
        return relations

    def _files(self) -> list[Files]:
        return [
            field for field in self.fields.values() if isinstance(field, Files) and field.by_key
        ]

    def _hang(self, obj: Any, conversation: Any) -> None:
        """Spare the message the way to its conversation, and to all that lies behind it."""
        own: Any = self._path("conversation").own
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
        """As Fin is shown it; None for a row that has neither text nor files.

        With who is known already, nobody is looked at twice.
        """
        body = self.read(obj, "body")
        attachments = tuple(self.read(obj, "attachments") or ())
        if not self.is_shown(obj) or not (body or attachments):
            return None
        return Message(
            id=self.id_of(obj),
            conversation_id=conversation_id,
            author=self._author(obj, {} if known is None else known),
            visibility=self.read(obj, "visibility") or "private",
            created_at=self.read(obj, "created_at"),
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
