"""The ledger's signing key: made at first use, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.lib import notes
from sakimori.lib.errors import Refused


def signer() -> notes.Signer:
    """Return the private key, made now where there is none yet. Raises Refused for a file that is no key."""
    path = Path(settings.DATA_DIR) / "ledger" / "key.pem"
    if not path.exists():
        _make(path)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise Refused(_unreadable(path), rule="ledger.key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused(_unreadable(path), rule="ledger.key")
    # The name is the log's origin for ever: it follows from the key, so that nothing else can change it.
    digest = hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()
    return notes.Signer(f"sakimori/{digest[:16]}", key)


def verifier() -> notes.Verifier:
    """Return the public key; ``str`` of it is the line that is printed and handed to auditors."""
    return signer().verifier


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    # Linking gives the whole file its name or nothing: of two processes, the quicker one's key is the key.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _unreadable(path: Path) -> str:
    return _("証跡台帳の署名鍵 %(path)s を読めません。バックアップから復元してください。") % {"path": path}
