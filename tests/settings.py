"""Django settings of the test suite; the variables say which database and broker."""

import os
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url

_OWN_NAME = f"fin_bridge_test_{os.getpid()}"
_SQLITE_FILE = Path(tempfile.gettempdir(), f"{_OWN_NAME}.sqlite3")


def _database(url: str) -> dict[str, Any]:
    """One database, under a name of this process's own while tests run."""
    database: dict[str, Any] = {**dj_database_url.parse(url), "TEST": {"NAME": _OWN_NAME}}
    if database["ENGINE"].endswith("postgresql"):
        database["ENGINE"] = "tests.support.postgresql"
    if database["ENGINE"].endswith("mysql"):
        import pymysql

        pymysql.install_as_MySQLdb()
    if database["ENGINE"].endswith("sqlite3"):
        # A file and not memory, and writers that queue: threads and processes share it.
        database["TEST"] = {"NAME": str(_SQLITE_FILE)}
        database["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
    return database


DATABASES = {
    "default": _database(
        os.environ.get("FIN_BRIDGE_TEST_DATABASE_URL") or f"sqlite:///{_SQLITE_FILE}"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

SECRET_KEY = "the secret of the tests"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "helpdesk_demo.urls"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "oauth2_provider",
    "rest_framework",
    "fin_bridge",
    "helpdesk_demo",
    "tests.support",  # its `flush`
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "helpdesk_demo.addresses.messenger",
            ]
        },
    }
]
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

DEMO_FIN_CLIENT_SECRET = "the secret of Fin's client"
DEMO_MESSENGER_URL = ""
CELERY_BROKER_URL = os.environ.get("FIN_BRIDGE_TEST_BROKER_URL", "memory://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

FIN_BRIDGE_HELPDESK = "helpdesk_demo.fin.helpdesk"
FIN_BRIDGE_PUBLIC_URL = "https://helpdesk.example.com"
FIN_BRIDGE_INTEGRATIONS = {
    "default": {
        "ID": "integration-1",
        "WEBHOOK_KEYS": ["webhook-key"],
        "SIGNING_KEYS": ["signing-key"],
        "CLIENT_IDS": ["fin-client"],
        # Refuses every connection: a test that wants an answer names a server of its own.
        "EVENTS_URL": "http://127.0.0.1:9",
    }
}
