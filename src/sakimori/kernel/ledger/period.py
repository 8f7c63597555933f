"""The ledger on its way out as one ZIP, for a chosen period, streamed: memory stays flat however long it is.

The entries of the period go out whole, in the order of sealing; of all others only the hash, so that the signed
heads can still be computed. The same program checks such a part as checks the whole.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.lib import canonical, clock
from sakimori.lib.errors import Invalid, Refused

from . import book, keys
from .models import Checkpoint, Entry, Leaf
from .seal import Head, latest_head, seal

RIGHT = "ledger.export"
EXPORTED = book.declare("ledger.exported", gettext_lazy("証跡台帳の書き出し"))
README = "はじめにお読みください.txt"
_CHUNK = 2_000


@dataclass(frozen=True)
class Span:
    """What goes out: the places ``first`` up to before ``end`` of the tree with this head."""

    head: Head
    first: int
    end: int
    since: date | None
    until: date | None


def choose(since: date | None, until: date | None, *, by: Person) -> Span:
    """Return the places that hold every entry of the days, and note in the ledger that they go out.

    Raises NotAllowed without the right, Invalid for days in the wrong order, Refused where nothing is sealed.
    """
    access.require(by, RIGHT)
    if since and until and since > until:
        raise Invalid({"until": _("終わりの日は、始めの日より後にしてください。")})
    book.note(EXPORTED, by, by=by, since=since, until=until)
    seal()
    head = latest_head()
    rows = Entry.objects.filter(place__index__lt=head.size if head else 0)
    if since:
        rows = rows.filter(at__gte=_start(since))
    if until:
        rows = rows.filter(at__lt=_start(until + timedelta(days=1)))
    ends = rows.aggregate(first=Min("place__index"), last=Max("place__index"))
    if head is None or ends["first"] is None:
        raise Refused(_("この期間の証跡はありません。期間を広げてください。"), field="since")
    return Span(head, ends["first"], ends["last"] + 1, since, until)


def stream(span: Span) -> Iterator[bytes]:
    """Yield the ZIP piece by piece."""
    archive = _Archive()
    places = Leaf.objects.filter(index__lt=span.head.size).order_by("index")
    inside = places.filter(index__gte=span.first, index__lt=span.end).values_list("entry__body", flat=True)
    yield from archive.add("entries.jsonl", (f"{body}\n" for body in inside.iterator(_CHUNK)))
    hashes = places.values_list("entry__leaf", flat=True)
    yield from archive.add("leaves.txt", (f"{bytes(leaf).hex()}\n" for leaf in hashes.iterator(_CHUNK)))
    signed = Checkpoint.objects.filter(size__lte=span.head.size).order_by("size")
    yield from archive.add(
        "checkpoints.txt", _between(signed.values_list("note", flat=True).iterator(), "\n")
    )
    yield from archive.add("key.txt", [f"{keys.verifier()}\n"])
    program = Path(settings.BASE_DIR) / "verifier" / "sakimori_verify.py"
    yield from archive.add(program.name, [program.read_text(encoding="utf-8")])
    yield from archive.add(README, [_README % _told(span)])
    yield from archive.add("manifest.json", [canonical.dumps(_manifest(span, archive.digests)) + "\n"])
    yield archive.close()


@dataclass
class _Archive:
    """A ZIP written to nowhere, whose bytes are taken as they come; keeps the digest of each file."""

    digests: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, texts: Iterable[str]) -> Iterator[bytes]:
        """Write one file; yield what is ready."""
        digest = hashlib.sha256()
        with self._zip.open(name, "w", force_zip64=True) as file:
            for text in texts:
                data = text.encode()
                digest.update(data)
                file.write(data)
                if self._pipe.waiting > io.DEFAULT_BUFFER_SIZE:
                    yield self._pipe.take()
        self.digests[name] = digest.hexdigest()
        yield self._pipe.take()

    def close(self) -> bytes:
        """Finish the ZIP and return its last bytes."""
        self._zip.close()
        return self._pipe.take()


class _Pipe(io.RawIOBase):
    """A file without a place: it can only be appended to."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        """Say that it takes bytes."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take bytes."""
        self._pieces.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def take(self) -> bytes:
        """Return and forget what came in."""
        taken, self._pieces, self.waiting = b"".join(self._pieces), [], 0
        return taken


def _manifest(span: Span, digests: dict[str, str]) -> dict[str, object]:
    return {
        "made_at": clock.now(), "since": span.since, "until": span.until, "first": span.first,
        "count": span.end - span.first, "size": span.head.size, "root": span.head.root.hex(), "files": digests,
    }  # fmt: skip


def _told(span: Span) -> dict[str, object]:
    return {
        "since": span.since or "最初", "until": span.until or "最新", "first": f"{span.first + 1:,}",
        "last": f"{span.end:,}", "count": f"{span.end - span.first:,}", "size": f"{span.head.size:,}",
        "root": span.head.root.hex(),
    }  # fmt: skip


def _between(texts: Iterable[str], separator: str) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield (separator if number else "") + text


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.JAPAN)


# Written for an auditor in Japan, whatever the language of the pages.
_README = """\
証跡台帳の書き出し（期間を選んだもの）

期間: %(since)s から %(until)s
証跡: No.%(first)s から No.%(last)s（%(count)s 件）。台帳全体は %(size)s 件
台帳の先頭（ルートハッシュ）: %(root)s

中身
  entries.jsonl    期間の証跡。一行が一件で、封印の順に並んでいます
  leaves.txt       台帳全体のハッシュ値（SHA-256）。期間の外は値だけで、中身は分かりません
  checkpoints.txt  署名済みの先頭（C2SP tlog-checkpoint）
  key.txt          署名を確かめる公開鍵
  manifest.json    期間、件数、各ファイルの SHA-256
  sakimori_verify.py  確かめるためのプログラム

確かめ方（Python 3.9 以上。ほかに必要なものはありません）
  python sakimori_verify.py この書き出しのZIP --key 以前に受け取った公開鍵 --head 以前に受け取った先頭のファイル
  --key と --head は、この書き出しとは別の経路で受け取ったものを使ってください。
"""
