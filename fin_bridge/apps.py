"""The app: `ready()` connects signals and registers checks, and does no I/O."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinBridgeConfig(AppConfig):
    """The configuration of `fin_bridge`, for `INSTALLED_APPS`."""

    name = "fin_bridge"
    verbose_name = _("Fin")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, and connect the models that the description names and the hints."""
        from . import checks, content_types  # noqa: F401  # importing registers the checks
        from .events import capture, hints

        hints.waker = hints.Waker(_send_hint)
        capture.connect()
        content_types.connect()


def _send_hint(seconds: float) -> None:
    from .tasks import hint  # Celery is imported by the first hint, and not at start-up

    hint(seconds)
