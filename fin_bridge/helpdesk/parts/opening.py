"""The part of the text that opens a conversation and stands on its own row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from ...records import Attachment, NewMessage
from ..fields.bodies import Body
from ..fields.path import Field
from ..fields.values import Const
from ..reading.columns import Known, Shown
from ..writing import saving
from .messages import Messages
from .part import Context


class _Itself(Field):
    """The conversation, and so its customer."""

    def read(self, obj: Any) -> Any:
        """The row is the conversation's."""
        return obj


class Opening(Messages):
    """A virtual first message, by the conversation's customer unless `author` says otherwise."""

    author: Any = _Itself()
    visibility: Any = Const("public")
    prefix = "opening-"

    def bind(self, desk: Any) -> None:
        """A plain word for visibility is meant as such, not as a path."""
        if isinstance(self.visibility, str):
            self.visibility = Const(self.visibility)
        super().bind(desk)

    def matching(self, conversation: Any) -> dict[str, Any]:
        """The conversation's own row."""
        return {"pk": conversation.pk}

    def timeline(
        self, conversation: Any, since: datetime | None, known: Known, *, few: bool = False
    ) -> Iterator[Shown]:
        """One row at most; nothing is asked where the conversation was opened before."""
        if since is not None and self.read(conversation, "created_at") < since:
            return
        conversation_id = self.desk.conversations.id_of(conversation)
        for obj in self._rows(conversation):
            self.hang(obj, conversation)
            message = self.record(obj, conversation_id, known)
            yield self.read(obj, "created_at"), message, self, obj

    def _rows(self, conversation: Any) -> Iterable[Any]:
        """The conversation itself, unless it may be another row's, or left out."""
        same = type(conversation) is self.model_class and not self.is_filtered
        return [conversation] if same else self.of(conversation)

    def moment(self, conversation: Any, local_id: str) -> datetime | None:
        """When it was opened."""
        if self.key(local_id) != conversation.pk:
            return None
        moments = [self.read(obj, "created_at") for obj in self._rows(conversation)]
        return next(iter(moments), None)

    def hang(self, obj: Any, conversation: Any) -> None:
        """What is known of the conversation is known of its own row."""
        if "_fin_user" in conversation.__dict__:
            obj._fin_user = conversation._fin_user

    def conversation_id(self, obj: Any) -> str | None:
        """Its own."""
        return self.desk.conversations.id_of(obj)

    def accepts(self, new: NewMessage) -> bool:
        """Only with the conversation itself."""
        return False

    def takes(self, new: NewMessage) -> bool:
        """Whether a first message can stand there: a customer's, of its visibility, and whole."""
        own, body = self.fields["visibility"], self.fields.get("body")
        is_visible = not isinstance(own, Const) or own.value == new.visibility
        content = self.content(new)["body"]
        fits = not isinstance(body, Body) or len(body.pieces(content)) == 1
        return new.author.user_type == "end_user" and is_visible and fits

    def has_place_for(self, attachment: Attachment) -> bool:
        """Not yet: rows can hang on a conversation only once it is saved."""
        return False

    def put_into(self, conversation: Any, new: NewMessage, context: Context) -> None:
        """Set the opening text of a conversation that is about to be saved."""
        saving.write(self, conversation, "body", self.content(new)["body"], context)
