import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import models
from oauth2_provider.models import Application

from fin_bridge.models import Event
from helpdesk_demo.management.commands.seed_demo import let_fin_in
from helpdesk_demo.models import Customer, Label, Reply, ReplyFile, Status, Ticket
from helpdesk_demo.seed import seed

MODELS: list[type[models.Model]] = [User, Customer, Status, Label, Ticket, Reply, ReplyFile]

pytestmark = pytest.mark.django_db


def test_a_seeded_helpdesk_is_worth_looking_at() -> None:
    assert seed("demo")

    assert Ticket.objects.count() >= 8
    assert set(Ticket.objects.values_list("status__slug", flat=True)) == {
        "new", "waiting", "solved", "archived",
    }  # fmt: skip
    assert Ticket.objects.filter(assignee=None).exists()
    assert Reply.objects.filter(internal=True).exists()
    assert Customer.objects.filter(email="").exists()
    [file] = ReplyFile.objects.all()
    assert file.upload.read().startswith(b"invoice,date")


def test_conversations_lie_in_the_past_and_in_order() -> None:
    seed("demo")

    for ticket in Ticket.objects.prefetch_related("replies"):
        moments = [ticket.created, *(reply.created for reply in ticket.replies.all())]
        assert moments == sorted(moments)
        assert abs((ticket.modified - moments[-1]).total_seconds()) < 5


def test_seeding_again_changes_nothing() -> None:
    seed("demo")
    before = [model.objects.count() for model in MODELS]  # type: ignore[attr-defined]
    User.objects.get(username="sarah").set_password("her own")

    assert not seed("demo")

    assert [model.objects.count() for model in MODELS] == before  # type: ignore[attr-defined]


def test_agents_can_log_in_and_fin_cannot() -> None:
    seed("demo")

    sarah = authenticate(username="sarah", password="demo")
    marco = authenticate(username="marco", password="demo")
    assert sarah is not None
    assert sarah.is_superuser
    assert marco is not None
    assert not marco.is_superuser
    fin = User.objects.get(username="fin")
    assert not fin.has_usable_password()
    assert fin.is_staff
    assert fin.pk == min(User.objects.values_list("pk", flat=True))


def test_fin_is_not_flooded_with_the_past() -> None:
    seed("demo")

    assert not Event.objects.exists()


def test_fin_comes_in_by_the_client_of_the_settings() -> None:
    call_command("seed_demo", verbosity=0)

    application = Application.objects.get()
    assert application.client_id == "fin-client"
    assert application.client_type == Application.CLIENT_CONFIDENTIAL
    assert application.authorization_grant_type == Application.GRANT_CLIENT_CREDENTIALS
    assert "secret of Fin" not in application.client_secret


def test_the_client_follows_the_settings() -> None:
    let_fin_in("old", "old secret")
    first = Application.objects.get().client_secret
    let_fin_in("old", "old secret")
    assert Application.objects.get().client_secret == first

    let_fin_in("new", "new secret")

    application = Application.objects.get()
    assert application.client_id == "new"
    assert application.client_secret != first
