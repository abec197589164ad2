import pytest
from django.test import Client

from helpdesk_demo.models import Reply, Ticket

pytestmark = pytest.mark.django_db


def test_what_people_write_is_cleaned_before_it_is_shown(agent: Client, ticket: Ticket) -> None:
    evil = '<p onclick="x()">Hi<script>alert(1)</script><img src="javascript:x" onerror="x()"></p>'
    Reply.objects.create(ticket=ticket, body=evil)

    page = agent.get(f"/tickets/{ticket.pk}/?live").content.decode()

    assert "<p>Hi" in page
    assert "alert(1)" not in page
    assert "onerror" not in page
    assert "javascript:" not in page
