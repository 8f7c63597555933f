"""Declarations of the registers of people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.exchange.choices import Choice, Lookup
from sakimori.kernel.exchange.columns import Col, Sheet, Written, declare
from sakimori.kernel.exchange.kinds import Code, Day, Text
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.ledger import book
from sakimori.lib import clock
from sakimori.registers import navigation
from sakimori.registers.base import Action, Column, Filter, Register, Section, Tones, register
from sakimori.registers.filters import Rows

from . import panels, rules  # noqa: F401 - panels declare themselves
from .models import Agreement


def department_rows() -> Any:
    """Return the departments a file may name."""
    return Department.objects.current()


def department_words(unit: Department) -> tuple[str, ...]:
    """Return what a file may call a department."""
    return (unit.name, unit.code, unit.number)


def site_rows() -> Any:
    """Return the sites a file may name."""
    return Site.objects.current()


def _complete(person: Person) -> None:
    person.employee_number = person.employee_number or None
    rules.check_person(person)
    if person.left_on is not None and person.left_on != person.loaded_values.get("left_on"):
        rules.check_leaving(person, person.left_on)


def _after_import(rows: list[Written]) -> None:
    former = Department.objects.in_bulk([row.changes["department_id"][0] for row in rows if _moved(row)])
    for row in rows:
        if row.is_new:
            rules.settle_joined(row.record)
            continue
        if _moved(row):
            rules.settle_moved(row.record, former.get(row.changes["department_id"][0]))
        if row.changes.get("left_on", (None, None))[1] is not None:
            rules.settle_left(row.record)


def _moved(row: Written) -> bool:
    return not row.is_new and "department_id" in row.changes


PEOPLE = declare(
    Sheet(
        id="people.people",
        model=Person,
        title=_("従業者名簿"),
        columns=(
            Col(
                "employee_number",
                _("社員番号"),
                ("社員No", "社員No.", "社員ID", "従業員番号", "社員コード", "職員番号"),
                Code(20),
            ),
            Col("name", _("氏名"), ("名前", "社員名", "従業員名", "氏　名"), Text(100), required=True),
            Col("kana", _("フリガナ"), ("カナ", "ふりがな", "氏名カナ", "カナ氏名", "ヨミ"), Text(100)),
            Col(
                "department",
                _("所属"),
                ("部署", "部門", "所属部署", "所属部門", "部署名", "配属"),
                Lookup(_("部署"), department_rows, department_words),
            ),
            Col("job_title", _("役職"), ("職位", "肩書", "職名"), Text(60)),
            Col("email", _("メールアドレス"), ("メール", "E-mail", "Email", "Eメール", "mail"), Code(254)),
            Col(
                "category",
                _("区分"),
                ("雇用区分", "雇用形態", "社員区分", "従業員区分"),
                Choice(
                    Person.Category.choices,
                    also={
                        "社員": "employee",
                        "正規": "employee",
                        "契約": "contract",
                        "嘱託": "contract",
                        "派遣": "temporary",
                        "派遣社員": "temporary",
                        "アルバイト": "temporary",
                        "パート": "temporary",
                        "業務委託": "partner",
                        "取締役": "officer",
                    },
                ),
            ),  # fmt: skip
            Col("site", _("勤務地"), ("拠点", "事業所", "勤務先"), Lookup(_("拠点"), site_rows)),
            Col("joined_on", _("入社日"), ("入社年月日", "採用日", "雇用開始日"), Day()),
            Col("left_on", _("退職日"), ("退職年月日", "退社日", "離職日", "雇用終了日"), Day()),
        ),
        verbs=(
            book.declare("person.imported", _("従業者の取込")),
            book.declare("person.import_changed", _("取込による従業者の変更")),
        ),
        key=("employee_number", "email", "name"),
        right="people.import",
        complete=_complete,
        after=_after_import,
    )
)


def _by_state(rows: Rows, value: str) -> Rows:
    held = rows.model.objects.active().values("pk")
    if value == "now":
        return rows.filter(pk__in=held)
    return rows.filter(left_on__lt=clock.today())


def present(person: Person) -> bool:
    """Tell whether no last day is noted yet."""
    return person.left_on is None


@register
class People(Register):
    """従業者名簿 (REG-008): whole for those who need it; all others see name, department and job."""

    model = Person
    slug = "people"
    group, icon, order = "organization", "users", 25
    columns = (
        "number",
        "employee_number",
        "name",
        Column("kana", default=False),
        "department",
        "job_title",
        "category",
        Column("site", default=False),
        Column("email", default=False),
        "joined_on",
        "left_on",
    )
    filters = (
        Filter("state", _("在籍"), (("now", _("在籍中")), ("left", _("退職済み"))), _by_state),
        "category",
        "department",
        "site",
    )
    search = ("name", "kana", "employee_number", "email", "job_title")
    form = (
        Section(_("本人"), ("name", "kana", "employee_number", "email")),
        Section(_("所属"), ("category", "department", "job_title", "site", "joined_on")),
    )
    detail = (
        Section(_("本人"), ("name", "kana", "employee_number", "email")),
        Section(_("所属"), ("category", "department", "job_title", "site", "joined_on", "left_on")),
    )
    actions = (
        Action(
            rules.register_agreement,
            allowed_when=present,
            icon="writing-sign",
            primary=True,
            choices={"agreement_kind": lambda: Agreement.Kind.choices},
            labels={
                name: Agreement._meta.get_field(name).verbose_name  # type: ignore[union-attr]
                for name in (
                    "agreement_kind",
                    "text_version",
                    "signed_on",
                    *Agreement.CLAUSES,
                    "survives_years",
                )
            },
        ),
        Action(
            rules.move_person,
            allowed_when=present,
            icon="arrows-right-left",
            labels={"to": _("異動先"), "moved_on": _("異動日")},
        ),
        Action(rules.leave, allowed_when=present, icon="door-exit", danger=True),
    )
    right_view, right_change = "people.view", "people.change"
    add, change = rules.add_person, rules.change_person
    sheet = PEOPLE
    detail_url = "people-person"
    requirements = ("REG-008", "REG-082", "PRC-181")


@register
class Agreements(Register):
    """誓約書・契約書台帳 (PRC-165, PRC-166, PRC-180..182, OPS-009, REG-082..084)."""

    model = Agreement
    slug = "agreements"
    group, icon, order = "organization", "writing-sign", 130
    columns = (
        "number",
        "person",
        "agreement_kind",
        "text_version",
        "signed_on",
        "survives_years",
        "binds_until",
        "reconfirmed_on",
    )
    default_sort = "-number"
    filters = ("agreement_kind", "person", "signed_on", "binds_until")
    tones = (Tones("agreement_kind", {"nda": "blue", "pledge": "green", "leaving": "orange"}),)
    form = (
        Section(_("書面"), ("person", "agreement_kind", "text_version", "signed_on")),
        Section(_("確かめた条項"), Agreement.CLAUSES),
        Section(_("終了後"), ("survives_years",)),
    )
    detail = (
        Section(_("書面"), ("person", "agreement_kind", "text_version", "signed_on")),
        Section(_("確かめた条項"), Agreement.CLAUSES),
        Section(_("終了後"), ("survives_years", "binds_until", "reconfirmed_on")),
    )
    help = {"survives_years": _("退職日からこの年数、義務が続く。退職を登録すると終期を計算する。")}
    actions = (
        Action(
            rules.reconfirm,
            allowed_when=lambda row: row.survives_years > 0 and row.reconfirmed_on is None,
            icon="refresh",
            primary=True,
        ),
    )
    right_change = "people.change"
    add, change = rules.register_agreement, rules.correct_agreement
    withdrawable = True
    requirements = ("PRC-165", "PRC-166", "PRC-181", "PRC-182", "OPS-009", "REG-083", "REG-084")


navigation.add(
    navigation.Entry(_("社員を探す"), "people-directory", "address-book", "organization", order=22)
)
navigation.add(
    navigation.Entry(
        _("誓約・契約の状況"), "people-coverage", "list-check", "organization", order=125, right="people.view"
    )
)
