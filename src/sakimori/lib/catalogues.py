"""Translations from the text form (.po) to the form that programs read (.mo), without the gettext tools.

A fresh machine has no msgfmt, and a binary file has no place in the history.
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_MAGIC = 0x950412DE


@dataclass
class Message:
    """One message: its id (context and plural included) and its translations."""

    context: str | None = None
    single: str | None = None
    plural: str | None = None
    texts: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def key(self) -> bytes:
        """Return the id as the binary form spells it."""
        key = self.single or ""
        if self.context is not None:
            key = f"{self.context}\x04{key}"
        if self.plural is not None:
            key = f"{key}\0{self.plural}"
        return key.encode()

    @property
    def value(self) -> bytes:
        """Return the translations, plural forms in their order."""
        return "\0".join(self.texts[n] for n in sorted(self.texts)).encode()

    @property
    def is_usable(self) -> bool:
        """Tell whether every form is translated and nobody doubts it."""
        return self.single is not None and bool(self.texts) and all(self.texts.values()) and not self.fuzzy


def read(text: str, name: str = "django.po") -> Iterator[Message]:
    """Yield the messages of a .po file; raise ValueError with the line for what cannot be read."""
    message, part = Message(), ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            if part.startswith("msgstr"):
                yield message
                message, part = Message(), ""
            message.fuzzy = message.fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        if not line:
            continue
        keyword, _space, quoted = ("", "", line) if line.startswith('"') else line.partition(" ")
        if keyword in {"msgctxt", "msgid"} and part.startswith("msgstr"):
            yield message
            message = Message()
        part = keyword or part
        _add(message, part, _unquoted(quoted, f"{name}:{number}"), f"{name}:{number}")
    if part.startswith("msgstr"):
        yield message


def _unquoted(quoted: str, where: str) -> str:
    try:
        value = ast.literal_eval(quoted)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{where}: not a quoted text") from error
    return str(value)


def _add(message: Message, part: str, text: str, where: str) -> None:
    if part == "msgctxt":
        message.context = (message.context or "") + text
    elif part == "msgid":
        message.single = (message.single or "") + text
    elif part == "msgid_plural":
        message.plural = (message.plural or "") + text
    elif part == "msgstr" or (part.startswith("msgstr[") and part.endswith("]") and part[7:-1].isdigit()):
        form = int(part[7:-1]) if part != "msgstr" else 0
        message.texts[form] = message.texts.get(form, "") + text
    else:
        raise ValueError(f"{where}: unknown keyword {part!r}")


def binary(text: str, name: str = "django.po") -> bytes:
    """Return the binary form of a .po file; what is not translated or doubted is left out."""
    pairs = sorted((m.key, m.value) for m in read(text, name) if m.is_usable)
    count = len(pairs)
    offset = 28 + 16 * count
    ids, texts, blob = b"", b"", b""
    for column in (0, 1):
        for pair in pairs:
            entry = struct.pack("<II", len(pair[column]), offset + len(blob))
            blob += pair[column] + b"\0"
            if column == 0:
                ids += entry
            else:
                texts += entry
    return struct.pack("<IIIIIII", _MAGIC, 0, count, 28, 28 + 8 * count, 0, 0) + ids + texts + blob


def compile_all(folder: Path) -> list[Path]:
    """Write the binary form beside every .po below ``folder`` whose own is missing or older; return those."""
    written = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        unfinished = target.with_suffix(".tmp")
        unfinished.write_bytes(binary(source.read_text("utf-8"), str(source)))
        unfinished.replace(target)
        written.append(target)
    return written
