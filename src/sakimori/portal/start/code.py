"""The one-time setup code: whoever reads the server's console may set the installation up, nobody else on the network.

It lies in the data folder while the installation is being set up; finishing removes it for good.
"""

from __future__ import annotations

import os
import secrets
from hmac import compare_digest
from pathlib import Path

from django.conf import settings

from sakimori.kernel.signin.models import Account

_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
_GROUPS, _LENGTH = 4, 4  # 79 bits: guessing over the network is hopeless


def path() -> Path:
    """Return where the code lies."""
    return Path(settings.DATA_DIR) / "setup-code"


def is_open() -> bool:
    """Tell whether the installation is still being set up."""
    return path().exists()


def prepare() -> str | None:
    """Return the code of an installation without accounts, made when there is none; None for any other."""
    if is_open():
        return path().read_text("ascii")
    if Account.objects.exists():
        return None
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(_GROUPS))
    code = "-".join(groups)
    descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(code)
    return code


def matches(typed: str) -> bool:
    """Tell whether the code is the right one; blanks, hyphens and small letters do not matter."""
    if not is_open():
        return False
    return compare_digest(_plain(typed), _plain(path().read_text("ascii")))


def _plain(code: str) -> bytes:
    return "".join(sign for sign in code.upper() if sign.isalnum()).encode()


def close() -> None:
    """End the guided start."""
    path().unlink(missing_ok=True)
