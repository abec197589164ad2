"""Django's settings of a contender; what differs between contenders comes in variables."""

import json
import os
from typing import Any

import dj_database_url

env = os.environ

SECRET_KEY = "the secret of the benchmarks"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
MEDIA_URL = "/media/"

WITH = env.get("BENCH_WITH", "bridge")
"""The app that is measured: `bridge` (ours), `webhook` (the peer), or `plain`, for neither."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "helpdesk_demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
if WITH == "webhook":
    INSTALLED_APPS.append("django_webhook")
    DJANGO_WEBHOOK = {"MODELS": ["helpdesk_demo.Ticket", "helpdesk_demo.Reply"]}
else:
    INSTALLED_APPS += ["oauth2_provider", "rest_framework"]
    ROOT_URLCONF = "benchmarks.urls"
if WITH == "plain":
    CELERY_IMPORTS = ["benchmarks.tasks"]
if WITH == "bridge":
    INSTALLED_APPS.append("fin_bridge")

if env.get("BENCH_PAGES"):
    INSTALLED_APPS += [
        "django.contrib.admin",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ]
    MIDDLEWARE.append("django.contrib.messages.middleware.MessageMiddleware")
    ROOT_URLCONF = "benchmarks.pages"
    TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
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

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(env["BENCH_DATABASE_URL"], conn_max_age=600)
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

CACHE_URL = env.get("BENCH_CACHE_URL", "")
CACHES: dict[str, Any] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
        if CACHE_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

CELERY_BROKER_URL = env.get("BENCH_BROKER_URL", "memory://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = WITH  # so that contenders share a broker and no worker

OAUTH2_PROVIDER = {
    "SCOPES": {"fin": "Fin"},
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}

EVENTS_URL = env.get("BENCH_EVENTS_URL", "http://127.0.0.1:9")
FIN_BRIDGE_HELPDESK = "helpdesk_demo.fin.helpdesk"
FIN_BRIDGE_PUBLIC_URL = "https://helpdesk.example.com"
FIN_BRIDGE_INTEGRATIONS: dict[str, dict[str, Any]] = {
    "default": {
        "ID": "benchmark",
        "WEBHOOK_KEYS": ["webhook-key"],
        "SIGNING_KEYS": ["signing-key"],
        "CLIENT_IDS": ["fin-client"],
        "EVENTS_URL": EVENTS_URL,
    }
}
globals().update(json.loads(env.get("BENCH_SETTINGS", "{}")))
