"""Django's settings, made from ours (core/settings.py). Nothing here is to be changed by an installation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from newsreel.core.settings import settings
from newsreel.site.secret import secret_key

_ours = settings()
_portal = Path(__file__).resolve().parent.parent / "portal"


def _database(url: str) -> dict[str, Any]:
    """A DATABASES entry from a PostgreSQL address. Without one (a tool that only reads the code) it reaches nothing."""
    parts = dict(conninfo_to_dict(url)) if url else {"host": "/nonexistent", "dbname": "newsreel"}
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, Any] = {names[key]: str(parts.pop(key)) for key in list(parts) if key in names}
    return {
        **entry,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "application_name": "newsreel"},
    }


DATABASES = {"default": _database(_ours.database_url)}
SECRET_KEY = secret_key(_ours)
DEBUG = False
# The portal is served on loopback only until accounts exist: other names are refused, which also ends DNS rebinding.
ALLOWED_HOSTS = (
    ["localhost", "127.0.0.1", "[::1]", "testserver"]
    if os.environ.get("PYTEST_VERSION")
    else ["localhost", "127.0.0.1", "[::1]"]
)

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "newsreel.archive",
    "newsreel.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsreel.portal.middleware.SecurityHeaders",
    "newsreel.portal.middleware.ReaderPreferences",
    "newsreel.portal.middleware.ArchiveAway",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.gzip.GZipMiddleware",
]
ROOT_URLCONF = "newsreel.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "newsreel.portal.context.site",
            ]
        },
    }
]

LANGUAGE_CODE = _ours.language
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [_portal / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

PROCRASTINATE_ON_APP_READY = "newsreel.pipeline.jobs.configure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "newsreel": {"level": "INFO"},
        "procrastinate": {"level": "WARNING"},
    },
}
