"""Departments in Excel."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.exchange.choices import Lookup
from sakimori.kernel.exchange.columns import Col, Sheet, Written, declare
from sakimori.kernel.exchange.kinds import Code, Text, YesNo
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.ledger import book

from .charts import keep_chart
from .units import check_department


def department_rows() -> Any:
    """Return the departments a file may name."""
    return Department.objects.current()


def people_rows() -> Any:
    """Return the people a file may name."""
    return Person.objects.active()


def site_rows() -> Any:
    """Return the sites a file may name."""
    return Site.objects.current()


def person_words(person: Person) -> tuple[str, ...]:
    """Return what a file may call a person."""
    return (person.name, person.number, person.employee_number or "")


def department_words(unit: Department) -> tuple[str, ...]:
    """Return what a file may call a department."""
    return (unit.name, unit.code, unit.number)


def _complete(unit: Department) -> None:
    check_department(unit)
    unit.owner = unit.head


def _after_import(rows: list[Written]) -> None:
    keep_chart(by=SYSTEM)


DEPARTMENTS = declare(
    Sheet(
        id="organization.departments",
        model=Department,
        title=_("部署一覧"),
        columns=(
            Col(
                "code",
                _("部署コード"),
                ("コード", "部門コード", "部署CD", "組織コード"),
                Code(),
                required=True,
            ),
            Col(
                "name", _("部署名"), ("部署", "部門", "部門名", "所属名", "組織名"), Text(100), required=True
            ),
            Col(
                "parent",
                _("上位部署"),
                ("上位部門", "親部署", "上位組織"),
                Lookup(_("部署"), department_rows, department_words, same_file=True),
            ),
            Col(
                "head",
                _("部門長"),
                ("部署長", "責任者", "所属長"),
                Lookup(_("従業者"), people_rows, person_words),
            ),
            Col("site", _("拠点"), ("勤務地", "事業所", "所在地"), Lookup(_("拠点"), site_rows)),
            Col("in_scope", _("適用範囲"), ("ISMS適用範囲", "範囲内"), YesNo(unknown=None)),
        ),
        verbs=(
            book.declare("department.imported", _("部署の取込")),
            book.declare("department.import_changed", _("取込による部署の変更")),
        ),
        key=("code", "name"),
        right="organization.change",
        complete=_complete,
        after=_after_import,
    )
)
