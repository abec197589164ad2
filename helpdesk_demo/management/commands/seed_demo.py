"""`manage.py seed_demo`: a helpdesk to look at, and the OAuth client by which Fin comes in."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management.base import BaseCommand

from helpdesk_demo.seed import seed


class Command(BaseCommand):
    help = "Fill an empty helpdesk with a story and let Fin in. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        made = seed("demo")
        [client_id] = settings.FIN_BRIDGE_INTEGRATIONS["default"]["CLIENT_IDS"]
        let_fin_in(client_id, settings.DEMO_FIN_CLIENT_SECRET)
        self.stdout.write("Made customers and tickets." if made else "Tickets were there already.")
        self.stdout.write("Log in as sarah or marco, password demo.")


def let_fin_in(client_id: str, client_secret: str) -> None:
    """Make Fin's OAuth client, or give the one that is there this id and secret."""
    application_model = apps.get_model("oauth2_provider", "Application")
    application = application_model.objects.filter(name="Fin").first()
    if application is None:
        application = application_model(name="Fin")
    elif application.client_id == client_id and check_password(
        client_secret, application.client_secret
    ):
        return
    application.client_type = "confidential"
    application.authorization_grant_type = "client-credentials"
    application.client_id = client_id
    application.client_secret = client_secret  # stored hashed
    application.save()
