"""Messages that the helpdesk has otherwise than they were written, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.dispatch import Signal
from pytest_django import DjangoCaptureOnCommitCallbacks

from fin_bridge.helpdesk.writing.kept_messages import join, keep, message_of, refused
from fin_bridge.models import KeptMessage
from fin_bridge.records import Attachment, AuthorReference, NewMessage
from fin_bridge.signals import alarm_raised

pytestmark = pytest.mark.django_db

NEW = NewMessage(
    "m1",
    AuthorReference("7", "end_user"),
    "<p>Help</p>",
    attachments=(Attachment("https://x.example/a.png", "image/png", "a.png"),),
)


def test_a_message_is_kept_as_it_was_written() -> None:
    message_id = keep("default", "5", NEW)
    row = KeptMessage.objects.get(message_id=message_id)
    assert message_of(row) == NEW
    assert (row.conversation_id, row.local_ids, row.due_at) == ("5", [], None)


def test_a_refused_message_is_due_again_and_an_operator_hears_of_it(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[dict[str, Any]] = []

    def listen(signal: Signal, **told: Any) -> None:
        heard.append(told)

    alarm_raised.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            message_id = refused("default", "5", NEW, "too rude" * 100)
    finally:
        alarm_raised.disconnect(listen)
    row = KeptMessage.objects.get(message_id=message_id)
    assert row.due_at is not None
    assert row.due_at > row.created_at
    assert len(row.detail) == 500
    assert [told["reason"] for told in heard] == ["message_refused"]


def test_several_messages_are_one_under_the_first_ones_id() -> None:
    join("default", "5", NEW, ["8", "9"])
    row = KeptMessage.objects.get()
    assert (row.message_id, row.local_ids) == ("8", ["8", "9"])
