"""What is remembered of a message that could not be read."""

from __future__ import annotations

import pytest

from fin_bridge.helpdesk.writing.unread import leave_out
from fin_bridge.models import Kept

pytestmark = pytest.mark.django_db


def test_a_message_is_remembered_once_and_logged_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(2):
        try:
            raise RuntimeError("No words.")
        except RuntimeError:
            leave_out("Replies", "5", "7")
    row = Kept.objects.get()
    assert (row.kind, row.local_id, row.values) == ("message", "5", {"conversation": "7"})
    assert caplog.text.count("Message 5 of Replies in conversation 7 cannot be read.") == 2
    assert "RuntimeError: No words." in caplog.text
