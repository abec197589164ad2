"""The part of the text that opens a conversation and stands on the conversation's own row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...records import Attachment, NewMessage
from ..fields.bodies import Body
from ..fields.path import Field
from ..fields.values import Const
from ..owner import Context, Desk
from ..writing import saving
from .messages import Messages


class _Conversation(Field):
    """The row itself, which is the conversation's: as an author, it means the customer."""

    def read(self, obj: Any) -> Any:
        return obj


class Opening(Messages):
    """A first message without a row of its own.

    It is public and by the conversation's customer unless `visibility` and `author` say otherwise.
    """

    author: Any = _Conversation()
    visibility: Any = Const("public")
    prefix = "opening-"

    def bind(self, desk: Desk) -> None:
        if isinstance(self.visibility, str):  # a plain word is meant as such, not as a path
            self.visibility = Const(self.visibility)
        super().bind(desk)

    def matching(self, conversation: Any) -> dict[str, Any]:
        return {"pk": conversation.pk}

    def rows(self, conversation: Any) -> Iterable[Any]:
        """Return the conversation itself, or the query for it where this part may leave it out."""
        same = type(conversation) is self.model_class and not self.is_filtered
        return [conversation] if same else self.in_conversation(conversation)

    def attach(self, obj: Any, conversation: Any) -> None:
        """Let the row know the visitor whom the conversation has looked up."""
        if "_fin_user" in conversation.__dict__:
            obj._fin_user = conversation._fin_user

    def conversation_id(self, obj: Any) -> str | None:
        return self.desk.conversations.id_of(obj)

    def accepts(self, new: NewMessage) -> bool:
        """Refuse every message: a text is put in only when the conversation is created."""
        return False

    def takes(self, new: NewMessage) -> bool:
        """Return whether a first message can stand here: a customer's, of fit length and kind."""
        visibility, body = self.fields["visibility"], self.fields.get("body")
        is_visible = not isinstance(visibility, Const) or visibility.value == new.visibility
        content = self.content(new)["body"]
        fits = not isinstance(body, Body) or len(body.pieces(content)) == 1
        return new.author.user_type == "end_user" and is_visible and fits

    def has_place_for(self, attachment: Attachment) -> bool:
        """Return False: a conversation that is not saved yet can have no rows of files."""
        return False

    def put_into(self, conversation: Any, new: NewMessage, context: Context) -> None:
        """Set the opening text of a conversation that is about to be saved."""
        saving.write(self, conversation, "body", self.content(new)["body"], context)
