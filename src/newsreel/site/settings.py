"""Django's settings, made from ours (core/settings.py). Nothing here is to be changed by an installation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from newsreel.core.journal import configured
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
# Names that are answered: this machine's own, and that of NEWSREEL_URL. Others are refused, which also ends DNS rebinding.
_url = urlsplit(_ours.url)
_secure = _url.scheme == "https"
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *([f"[{_url.hostname}]" if ":" in _url.hostname else _url.hostname] if _url.hostname else []),
]
if os.environ.get("PYTEST_VERSION"):
    ALLOWED_HOSTS.append("testserver")
CSRF_TRUSTED_ORIGINS = [_ours.url] if _ours.url else []

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "newsreel.archive",
    "newsreel.portal",  # its templates come before those of the libraries
    "newsreel.accounts",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsreel.portal.middleware.SecurityHeaders",
    "newsreel.portal.middleware.PublicAddress",
    "newsreel.portal.middleware.ReaderPreferences",
    "newsreel.portal.middleware.ArchiveAway",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "newsreel.accounts.sessions.SessionLife",
    "newsreel.accounts.remembering.RememberedDevice",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "newsreel.portal.middleware.AccessRules",
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
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsreel.portal.context.site",
            ]
        },
    }
]

LANGUAGE_CODE = _ours.language
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [_portal / "locale", _portal.parent / "accounts" / "locale"]
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

# With https a cookie's name says that no other host and no other path can have set it.
_host = "__Host-" if _secure else ""
CSRF_COOKIE_NAME = f"{_host}csrftoken"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_NAME = f"{_host}sessionid"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = _secure
SESSION_COOKIE_AGE = 30 * 86400  # accounts/sessions.py ends them earlier
DEVICE_COOKIE_NAME = f"{_host}device"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = _ours.hsts if _secure else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 9_000_000  # more than asgi.py lets through: no upload is written to the disk

# The captcha's picture (accounts/drawing.py), twice as many pixels as it is shown with. As tuned by looking at it: six
# letters are read at a glance. The library's default, 10 % of all points black and its lines across the middle, is not.
CAPTCHA_IMAGE_SIZE = (400, 128)
CAPTCHA_FONT_SIZE = 80
CAPTCHA_LETTER_ROTATION = (-22, 22)
CAPTCHA_BACKGROUND_COLOR = "#f4f1ea"
CAPTCHA_FOREGROUND_COLOR = "#5f5a52"
CAPTCHA_LETTER_COLOR_FUNCT = "newsreel.accounts.inks.of_letter"
CAPTCHA_NOISE_FUNCTIONS = ("captcha.helpers.noise_arcs", "newsreel.accounts.inks.strokes")
CAPTCHA_FILTER_FUNCTIONS = ("newsreel.accounts.inks.wave", "captcha.helpers.post_smooth")

# What allauth counts for second factors, shared by all web processes. Our own limits are in accounts/limits.py.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["newsreel.accounts.backend.NameOrAddress"]
PASSWORD_HASHERS = ["newsreel.accounts.hashing.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "newsreel.accounts.passwords.NoOwnWords"},
]
PASSWORD_RESET_TIMEOUT = 3600  # seconds; a mail may be held back for some minutes by the other side
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
EMAIL_BACKEND = "newsreel.accounts.letters.LetterBackend"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "newsreel.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "newsreel.accounts.forms.LoginForm",
    "signup": "newsreel.accounts.forms.SignupForm",
    "reset_password": "newsreel.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "newsreel.accounts.forms.ResetPasswordKeyForm",
    "change_password": "newsreel.accounts.forms.ChangePasswordForm",
    "set_password": "newsreel.accounts.forms.SetPasswordForm",
    "add_email": "newsreel.accounts.forms.AddEmailForm",
    "reauthenticate": "newsreel.accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_RATE_LIMITS = {  # the first five are bounded by accounts/limits.py
    "login": None,
    "signup": None,
    "reset_password": None,
    "reset_password_from_key": None,
    "confirm_email": None,
    "login_failed": "5/5m/key",  # by which allauth counts second factors
}
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _secure else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "newsreel.accounts.mfa.Adapter"
MFA_FORMS = {
    "authenticate": "newsreel.accounts.factor_forms.AuthenticateForm",
    "reauthenticate": "newsreel.accounts.factor_forms.ReauthenticateForm",
    "activate_totp": "newsreel.accounts.factor_forms.ActivateTOTPForm",
    "add_webauthn": "newsreel.accounts.factor_forms.AddWebAuthnForm",
    "edit_webauthn": "newsreel.accounts.factor_forms.EditWebAuthnForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure  # browsers themselves allow it for localhost only
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ADAPTER = "newsreel.accounts.social.Adapter"
SOCIALACCOUNT_FORMS = {"signup": "newsreel.accounts.sign_on_forms.SignupForm"}
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False

LOGGING = configured(lambda: settings().home)
