"""The data of the Messenger's page, as JSON: every text plain, every HTML clean."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from ..simulator.journal import Call, Journal, Post
from .conversations import Conversation, Customer
from .messages import Message, html_for_page

_ACTIVITY_LENGTH = 80
_PREVIEW_LENGTH = 80


def customer(person: Customer) -> dict[str, Any]:
    return {
        "key": person.key,
        "name": person.name or person.email or "Visitor",
        "email": person.email,
    }


def summary(conversation: Conversation) -> dict[str, Any]:
    latest = conversation.messages[-1:]
    preview = latest[0].text or "A file" if latest else ""
    return {
        "key": conversation.key,
        "id": conversation.id,
        "title": conversation.title or conversation.first_text() or "New conversation",
        "status": conversation.status,
        "has_failed": conversation.has_failed,
        "is_gone": conversation.is_gone,
        "unread": conversation.unread,
        "typing": conversation.typing,
        "preview": preview.replace("\n", " ")[:_PREVIEW_LENGTH],
        "author": latest[0].author_name if latest and not latest[0].is_by_customer else None,
        "at": _timestamp(latest[0].created_at) if latest else None,
    }


def detail(
    conversation: Conversation, map_url: Callable[[str], str], fin_id: str | None
) -> dict[str, Any]:
    assignee = conversation.assignee
    engagement = conversation.engagement
    return {
        **summary(conversation),
        "assignee": assignee and _shown_name(assignee),
        "is_with_fin": engagement.is_in_charge,
        "is_thinking": engagement.is_in_charge and conversation.question() is not None,
        "messages": [_message(message, map_url, fin_id) for message in conversation.messages],
    }


def activity(journal: Journal) -> list[dict[str, Any]]:
    """Return the last entries of the journal, the newest first."""
    entries = [
        *(_post(post) for post in journal.posts[-_ACTIVITY_LENGTH:]),
        *(_call(call) for call in journal.calls[-_ACTIVITY_LENGTH:]),
        *(
            _entry(violation.at, "violation", str(violation), is_ok=False)
            for violation in journal.violations[-_ACTIVITY_LENGTH:]
        ),
        *(_entry(note.at, "note", note.text) for note in journal.notes[-_ACTIVITY_LENGTH:]),
    ]
    return sorted(entries, key=itemgetter("at"), reverse=True)[:_ACTIVITY_LENGTH]


def _message(
    message: Message, map_url: Callable[[str], str], fin_id: str | None
) -> dict[str, Any]:
    return {
        "key": message.object_id,
        "author": message.author_name,
        "is_by_customer": message.is_by_customer,
        "is_by_fin": message.author["id"] == fin_id and not message.is_by_customer,
        "photo": map_url(message.author.get("photo_url") or ""),
        "html": html_for_page(message.body, map_url),
        "attachments": [_attachment(file, map_url) for file in message.attachments],
        "at": _timestamp(message.created_at),
        "state": message.state,
    }


def _shown_name(agent: Mapping[str, Any]) -> str:
    alias = agent.get("alias") or agent.get("alias_name")  # either dialect's
    return alias or agent.get("name") or "Support"


def _attachment(attachment: dict[str, Any], map_url: Callable[[str], str]) -> dict[str, Any]:
    url = attachment["url"]
    name = attachment.get("filename") or url.partition("?")[0].rstrip("/").rpartition("/")[2]
    filetype = attachment.get("filetype") or ""
    is_image = filetype.startswith("image/") or bool(
        not filetype and re.search(r"\.(png|jpe?g|gif|webp)$", name, re.IGNORECASE)
    )
    return {"url": map_url(url), "filename": name, "is_image": is_image}


def _post(post: Post) -> dict[str, Any]:
    about = post.payload.get("conversation_id") if isinstance(post.payload, dict) else "?"
    text = f"{post.kind} event for {about}"
    return _entry(post.at, "event", text, status=post.status, is_ok=post.status < 300)


def _call(call: Call) -> dict[str, Any]:
    about = call.values.get("conversation_id") or call.values.get("user_id") or ""
    text = f"{call.operation} {about} · {call.seconds * 1000:.0f} ms"
    is_ok = call.status is not None and call.status < 300 and not call.problems
    return _entry(call.at, "call", text, status=call.status or call.error, is_ok=is_ok)


def _entry(
    at: datetime, kind: str, text: str, *, status: int | str = "", is_ok: bool = True
) -> dict[str, Any]:
    return {"at": _timestamp(at), "kind": kind, "text": text, "status": status, "is_ok": is_ok}


def _timestamp(moment: datetime) -> str:
    return moment.isoformat()
