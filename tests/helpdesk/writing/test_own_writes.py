"""Fin's own writes, told apart from what the helpdesk makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.signals import pre_save

from fin_bridge.helpdesk import Helpdesk
from helpdesk_demo.models import (
    Ticket,
)
from tests.helpdesk.conftest import CONTEXT

pytestmark = pytest.mark.django_db


def test_what_the_host_changes_on_the_way_is_noticed(desk: Helpdesk, ticket: Ticket) -> None:
    def shout(instance: Ticket, **_: Any) -> None:
        instance.subject = instance.subject.upper()

    pre_save.connect(shout, sender=Ticket)
    try:
        assert not desk.conversations.put(ticket, {"title": "quiet"}, CONTEXT)
    finally:
        pre_save.disconnect(shout, sender=Ticket)
    assert ticket.subject == "QUIET"
