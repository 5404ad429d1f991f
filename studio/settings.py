"""Django's settings, filled from the environment by `studio.env`."""

import os
import secrets
from pathlib import Path
from typing import Any

from studio import env
from studio.workspace import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
STUDIO = env.read(os.environ)
WORKSPACE = STUDIO.workspace

DEBUG = False
# Commands that sign nothing run in a workspace without a key too; `manage.py studio` makes it.
SECRET_KEY = secret_key(WORKSPACE) or secrets.token_urlsafe(48)

LLMLOGS: dict[str, Any] = {
    "workspace": WORKSPACE,
    "rotation_bytes": STUDIO.rotation_bytes,
    "retention_days": STUDIO.retention_days,
    "max_event_bytes": STUDIO.max_event_bytes,
    "fsync": STUDIO.fsync,
}

INSTALLED_APPS = ["studio", "django.contrib.sessions", "llmlogs.apps.LlmLogsConfig"]
MIDDLEWARE = ["studio.middleware.Trust"]
ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"
APPEND_SLASH = False
# `studio.trust` checks the Host header by rules of its own, on every request.
ALLOWED_HOSTS = ["*"]
DATA_UPLOAD_MAX_MEMORY_SIZE = STUDIO.max_event_bytes

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

DATABASE_ROUTERS = ["llmlogs.routers.TwoDatabases"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": WORKSPACE / "studio" / "studio.sqlite3",
        "OPTIONS": {
            "timeout": 10,
            # A transaction that will write says so at once, and so waits instead of failing.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA busy_timeout=10000",
        },
    },
    # Opened anew for each request, so that each asks which generation is in force.
    "index": {
        "ENGINE": "llmlogs.indexdb",
        "NAME": WORKSPACE / "studio" / "index",
        "CONN_MAX_AGE": 0,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOTS = [BASE_DIR / "static"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "studio.jinja.environment", "autoescape": True},
    }
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "llmlogs": {"level": "INFO"},
        "studio": {"level": "INFO"},
        # Refusals are answers, not news; what went wrong inside is logged with its traceback.
        "django": {"handlers": [], "level": "ERROR"},
    },
}
