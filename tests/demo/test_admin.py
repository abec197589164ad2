import pytest
from django.test import Client

from helpdesk_demo.models import Ticket

pytestmark = pytest.mark.django_db


# Django 5.2 warns about every form of a model with a URLField; 6.0 does what it warns of.
@pytest.mark.filterwarnings("ignore:The default scheme will be changed")
def test_the_admin_shows_the_tables(agent: Client, ticket: Ticket) -> None:
    for name in ("customer", "label", "reply", "replyfile", "staffprofile", "status", "ticket"):
        assert agent.get(f"/admin/helpdesk_demo/{name}/").status_code == 200
        assert agent.get(f"/admin/helpdesk_demo/{name}/add/").status_code == 200
