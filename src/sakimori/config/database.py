"""Which database: SQLite beside the data, or PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_WRONG_URL = "DATABASE_URL は postgresql://利用者:パスワード@ホスト/データベース名 の形で指定してください。"
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;"
    "PRAGMA cache_size=-32000; PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;"
)


def databases(data: Path) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES; raise ImproperlyConfigured for an address that cannot be read."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        data.mkdir(parents=True, exist_ok=True)
        return {"default": _sqlite(data / "sakimori.sqlite3")}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(_WRONG_URL)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", None) or parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 300,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": query,
        }
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"init_command": _SQLITE_PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": 20},
        "TEST": {"NAME": None},
    }
