"""Settings of the demo: it needs no service, and each may be replaced by one in the environment.

The variables are listed in this folder's README.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from fin_bridge.schedule import BEAT_SCHEDULE
from helpdesk_demo.secrets_file import load_or_make

env = os.environ

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.get("DEMO_VAR", BASE_DIR / "var")).resolve()
KEPT = load_or_make(VAR / "secrets.json")

# --- Where everything is ------------------------------------------------------------------------

PORT = int(env.get("PORT") or 8000)
SIMULATOR_PORT = int(env.get("FIN_SIMULATOR_PORT") or PORT + 1)

# Attachments must have https addresses. A laptop has none, so the demo makes up a host, which the
# simulator and its Messenger page map to loopback.
FIN_BRIDGE_PUBLIC_URL = env.get("FIN_PUBLIC_URL") or "https://helpdesk.demo.invalid"

# --- Django -------------------------------------------------------------------------------------

SECRET_KEY = env.get("SECRET_KEY") or KEPT["secret_key"]
DEBUG = env.get("DJANGO_DEBUG", "").lower() in {"1", "true", "yes", "on"}
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    urlsplit(FIN_BRIDGE_PUBLIC_URL).hostname or "",
    *filter(None, env.get("DJANGO_ALLOWED_HOSTS", "").split(",")),
]
CSRF_TRUSTED_ORIGINS = ["https://" + urlsplit(FIN_BRIDGE_PUBLIC_URL).netloc]

INSTALLED_APPS = [
    "helpdesk_demo",
    "fin_bridge",
    "oauth2_provider",
    "rest_framework",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "helpdesk_demo.addresses.one_site",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "helpdesk_demo.urls"
WSGI_APPLICATION = "helpdesk_demo.wsgi.application"
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
            ],
        },
    },
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the apps' own folders: no collectstatic in between
MEDIA_ROOT = VAR / "media"

# --- Database, cache, broker --------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        env.get("DATABASE_URL") or f"sqlite:///{VAR / 'helpdesk.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Web server and workers write side by side: in WAL mode a writer blocks no reader, and an
    # IMMEDIATE transaction waits for its turn to write where a deferred one fails at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    import pymysql

    pymysql.install_as_MySQLdb()  # Django knows only the driver that must be compiled

CACHE_URL = env.get("CACHE_URL") or "locmem://"
CACHES: dict[str, Any] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        if CACHE_URL.startswith("locmem:")
        else {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    )
}

CELERY_BROKER_URL = env.get("CELERY_BROKER_URL") or "filesystem://localhost"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
if CELERY_BROKER_URL.startswith("filesystem:"):
    _broker = VAR / "broker"
    for _folder in (_broker / "messages", _broker / "control"):
        _folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "helpdesk_demo.file_transport:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # The same folder: what one process puts in, the other takes out.
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.05,  # the default of 1 s makes "is typing" feel slow
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# --- Fin ----------------------------------------------------------------------------------------

# The simulator plays Fin unless FIN_EVENTS_URL names another.
FIN_IS_SIMULATED = not env.get("FIN_EVENTS_URL")
FIN_SIMULATOR_URL = f"http://127.0.0.1:{SIMULATOR_PORT}"
FIN_MESSENGER_URL = f"http://localhost:{SIMULATOR_PORT}"
DEMO_FIN_CLIENT_SECRET = env.get("FIN_CLIENT_SECRET") or KEPT["client_secret"]
FIN_DIALECT = env.get("FIN_DIALECT") or "posts_only"
FIN_AGENT_ID = env.get("FIN_AGENT_ID") or ("1" if FIN_IS_SIMULATED else "")

FIN_BRIDGE_HELPDESK = "helpdesk_demo.fin.helpdesk"
FIN_BRIDGE_TYPING_QUEUE = "typing"  # the demo runs a worker for it
FIN_BRIDGE_INTEGRATIONS: dict[str, dict[str, Any]] = {
    "default": {
        "ID": env.get("FIN_INTEGRATION_ID") or KEPT["integration_id"],
        "WEBHOOK_KEYS": [env.get("FIN_WEBHOOK_KEY") or KEPT["webhook_key"]],
        "SIGNING_KEYS": [env.get("FIN_SIGNING_KEY") or KEPT["signing_key"]],
        "CLIENT_IDS": [env.get("FIN_CLIENT_ID") or KEPT["client_id"]],
        "EVENTS_URL": env.get("FIN_EVENTS_URL") or FIN_SIMULATOR_URL,
    }
}
if FIN_AGENT_ID:
    FIN_BRIDGE_INTEGRATIONS["default"]["AGENT_ID"] = FIN_AGENT_ID

OAUTH2_PROVIDER = {
    "SCOPES": {"fin": "Read and write the helpdesk's conversations, as Fin"},
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    # The present recommendations of RFC 9700; above all, tokens are stored hashed.
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    # Fin's grant knows neither refresh tokens nor redirects.
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}

# The address of a Messenger to show beside the agents' pages; the demo's runner sets it.
DEMO_MESSENGER_URL = env.get("DEMO_MESSENGER_URL", "")
