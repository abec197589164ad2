"""The app: `ready()` connects signals and registers checks, and does no I/O."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinBridgeConfig(AppConfig):
    """fin_bridge."""

    name = "fin_bridge"
    verbose_name = _("Fin")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signals of requests, and of the models that the description names."""
        from . import checks, content_types  # noqa: F401  # importing registers the checks
        from .events import capture

        capture.connect()
        content_types.connect()
