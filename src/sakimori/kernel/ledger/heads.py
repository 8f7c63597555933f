"""Heads leave the house: a ledger within one trust domain can be rebuilt by its own administrator.

Whoever holds an older head can tell. So each new head goes to a folder on other storage and, by the hook
``head_published``, to whoever listens: the auditor's mail, the page footer of papers.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.kernel import hooks
from sakimori.lib import merkle, notes
from sakimori.lib.errors import Refused

from . import keys, proofs
from .seal import Head, latest_head, seal


def publish() -> Head | None:
    """Seal what waits and give the newest head away; a head already given away is not given again.

    Raises Refused when the newest head does not continue the last one given away, or cannot be written.
    """
    seal()
    head = latest_head()
    folder = _folder()
    if head is None or (folder is not None and _file(folder, head).exists()):
        return head
    if folder is not None:
        _check_continues(head)
    hooks.call("head_published", head=head)
    # The file comes last: as long as it is missing, the head counts as not given away and is tried again.
    if folder is not None:
        _keep(folder, head)
    return head


def kept_elsewhere() -> list[str]:
    """Return the heads in the folder on other storage, oldest first, for verification."""
    folder = _folder()
    return [path.read_text() for path in sorted(folder.glob("head-*.txt"))] if folder else []


def _check_continues(head: Head) -> None:
    """Refuse a head that forks from the last one given away (RFC 9162 consistency)."""
    kept = kept_elsewhere()
    if not kept:
        return
    try:
        old = notes.Checkpoint.open(kept[-1], keys.verifier())
        path = proofs.consistency(old.size, head.size)
        continues = merkle.verify_consistency(old.size, old.root, head.size, head.root, path)
    except (notes.NoteError, IndexError, merkle.DamagedTreeError):
        continues = False
    if not continues:
        raise Refused(
            _(
                "台帳の新しい先頭（%(size)s 件）が、外部に保管した先頭の続きになっていません。"
                "台帳が作り直されたおそれがあります。./sakimori verify で確かめてください。"
            )
            % {"size": head.size},
            rule="ledger.heads",
        )


def _keep(folder: Path, head: Head) -> None:
    try:
        _write(_file(folder, head), head.note)
    except OSError as error:
        raise Refused(
            _("台帳の先頭を %(folder)s に書けません。保管先を確かめてください。") % {"folder": folder},
            rule="ledger.heads",
        ) from error


def _folder() -> Path | None:
    return Path(settings.HEADS_DIR) if settings.HEADS_DIR else None


def _file(folder: Path, head: Head) -> Path:
    return folder / f"head-{head.size:012d}.txt"


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
