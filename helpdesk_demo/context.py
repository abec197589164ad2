"""What every page's template knows."""

from django.conf import settings
from django.http import HttpRequest


def messenger(request: HttpRequest) -> dict[str, str]:
    """Offer the simulated Messenger to agents, where one runs."""
    return {"messenger_url": settings.DEMO_MESSENGER_URL}
