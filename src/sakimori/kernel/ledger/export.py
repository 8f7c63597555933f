"""The ledger on its way out: everything, or one entry with its proof, with the program that checks it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.lib import canonical
from sakimori.lib.errors import Refused

from . import keys, proofs
from .models import Checkpoint, Leaf, Opening
from .seal import Head, latest_head, seal

README = "はじめにお読みください.txt"


def export(target: Path, *, openings: bool = False) -> Head:
    """Write the sealed ledger to a new folder, or to a ZIP when the name ends in .zip.

    ``openings`` adds the values behind the commitments, personal data included. Raises Refused when the
    target exists or the ledger is empty.
    """
    if target.exists():
        raise Refused(_("%(target)s はすでにあります。別の名前を指定してください。") % {"target": target})
    seal()
    head = latest_head()
    if head is None:
        raise Refused(_("証跡がまだ一件もないため、書き出すものがありません。"))
    if target.suffix != ".zip":
        _fill(target, head, openings=openings)
        return head
    with tempfile.TemporaryDirectory(dir=target.parent) as draft:
        _fill(Path(draft) / "ledger", head, openings=openings)
        made = shutil.make_archive(str(Path(draft) / "ledger"), "zip", Path(draft) / "ledger")
        Path(made).rename(target)
    return head


def export_proof(proved: proofs.ProvedEntry, folder: Path) -> Path:
    """Write one entry, its proof, the key and the checking program; return the proof's path."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{proved.number}-No{proved.index + 1}"
    (folder / f"{name}.json").write_bytes(proved.body.encode())
    path = folder / f"{name}.tlog-proof"
    path.write_bytes(str(proved.proof).encode())
    _add_tools(folder, _PROOF_README % {"name": name})
    return path


def _fill(folder: Path, head: Head, *, openings: bool) -> None:
    folder.mkdir(parents=True)
    leaves = Leaf.objects.filter(index__lt=head.size).order_by("index")
    with (folder / "entries.jsonl").open("wb") as bodies, (folder / "leaves.txt").open("wb") as hashes:
        for body, leaf in leaves.values_list("entry__body", "entry__leaf").iterator(5000):
            bodies.write(body.encode() + b"\n")
            hashes.write(bytes(leaf).hex().encode() + b"\n")
    signed = Checkpoint.objects.filter(size__lte=head.size).order_by("size")
    _write_lines(folder / "checkpoints.txt", signed.values_list("note", flat=True).iterator(), "\n")
    if openings:
        _write_lines(folder / "openings.jsonl", _openings(head), "")
    _add_tools(folder, _EXPORT_README % {"size": f"{head.size:,}", "root": head.root.hex()})


def _openings(head: Head) -> Iterable[str]:
    rows = Opening.objects.filter(entry__place__index__lt=head.size).order_by("entry__place__index", "path")
    for index, path, salt, value in rows.values_list(
        "entry__place__index", "path", "salt", "value"
    ).iterator():
        yield canonical.dumps({"index": index, "path": path, "salt": bytes(salt), "value": value}) + "\n"


def _write_lines(path: Path, texts: Iterable[str], between: str) -> None:
    with path.open("wb") as file:
        for number, text in enumerate(texts):
            file.write(((between if number else "") + text).encode())


def _add_tools(folder: Path, readme: str) -> None:
    (folder / "key.txt").write_bytes(f"{keys.verifier()}\n".encode())
    (folder / README).write_text(readme, encoding="utf-8", newline="\r\n")
    shutil.copy(Path(settings.BASE_DIR) / "verifier" / "sakimori_verify.py", folder)


# Written for an auditor in Japan, whatever the language of the pages.
_EXPORT_README = """\
証跡台帳の書き出し

件数: %(size)s 件
台帳の先頭（ルートハッシュ）: %(root)s

中身
  entries.jsonl    証跡。一行が一件で、封印の順に並んでいます
  leaves.txt       各証跡のハッシュ値（SHA-256）。改ざんの場所を特定するために使います
  checkpoints.txt  署名済みの先頭（C2SP tlog-checkpoint）
  key.txt          署名を確かめる公開鍵
  openings.jsonl   秘匿した値（含めて書き出した場合だけ）
  sakimori_verify.py  確かめるためのプログラム

確かめ方（Python 3.9 以上。ほかに必要なものはありません）
  1. このフォルダーで次を実行します
       python sakimori_verify.py . --key 以前に受け取った公開鍵 --head 以前に受け取った先頭のファイル
     --key と --head は、この書き出しとは別の経路で受け取ったものを使ってください
  2. 「改ざん・欠落・並べ替えはありません」と出れば、すべての証跡が封印した時のままです
  3. 食い違いがあれば、最初の一件を番号・日時・記録番号で示し、終了コード 1 で終わります
"""
_PROOF_README = """\
一件の証跡とその証明

中身
  %(name)s.json        証跡そのもの
  %(name)s.tlog-proof  この証跡が署名済みの台帳に含まれることの証明（C2SP tlog-proof）
  key.txt              署名を確かめる公開鍵
  sakimori_verify.py   確かめるためのプログラム

確かめ方（Python 3.9 以上。ほかに必要なものはありません）
  python sakimori_verify.py --proof %(name)s.tlog-proof --entry %(name)s.json --key 以前に受け取った公開鍵

ほかの証跡を見ることなく、この一件だけを確かめられます。
公開鍵は、この書き出しとは別の経路で受け取ったもの（文字列またはファイル）を使ってください。
"""
