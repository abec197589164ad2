"""The helpdesk as a Django app."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk_demo"
    label = "helpdesk_demo"
    verbose_name = "Helpdesk"
    default_auto_field = "django.db.models.BigAutoField"
