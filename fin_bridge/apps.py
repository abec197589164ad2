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
        """Connect the signals of the models that the helpdesk's description names."""
        from . import checks  # noqa: F401  # importing registers them
        from .events import capture

        capture.connect()
