"""Django settings of a project that is nothing but django-helpdesk, and Fin's bridge to it."""

from pathlib import Path

from tests.settings import *  # noqa: F403  # settings extend settings this way

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "rest_framework",
    "helpdesk",
    "fin_bridge",
]
SITE_ID = 1
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "tests.hosts.django_helpdesk.urls"
LOGIN_URL = "/helpdesk/login/"
MEDIA_URL = "/media/"
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}  # Django 6.1
HELPDESK_TEAMS_MODE_ENABLED = False
HELPDESK_PUBLIC_TICKET_QUEUE = "web"

FIN_BRIDGE_HELPDESK = "fin_bridge.contrib.django_helpdesk.helpdesk"
# Its forty-three migrations take longer than its tests.
MIGRATION_MODULES = dict.fromkeys(["admin", "auth", "contenttypes", "helpdesk", "sites"])
