"""Two imports at once, on a database that really lets them run at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from django.db import connection

from sakimori.kernel.exchange import imports
from sakimori.kernel.exchange.choices import Lookup
from sakimori.kernel.exchange.columns import SHEETS, Col, Sheet, declare
from sakimori.kernel.exchange.kinds import Code, Text
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Department
from sakimori.kernel.ledger import book
from sakimori.lib.errors import Refused
from sakimori.lib.sheets import OutColumn, write_table

from .conftest import File

UNITS = Sheet(
    id="test.units",
    model=Department,
    key=("code",),
    verbs=(book.declare("test.unit_added", "部署の登録"), book.declare("test.unit_changed", "部署の変更")),
    columns=(
        Col("code", "部署コード", kind=Code(20), required=True),
        Col("name", "部署名", kind=Text(100), required=True),
        Col(
            "parent",
            "上位部署",
            kind=Lookup(
                "部署", lambda: Department.objects.current(), lambda d: (d.code, d.name), same_file=True
            ),
        ),
    ),
)


@pytest.fixture
def units() -> Iterator[Sheet]:
    yield declare(UNITS)
    SHEETS.pop(UNITS.id)


def send(*rows: tuple[object, ...]) -> ImportBatch:
    target = BytesIO()
    write_table(target, [OutColumn(text) for text in ("部署コード", "部署名", "上位部署")], rows)
    batch = imports.upload(sheet=UNITS.id, file=File(target.getvalue()), file_name="部署.xlsx", by=SYSTEM)
    return imports.dry_run(batch, by=SYSTEM)


@pytest.mark.django_db
def test_units_of_one_file_find_their_parents_in_any_order(units: Sheet) -> None:
    batch = send(("20", "営業一課", "10"), ("10", "営業部", ""))
    imports.apply(batch, by=SYSTEM)
    assert Department.objects.get(code="20").parent == Department.objects.get(code="10")


@pytest.mark.django_db
def test_a_unique_value_that_another_row_of_the_register_has_is_refused(units: Sheet) -> None:
    Department.objects.create(code="99", name="営業部")
    batch = send(("10", "営業部", ""))
    assert "「営業部」は既に別の記録で使われています" in imports.report(batch).problems[0].sentence


@pytest.mark.django_db
def test_a_unique_value_twice_in_a_file_is_refused(units: Sheet) -> None:
    batch = send(("10", "営業部", ""), ("11", "営業部", ""))
    assert "2行目と重複" in imports.report(batch).problems[0].sentence


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_imports_of_the_same_rows_one_is_told_to_look_again(units: Sheet) -> None:
    batches = [send(("10", "営業部", ""), ("20", "製造部", "")) for _ in range(2)]
    start = Barrier(2)

    def apply(batch: ImportBatch) -> str:
        start.wait()
        try:
            return str(imports.apply(batch, by=SYSTEM).state)
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(apply, batches))
    assert outcomes[0] == "applied"
    assert "もう一度確認" in outcomes[1]
    assert Department.objects.filter(code__in=("10", "20")).count() == 2
