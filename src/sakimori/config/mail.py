"""Where mail goes: an SMTP server by SAKIMORI_SMTP, or files beside the data."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mail(data: Path) -> dict[str, object]:
    """Return Django's mail settings; raise ImproperlyConfigured for an address that cannot be read."""
    url = os.environ.get("SAKIMORI_SMTP", "")
    sender = os.environ.get("SAKIMORI_MAIL_FROM", "sakimori@localhost")
    common: dict[str, object] = {"DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender, "EMAIL_TIMEOUT": 20}
    if not url:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return common | {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": data / "mail"}
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ImproperlyConfigured(
            "SAKIMORI_SMTP は smtp+tls://利用者:パスワード@ホスト:587 の形で指定してください（smtp、smtp+tls、smtps）。"
        )
    return common | {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
