"""What Fin may ask for: each operation's input, checked; validated, it is a record.

A field of the wrong type is refused, never converted; what is not named here is ignored.
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
    """Nothing is asked."""


class GetUser(serializers.Serializer[Any]):
    """Which end user."""

    user_id = Id()

    def validate(self, attrs: Any) -> str:
        """The id."""
        return str(attrs["user_id"])


class UpdateUser(serializers.Serializer[Any]):
    """Which, and what is new about their attributes."""

    user_id = Id()
    attributes = Attributes(required=False)

    def validate(self, attrs: Any) -> records.NewEndUser:
        """The id, and the attributes to be merged."""
        return records.NewEndUser(id=attrs["user_id"], attributes=attrs.get("attributes", {}))


class CreateUser(serializers.Serializer[Any]):
    """Somebody who is new to Fin."""

    object_id = Id()
    name = Text(required=False, allow_null=True)
    email = Text(required=False, allow_null=True)

    def validate(self, attrs: Any) -> records.NewEndUser:
        """Under Fin's own id."""
        return records.NewEndUser(**attrs)


class GetConversation(serializers.Serializer[Any]):
    """Which conversation."""

    conversation_id = Id()

    def validate(self, attrs: Any) -> str:
        """The id."""
        return str(attrs["conversation_id"])


class User(serializers.Serializer[Any]):
    """An end user as the POST-only dialect names one."""

    id = Id()
    user_type = serializers.ChoiceField(["end_user"], required=False)
    name = Text(required=False, allow_null=True)
    email = Text(required=False, allow_null=True)
    photo_url = Text(required=False, allow_null=True)
    attributes = Attributes(required=False, allow_null=True)

    def validate(self, attrs: Any) -> records.NewEndUser:
        """The id may be ours, or Fin's own where we have not seen them yet."""
        return records.NewEndUser(
            id=attrs["id"],
            object_id=attrs["id"],
            name=attrs.get("name"),
            email=attrs.get("email"),
            photo_url=attrs.get("photo_url"),
            attributes=attrs.get("attributes") or {},
        )


class UpdateConversation(serializers.Serializer[Any]):
    """What Fin derived; an absent key means unchanged, null does not."""

    conversation_id = Id()
    title = Text(required=False, allow_null=True)
    tags = serializers.ListField(child=Text(), required=False)
    attributes = Attributes(required=False)
    status = serializers.ChoiceField(records.STATUSES, required=False)
    assignee_id = Id(required=False, allow_null=True)
    last_user_read_at = moment(required=False, allow_null=True)

    def validate(self, attrs: Any) -> tuple[str, records.ConversationChanges]:
        """Which conversation, and the changes."""
        return attrs.pop("conversation_id"), records.ConversationChanges(**attrs)


class UpdateConversationAndUser(UpdateConversation):
    """The POST-only dialect's, which tells of the end user too."""

    user = User(required=False)


class Attachment(serializers.Serializer[Any]):
    """A link to a file."""

    url = Text()
    filetype = Text(required=False)
    filename = Text(required=False)

    def validate_url(self, value: str) -> str:
        """Only https, as the contract has it; nothing is ever fetched from it.

        A space or a quote in it is spelled as an address may hold it, not refused.
        """
        if not value.startswith("https://") or not _has_parts(value):
            raise serializers.ValidationError("Must be an https:// address with a host.")
        return quote(value, safe="%/:?#[]@!$&'()*+,;=~")

    def validate(self, attrs: Any) -> records.Attachment:
        """What is not said is told from the address."""
        path = unquote(urlsplit(attrs["url"]).path, errors="replace")
        filename = attrs.get("filename") or posixpath.basename(path) or "file"
        guessed = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        return records.Attachment(
            url=attrs["url"], filetype=attrs.get("filetype") or guessed, filename=filename
        )


def _has_parts(address: str) -> bool:
    """Python splits no address whose host is half an IPv6 one, or hides a slash (NFKC)."""
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


class Author(serializers.Serializer[Any]):
    """Whom Fin names as the author; only who it is counts, not what they are called."""

    id = Id()
    user_type = serializers.ChoiceField(["end_user", "agent"])
    name = Hint(required=False, allow_null=True)
    email = Hint(required=False, allow_null=True)
    photo_url = Hint(required=False, allow_null=True)

    def validate(self, attrs: Any) -> records.AuthorReference:
        """The reference."""
        return records.AuthorReference(id=attrs["id"], user_type=attrs["user_type"])


class Message(serializers.Serializer[Any]):
    """What a first message and a later one have in common."""

    object_id = Id()
    message_type = serializers.ChoiceField(["comment"], required=False)
    author = Author()
    body = Text(required=False, allow_null=True)
    visibility = serializers.ChoiceField(["public", "private"], default="public")
    created_at = moment(required=False)
    attachments = serializers.ListField(child=Attachment(), required=False)

    def message(self, attrs: Any) -> records.NewMessage:
        """The record; raises `ValidationError` for a message that says nothing."""
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
    """The first one; it may carry attributes, which are the conversation's."""

    attributes = Attributes(required=False)

    def validate(self, attrs: Any) -> tuple[records.NewMessage, Mapping[str, Any]]:
        """The message, and those attributes."""
        return self.message(attrs), attrs.get("attributes", {})


class _CreateConversation(serializers.Serializer[Any]):
    object_id = Id()
    title = Text(required=False, allow_null=True)
    attributes = Attributes(required=False)
    initial_message = InitialMessage()

    def conversation(self, attrs: Any, user: records.NewEndUser) -> records.NewConversation:
        """With the attributes of both places."""
        message, attributes = attrs["initial_message"]
        return records.NewConversation(
            object_id=attrs["object_id"],
            user=user,
            message=message,
            title=attrs.get("title"),
            attributes={**attributes, **attrs.get("attributes", {})},
        )


class CreateConversation(_CreateConversation):
    """The REST dialect's: the end user is one of ours."""

    user_id = Id()

    def validate(self, attrs: Any) -> records.NewConversation:
        """For that end user."""
        return self.conversation(attrs, records.NewEndUser(id=attrs["user_id"]))


class CreateConversationAndUser(_CreateConversation):
    """The POST-only dialect's: the end user may be new."""

    user = User()

    def validate(self, attrs: Any) -> records.NewConversation:
        """For whoever that is."""
        return self.conversation(attrs, attrs["user"])


class GetMessages(serializers.Serializer[Any]):
    """Which conversation's, and the last one that Fin has seen."""

    conversation_id = Id()
    after_id = Hint(required=False, allow_null=True)

    def validate(self, attrs: Any) -> tuple[str, str]:
        """The conversation's id and that of the message, empty for none."""
        return attrs["conversation_id"], attrs.get("after_id") or ""


class CreateMessage(Message):
    """In a conversation."""

    conversation_id = Id()

    def validate(self, attrs: Any) -> tuple[str, records.NewMessage]:
        """Which conversation, and the message."""
        return attrs["conversation_id"], self.message(attrs)
