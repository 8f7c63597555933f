"""A register like the asset ledger that companies keep, for the tests of this package only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.db import connection, models

from sakimori.kernel.exchange.choices import Choice, Level, Lookup
from sakimori.kernel.exchange.columns import SHEETS, Col, Sheet, declare
from sakimori.kernel.exchange.kinds import Code, Day, Text, Whole, YesNo
from sakimori.kernel.identity.models import Department
from sakimori.kernel.ledger import book
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import scales
from sakimori.lib.errors import Invalid

CREATED = book.declare("holding.registered", "資産の登録")
CHANGED = book.declare("holding.changed", "資産の変更")
STORAGES = (("paper", "書類"), ("pc", "事務所PC"), ("mobile", "モバイル機器"), ("removable", "可搬電子媒体"),
            ("server", "社内サーバー"), ("external", "社外サーバー"), ("cloud", "クラウド（SaaS）"))  # fmt: skip


class Holding(Record):
    """An asset as small as the tests need."""

    number_prefix = "HLD"
    default_audience = "departmental"

    ledger_no = models.CharField(max_length=20, blank=True)
    business = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=150)
    remarks = models.TextField(blank=True)
    storage = models.CharField(max_length=16, blank=True)
    personal = models.BooleanField(default=False)
    confidentiality = models.PositiveSmallIntegerField(null=True)
    integrity = models.PositiveSmallIntegerField(null=True)
    availability = models.PositiveSmallIntegerField(null=True)
    importance = models.PositiveSmallIntegerField(null=True)
    threat = models.PositiveSmallIntegerField(null=True)
    vulnerability = models.PositiveSmallIntegerField(null=True)
    risk_value = models.PositiveSmallIntegerField(null=True)
    registered_on = models.DateField(null=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    objects: ClassVar = RecordQuerySet["Holding"].as_manager()

    class Meta:
        app_label = "exchange_tests"

    def title(self) -> str:
        return self.name


def scale() -> scales.Scale:
    return scales.Scale(0, 2)


def complete(row: Holding) -> None:
    levels = [row.confidentiality, row.integrity, row.availability]
    row.importance = scales.importance(levels, scale=scale(), personal=False)
    row.risk_value = None
    if row.importance is not None and row.threat and row.vulnerability:
        row.risk_value = scales.sme_risk(row.importance, row.threat, row.vulnerability)
    if row.name == "禁止":
        raise Invalid({"name": "この名称は使えません。"})


SHEET = Sheet(
    id="holdings",
    model=Holding,
    title="資産台帳",
    key=("ledger_no",),
    right="asset.change",
    verbs=(CREATED, CHANGED),
    complete=complete,
    columns=(
        Col("ledger_no", "No.", ("番号", "台帳番号"), Code(20)),
        Col("business", "業務分類", kind=Text(60)),
        Col("name", "情報資産名称", ("情報資産名", "資産名"), Text(150), required=True),
        Col("remarks", "備考", kind=Text(multiline=True)),
        Col("department", "管理部署", ("リスク所有者", "管理責任者"),
            Lookup("部署", lambda: Department.objects.current(), lambda d: (d.name, d.code, d.number))),
        Col("storage", "媒体・保存先", ("保存先",), Choice(STORAGES)),
        Col("personal", "個人情報", kind=YesNo()),
        Col("confidentiality", "機密性", ("機密性C",), Level("cia", scale)),
        Col("integrity", "完全性", kind=Level("cia", scale)),
        Col("availability", "可用性", kind=Level("cia", scale)),
        Col("importance", "重要度", kind=Whole(), computed=True, of_scale="cia"),
        Col("registered_on", "登録日", kind=Day()),
        Col("threat", "脅威の発生頻度", ("脅威",), Whole(1, 3)),
        Col("vulnerability", "脆弱性", kind=Whole(1, 3)),
        Col("risk_value", "リスク値", kind=Whole(), computed=True, of_scale="cia"),
        Col("parent", "上位資産", kind=Lookup(
            "資産", lambda: Holding.objects.current(), lambda h: (h.ledger_no, h.number), same_file=True)),
    ),
)  # fmt: skip


def _create_table() -> None:
    """Create the table within the test's transaction; SQLite's editor refuses to be entered in one."""
    if connection.vendor == "postgresql":
        with connection.schema_editor() as editor:
            editor.create_model(Holding)
        return
    plain: Any = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
    plain.deferred_sql = []
    sql, parameters = plain.table_sql(Holding)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)


@pytest.fixture
def holdings(db: None) -> Iterator[Sheet]:
    """The register, with a table that lives as long as the test."""
    _create_table()
    declare(SHEET)
    yield SHEET
    SHEETS.pop(SHEET.id)


DEPARTMENTS = ("総務部", "人事部", "経理部", "営業部", "製造部", "開発設計部", "購買部", "品質保証部",
               "情報システム部", "経営企画部")  # fmt: skip


@pytest.fixture
def departments(cast: object) -> dict[str, Department]:
    """The departments of the example ledgers."""
    found = {d.name: d for d in Department.objects.all()}
    for number, name in enumerate(DEPARTMENTS):
        if name not in found:
            found[name] = Department.objects.create(code=f"X{number}", name=name)
    return found
