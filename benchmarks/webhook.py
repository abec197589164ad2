"""django-webhook, told to post every reply; imported in the peer's environment alone."""

from __future__ import annotations


def subscribe() -> None:
    """One webhook for what the helpdesk's replies do."""
    from django_webhook.models import Webhook, WebhookSecret, WebhookTopic

    from benchmarks.settings import EVENTS_URL

    if Webhook.objects.exists():
        return
    webhook = Webhook.objects.create(url=EVENTS_URL)
    webhook.topics.set(WebhookTopic.objects.filter(name__startswith="helpdesk_demo.Reply/"))
    WebhookSecret.objects.create(webhook=webhook, token="the secret of the webhook")
