"""Records are written as each dialect has them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from fin_bridge.api.wire.response_bodies import PostsOnly, Rest
from fin_bridge.records import Agent, Attachment, EndUser, Message

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_message_is_written_as_json_would_be() -> None:
    said = 'He said "no\\".\n\u2028\u00e9\x1f</script>\U0001f4a5'
    for body in (said, None, SafeString(said), gettext_lazy("open")):
        agent = Agent("7", said, None, alias="S")
        file = Attachment("https://x.example/a?b=1&c", "image/png", said)
        message = Message("1", "2", agent, "private", NOW, body, [file, file])  # type: ignore[arg-type]
        for dialect, alias in ((Rest(), "alias"), (PostsOnly(), "alias_name")):
            assert json.loads(dialect.write(message)) == {
                "id": "1",
                "conversation_id": "2",
                "message_type": "comment",
                "body": None if body is None else str(body),
                "author": {
                    "id": "7",
                    "user_type": "agent",
                    "name": said,
                    "email": None if alias == "alias" else "",
                    "photo_url": None,
                    alias: "S",
                },
                "visibility": "private",
                "created_at": "2026-11-22T12:00:00Z",
                "attachments": [
                    {"url": file.url, "filetype": "image/png", "filename": said},
                ]
                * 2,
            }


def test_each_author_is_written_as_their_own() -> None:
    people: list[EndUser | Agent]
    people = [EndUser("1", "Ada"), Agent("1", "Sarah"), EndUser("2", "Eve"), Agent("2", "Mary")]
    written = map(Rest().writer(), (Message("", "", one, "public", NOW) for one in people * 2))
    names = [json.loads(text)["author"]["name"] for text in written]
    assert names == ["Ada", "Sarah", "Eve", "Mary"] * 2
