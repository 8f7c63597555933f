"""Settings, from the environment only; a value that cannot work stops the start with a sentence."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from . import single_sign_on
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

# The company's identity providers (docs/howto/single-sign-on.md); without the file only passwords and passkeys.
SAKIMORI_PROVIDERS = single_sign_on.load(os.environ.get("SAKIMORI_SSO", ""))
SAKIMORI_PROVIDER_APPS = single_sign_on.apps(SAKIMORI_PROVIDERS)
SAKIMORI_FORM_TARGETS = single_sign_on.origins(SAKIMORI_PROVIDERS)

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
    "sakimori.kernel.approvals",
    "sakimori.kernel.jobs",
    "sakimori.kernel.obligations",
    "sakimori.kernel.findings",
    "sakimori.kernel.search",
    "sakimori.kernel.papers",
    "sakimori.kernel.exchange",
    "sakimori.kernel.signin",  # before allauth: its pages are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *SAKIMORI_PROVIDER_APPS,
    "axes",
    "sakimori.registers",
    "sakimori.domains.organization",
    "sakimori.domains.people",
    "sakimori.domains.assets",
    "sakimori.domains.controls",
    "sakimori.domains.documents",
    "sakimori.domains.training",
    "sakimori.domains.risk",
    "sakimori.portal",
    "sakimori.portal.applications",
    "sakimori.portal.start",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sakimori.config.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sakimori.kernel.signin.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sakimori.config.middleware.RequestContext",
    "sakimori.registers.middleware.Refusals",
    "sakimori.portal.start.middleware.GuidedStart",
    "sakimori.kernel.signin.middleware.Door",
    "sakimori.kernel.signin.middleware.Steps",
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
                "sakimori.kernel.signin.context.context",
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
HEADS_MAIL = os.environ.get("SAKIMORI_HEADS_MAIL", "")  # the auditor who keeps them

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

# Signing in: kernel/signin; the numbers come from the regulation in force.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses locked accounts before any password is looked at
    "allauth.account.auth_backends.AuthenticationBackend",
    "sakimori.kernel.signin.backends.DuressBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "sakimori.kernel.signin.views.entrance.csrf_failure"
ACCOUNT_ADAPTER = "sakimori.kernel.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "email",
    "password1*",
]  # nobody signs up; allauth's checks want the names
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Per address only: counting per account is axes' work, by the regulation's number.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/m/ip", "reauthenticate": "20/m/user"}
MFA_ADAPTER = "sakimori.kernel.signin.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the company's own list of people
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = (
    os.environ.get("SAKIMORI_HTTPS") != "1"
)  # browsers allow it on localhost only
SOCIALACCOUNT_ADAPTER = "sakimori.kernel.signin.adapters.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = single_sign_on.framework_settings(SAKIMORI_PROVIDERS)
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
AXES_HANDLER = "sakimori.kernel.signin.lockout.AccountHandler"
AXES_USERNAME_CALLABLE = "sakimori.kernel.signin.lockout.typed_name"
AXES_FAILURE_LIMIT = "sakimori.kernel.signin.lockout.failure_limit"
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# In the database: attempts and used codes count for all processes together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "sakimori_cache"}}

HTTPS = os.environ.get("SAKIMORI_HTTPS") == "1"  # behind a proxy that ends TLS and sends X-Forwarded-Proto
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_TRUSTED_ORIGINS = list(filter(None, os.environ.get("SAKIMORI_ORIGINS", "").split(",")))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sakimori" if HTTPS else "sakimori"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# axes: its middleware would show who is locked, and an address does not count: a company shares one.
SILENCED_SYSTEM_CHECKS = ["axes.W002", "axes.W006"]
