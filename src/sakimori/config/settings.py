"""Settings, from the environment only; a value that cannot work stops the start with a sentence."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from .database import databases
from .mail import mail
from .operation import data

BASE_DIR = Path(__file__).resolve().parents[3]
CONTENT_DIR = BASE_DIR / "content"
DATA_DIR = Path(os.environ.get("SAKIMORI_DATA", BASE_DIR / "var"))
BUILD_DIR = BASE_DIR / "build"  # what ./sakimori made from the locks; never the company's data
VENDOR_DIR = BUILD_DIR / "vendor"
FONTS_DIR = VENDOR_DIR / "fonts"


def _secret() -> str:
    """Return the key of this installation; made at the first start, readable by its owner only."""
    if key := os.environ.get("SAKIMORI_SECRET_KEY"):
        return key
    path = DATA_DIR / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


data.require_whole(DATA_DIR)
SECRET_KEY = _secret()
DEBUG = os.environ.get("SAKIMORI_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("SAKIMORI_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
SAKIMORI_DEMO = (DATA_DIR / data.DEMONSTRATION).exists()  # one-click sign-in per role

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "sakimori.kernel.records",
    "sakimori.kernel.identity",
    "sakimori.kernel.ledger",
    "sakimori.kernel.dossier",
    "sakimori.kernel.content",
    "sakimori.kernel.policy",
    "sakimori.kernel.notices",
    "sakimori.kernel.jobs",
    "sakimori.registers",
    "sakimori.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sakimori.config.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sakimori.config.middleware.RequestContext",
]
ROOT_URLCONF = "sakimori.config.urls"
WSGI_APPLICATION = "sakimori.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "sakimori.registers.shell.context",
            ],
        },
    }
]
DATABASES = databases(DATA_DIR)
globals().update(mail(DATA_DIR))  # EMAIL_BACKEND and its companions
PUBLIC_URL = os.environ.get("SAKIMORI_URL", "http://localhost:8000")  # in the links of mails
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("日本語")), ("en", _("英語"))]
LOCALE_PATHS = [BASE_DIR / "src" / "sakimori" / "config" / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "static"
STATICFILES_DIRS = [("vendor", VENDOR_DIR / "static")] if VENDOR_DIR.exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
HEADS_DIR = os.environ.get("SAKIMORI_HEADS_DIR", "")  # other storage, where the ledger's heads are kept

# One job at a time per fetch, so that a killed worker holds back only the one it was at; retry must exceed timeout.
Q_CLUSTER = {
    "name": "sakimori",
    "orm": "default",
    "workers": 1,
    "bulk": 1,
    "queue_limit": 1,
    "timeout": 600,
    "retry": 900,
    "max_attempts": 5,
    "catch_up": False,
    "poll": 0.5,
    "save_limit": 10_000,
    "label": "防人",
    "log_level": "WARNING",
    "broker_class": "sakimori.kernel.jobs.broker.OrderedBroker",
    "sync": os.environ.get("SAKIMORI_INLINE_JOBS") == "1",  # run jobs at once, in the process that asks
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SAKIMORI_LOG", "WARNING")},
    "loggers": {"django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
SILENCED_SYSTEM_CHECKS: list[str] = []
