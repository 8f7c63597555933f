"""A ledger of 10,000 rows in, 100,000 rows out; SQLite and PostgreSQL.

Run by ``./sakimori bench sheets``. In: upload, dry run and apply with every ledger entry. Out: seconds and memory.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

from bench._setup import begin, company, on_both, once
from django.core.files.base import File
from django.db import connections

ROWS_IN, ROWS_OUT = 10_000, 100_000


def main() -> None:
    """Measure on both databases."""
    on_both("bench.sheets")


def measure() -> None:
    """Measure one database."""
    begin()
    from sakimori.domains.assets.models import Asset  # noqa: PLC0415 - Django first
    from sakimori.domains.assets.register import SHEET  # noqa: PLC0415
    from sakimori.kernel.exchange import exports, imports  # noqa: PLC0415
    from sakimori.kernel.identity.models import Department  # noqa: PLC0415
    from sakimori.kernel.policy import policy  # noqa: PLC0415

    office = company(0)
    Department.objects.update(head=office)
    with tempfile.TemporaryDirectory() as folder, policy.reading():  # as within a request
        path = _workbook(Path(folder))
        took: dict[str, float] = {}
        held = {}

        def upload() -> None:
            with path.open("rb") as file:
                held["batch"] = imports.upload(
                    sheet=SHEET.id, file=File(file, path.name), file_name=path.name, by=office
                )

        took["upload"] = once(upload)
        took["scale"] = once(
            lambda: held.update(
                batch=imports.choose(
                    held["batch"],
                    tab=held["batch"].tab,
                    mapping=held["batch"].mapping,
                    scales={"cia": (1, 3)},
                    by=office,
                )
            )
        )
        took["dry run"] = once(lambda: held.update(batch=imports.dry_run(held["batch"], by=office)))
        took["apply"] = once(lambda: imports.apply(held["batch"], by=office))
        total = sum(took.values())
        steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items())
        print(f"  {ROWS_IN:,} rows in: {steps}; {ROWS_IN / total:,.0f} rows/s", flush=True)
        assert Asset.objects.count() == ROWS_IN
        _export(exports, SHEET, office, Path(folder))


def _workbook(folder: Path) -> Path:
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("情報資産管理台帳")
    sheet.append(["No.", "業務分類", "情報資産名称", "管理部署", "媒体・保存先", "個人情報", "機密性", "完全性", "可用性",
                  "重要度", "保存期限", "登録日", "脅威の発生頻度", "脆弱性", "リスク値"])  # fmt: skip
    for n in range(1, ROWS_IN + 1):
        sheet.append([n, "営業", f"顧客名簿（{n}）", f"第{n % 50}事業部", "書類", "有" if n % 5 == 0 else None, 1 + n % 3,
                      2, 1, 3, "5年", "令和7年4月1日", 2, 2, 3])  # fmt: skip
    path = folder / "ledger.xlsx"
    book.save(path)
    return path


def _export(exports: object, sheet: object, office: object, folder: Path) -> None:
    from bench._setup import _asset  # noqa: PLC0415

    from sakimori.domains.assets.models import Asset  # noqa: PLC0415
    from sakimori.kernel.identity.models import Department, Person  # noqa: PLC0415
    from sakimori.kernel.records import bulk  # noqa: PLC0415

    units, people = list(Department.objects.all()), list(Person.objects.filter(user=None))
    for start in range(ROWS_IN, ROWS_OUT, 5_000):
        bulk.insert([_asset(Asset, n, units, people) for n in range(start, start + 5_000)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with (folder / "out.xlsx").open("wb") as target:
        rows = Asset.objects.all()
        seconds = once(lambda: exports.export(rows, sheet, target, by=office))  # type: ignore[attr-defined]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {ROWS_OUT:,} rows out in {seconds:.1f} s; peak memory {before:.0f} MiB before, {peak:.0f} MiB after",
        flush=True,
    )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        measure()
        connections.close_all()
