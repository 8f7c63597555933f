"""``./sakimori import REGISTER FILE [--apply]``: compare a table with a register, and take it in when told to."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sakimori.kernel.exchange import imports
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.lib.errors import Refused

from ._registers import named

_CHUNK = 1 << 20


class _File:
    """A file of this machine on its way in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def chunks(self) -> Iterator[bytes]:
        """Yield the content in pieces."""
        with self._path.open("rb") as file:
            while block := file.read(_CHUNK):
                yield block


class Command(BaseCommand):
    """Show the difference; with ``--apply`` take all rows in, or none."""

    help = "Excel または CSV の表を台帳に取り込みます。--apply がなければ違いを示すだけです。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("register", nargs="?", default="", help="台帳（省略すると一覧）")
        parser.add_argument("file", nargs="?", type=Path, help="Excel または CSV のファイル")
        parser.add_argument("--apply", action="store_true", help="違いを確かめたうえで取り込む")

    def handle(self, *args: Any, **options: Any) -> None:
        """Upload, check and perhaps apply; CommandError names what stands in the way."""
        sheet, path = named(options["register"]), options["file"]
        if path is None:
            raise CommandError(_("取り込むファイルを指定してください。"))
        try:
            batch = imports.upload(sheet=sheet.id, file=_File(path), file_name=path.name, by=SYSTEM)
            if batch.state != ImportBatch.State.MAPPED:
                raise CommandError(_("列の対応を決められません。画面の取込で対応を選んでください。"))
            batch = imports.dry_run(batch, by=SYSTEM)
            self._tell(batch)
            if options["apply"]:
                imports.apply(batch, by=SYSTEM)
                self.stdout.write(_("取り込みました。"))
        except OSError as error:
            raise CommandError(
                _("%(file)s を読めません: %(error)s") % {"file": path, "error": error}
            ) from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _tell(self, batch: ImportBatch) -> None:
        report = imports.report(batch)
        for problem in report.problems:
            self.stderr.write(str(problem))
        if not report.is_clean:
            text = _("%(problems)s件の誤りがあるため取り込めません。ファイルを直してください。")
            raise CommandError(text % report.counts)
        text = _(
            "%(rows)s行: 新規%(new)s件、変更%(changed)s件、同じ%(same)s件。台帳だけにあるもの%(missing)s件。"
        )
        self.stdout.write(text % report.counts)
