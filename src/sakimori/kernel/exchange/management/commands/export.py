"""``./sakimori export REGISTER FILE``: write a register to Excel, in the form that ``import`` reads."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sakimori.kernel.exchange import exports
from sakimori.kernel.identity.actors import SYSTEM

from ._registers import named, title_of


class Command(BaseCommand):
    """Write all rows that are not withdrawn."""

    help = "台帳を Excel に書き出します。同じファイルを取り込めます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("register", nargs="?", default="", help="台帳（省略すると一覧）")
        parser.add_argument("file", nargs="?", type=Path, help="書き出す Excel ファイル（.xlsx）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file; CommandError where it exists or cannot be written."""
        sheet, path = named(options["register"]), options["file"]
        if path is None or path.suffix != ".xlsx":
            raise CommandError(_("書き出すファイルを .xlsx で指定してください。"))
        if path.exists():
            raise CommandError(_("%(file)s は既にあります。別の名前を指定してください。") % {"file": path})
        try:
            count = exports.export(sheet.model.objects.current(), sheet, path, by=SYSTEM)
        except OSError as error:
            raise CommandError(
                _("%(file)s に書けません: %(error)s") % {"file": path, "error": error}
            ) from error
        self.stdout.write(
            _("%(title)s %(count)s件を %(file)s に書き出しました。")
            % {"title": title_of(sheet), "count": count, "file": path}
        )
