"""The input of each operation, as serializers: what they have validated is a record or an id.

A field of the wrong type is refused, never converted; fields that are not named are ignored.
"""

from __future__ import annotations

import mimetypes
import posixpath
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from rest_framework import serializers

from ... import records
from .fields import Attributes, Hint, Id, Text, moment


class GetAgents(serializers.Serializer[Any]):
    """The input of `get_agents`, which names nothing."""


class GetUser(serializers.Serializer[Any]):
    """The input of `get_user`: an id."""

    user_id = Id()

    def validate(self, attrs: Any) -> str:
        return str(attrs["user_id"])


class UpdateUser(serializers.Serializer[Any]):
    """The input of `update_user`: an id, and attributes to be merged."""

    user_id = Id()
    attributes = Attributes(required=False)

    def validate(self, attrs: Any) -> records.NewEndUser:
        return records.NewEndUser(id=attrs["user_id"], attributes=attrs.get("attributes", {}))


class CreateUser(serializers.Serializer[Any]):
    """The input of `create_user`, under Fin's own id."""

    object_id = Id()
    name = Text(required=False, allow_null=True)
    email = Text(required=False, allow_null=True)

    def validate(self, attrs: Any) -> records.NewEndUser:
        return records.NewEndUser(**attrs)


class GetConversation(serializers.Serializer[Any]):
    """The input of `get_conversation`: an id."""

    conversation_id = Id()

    def validate(self, attrs: Any) -> str:
        return str(attrs["conversation_id"])


class User(serializers.Serializer[Any]):
    """An end user of the POST-only dialect; the id is ours, or Fin's of one that is new to us."""

    id = Id()
    user_type = serializers.ChoiceField(["end_user"], required=False)
    name = Text(required=False, allow_null=True)
    email = Text(required=False, allow_null=True)
    photo_url = Text(required=False, allow_null=True)
    attributes = Attributes(required=False, allow_null=True)

    def validate(self, attrs: Any) -> records.NewEndUser:
        return records.NewEndUser(
            id=attrs["id"],
            object_id=attrs["id"],
            name=attrs.get("name"),
            email=attrs.get("email"),
            photo_url=attrs.get("photo_url"),
            attributes=attrs.get("attributes") or {},
        )


class UpdateConversation(serializers.Serializer[Any]):
    """The input of `update_conversation`; an absent key means unchanged, null does not."""

    conversation_id = Id()
    title = Text(required=False, allow_null=True)
    tags = serializers.ListField(child=Text(), required=False)
    attributes = Attributes(required=False)
    status = serializers.ChoiceField(records.STATUSES, required=False)
    assignee_id = Id(required=False, allow_null=True)
    last_user_read_at = moment(required=False, allow_null=True)

    def validate(self, attrs: Any) -> tuple[str, records.ConversationChanges]:
        return attrs.pop("conversation_id"), records.ConversationChanges(**attrs)


class UpdateConversationAndUser(UpdateConversation):
    """The input of the POST-only dialect's update, which tells of the end user as well."""

    user = User(required=False)


class Attachment(serializers.Serializer[Any]):
    """A file of a message: its address, of which nothing is ever fetched."""

    url = Text()
    filetype = Text(required=False)
    filename = Text(required=False)

    def validate_url(self, value: str) -> str:
        # The contract asks for https. A space or a quote is not refused, but percent-encoded.
        if not value.startswith("https://") or not _has_parts(value):
            raise serializers.ValidationError("Must be an https:// address with a host.")
        return quote(value, safe="%/:?#[]@!$&'()*+,;=~")

    def validate(self, attrs: Any) -> records.Attachment:
        # A name and a type that are not given are taken from the address.
        path = unquote(urlsplit(attrs["url"]).path, errors="replace")
        filename = attrs.get("filename") or posixpath.basename(path) or "file"
        guessed = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        return records.Attachment(
            url=attrs["url"], filetype=attrs.get("filetype") or guessed, filename=filename
        )


def _has_parts(address: str) -> bool:
    try:  # Python does not split every address
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


class Author(serializers.Serializer[Any]):
    """The author of a message; only the id and the type count."""

    id = Id()
    user_type = serializers.ChoiceField(["end_user", "agent"])
    name = Hint(required=False, allow_null=True)
    email = Hint(required=False, allow_null=True)
    photo_url = Hint(required=False, allow_null=True)

    def validate(self, attrs: Any) -> records.AuthorReference:
        return records.AuthorReference(id=attrs["id"], user_type=attrs["user_type"])


class Message(serializers.Serializer[Any]):
    """The fields that a first message and a later one have in common."""

    object_id = Id()
    message_type = serializers.ChoiceField(["comment"], required=False)
    author = Author()
    body = Text(required=False, allow_null=True)
    visibility = serializers.ChoiceField(["public", "private"], default="public")
    created_at = moment(required=False)
    attachments = serializers.ListField(child=Attachment(), required=False)

    def message(self, attrs: Any) -> records.NewMessage:
        """Return the record; raise `ValidationError` for a message that says nothing."""
        if not attrs.get("body") and not attrs.get("attachments"):
            raise serializers.ValidationError({"body": "A message has a body or attachments."})
        return records.NewMessage(
            object_id=attrs["object_id"],
            author=attrs["author"],
            body=attrs.get("body"),
            visibility=attrs["visibility"],
            attachments=attrs.get("attachments", ()),
            created_at=attrs.get("created_at"),
        )


class InitialMessage(Message):
    """A conversation's first message; attributes with it are the conversation's."""

    attributes = Attributes(required=False)

    def validate(self, attrs: Any) -> tuple[records.NewMessage, Mapping[str, Any]]:
        return self.message(attrs), attrs.get("attributes", {})


class _CreateConversation(serializers.Serializer[Any]):
    object_id = Id()
    title = Text(required=False, allow_null=True)
    attributes = Attributes(required=False)
    initial_message = InitialMessage()

    def conversation(self, attrs: Any, user: records.NewEndUser) -> records.NewConversation:
        """Return the record, with the attributes of the conversation and its message."""
        message, attributes = attrs["initial_message"]
        return records.NewConversation(
            object_id=attrs["object_id"],
            user=user,
            message=message,
            title=attrs.get("title"),
            attributes={**attributes, **attrs.get("attributes", {})},
        )


class CreateConversation(_CreateConversation):
    """The input of the REST dialect's `create_conversation`: its end user exists already."""

    user_id = Id()

    def validate(self, attrs: Any) -> records.NewConversation:
        return self.conversation(attrs, records.NewEndUser(id=attrs["user_id"]))


class CreateConversationAndUser(_CreateConversation):
    """The input of the POST-only dialect's `create_conversation`: its end user may be new."""

    user = User()

    def validate(self, attrs: Any) -> records.NewConversation:
        return self.conversation(attrs, attrs["user"])


class GetMessages(serializers.Serializer[Any]):
    """The input of `get_messages`: a conversation, and the last message that Fin has seen."""

    conversation_id = Id()
    after_id = Hint(required=False, allow_null=True)

    def validate(self, attrs: Any) -> tuple[str, str]:
        return attrs["conversation_id"], attrs.get("after_id") or ""


class CreateMessage(Message):
    """The input of `create_message`: a conversation, and the message."""

    conversation_id = Id()

    def validate(self, attrs: Any) -> tuple[str, records.NewMessage]:
        return attrs["conversation_id"], self.message(attrs)
