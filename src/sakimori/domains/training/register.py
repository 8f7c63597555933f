"""Readings as a register."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from sakimori.lib import clock
from sakimori.registers import navigation
from sakimori.registers.base import Action, Column, Filter, Register, Section, Tones, register
from sakimori.registers.filters import Rows

from . import panels, rules  # noqa: F401 - panels declare themselves
from .models import Reading

TONES = {"open": "yellow", "passed": "green", "excused": "orange", "ended": "gray"}


def _by_need(rows: Rows, value: str) -> Rows:
    if value == "late":
        return rows.filter(status=Reading.Status.OPEN, due_on__lt=clock.today())
    return rows.filter(status=Reading.Status.OPEN).exclude(again_on=None)


@register
class Readings(Register):
    """周知・確認 (REG-196 to REG-201)."""

    model = Reading
    slug = "readings"
    title = _("周知・確認の記録")
    explanation = _("文書の施行のつど対象者に依頼され、理解度の確認に合格したときだけ受領になります。")
    group, icon, order = "documents", "checklist", 50
    columns: ClassVar = (
        "number", "person", "department", "document", Column("edition", default=False), "status", "due_on", "passed_on", "score",
        "failures", Column("again_on", default=False), Column("reminded_on", default=False),
        Column("excuse", default=False), Column("measure", default=False),
    )  # fmt: skip
    default_sort = "due_on"
    filters: ClassVar = (
        "status", "due_on", "department",
        Filter(
            "need", _("対応"), choices=(("late", _("期限を過ぎた")), ("again", _("再教育"))), apply=_by_need
        ),
    )  # fmt: skip
    search = ("label",)
    tones: ClassVar = (Tones("status", TONES),)
    detail = (
        Section(_("確認"), ("document", "edition", "person", "department", "status", "due_on", "passed_on", "score")),
        Section(_("追跡"), ("failures", "again_on", "reminded_on", "excuse", "measure")),
    )  # fmt: skip
    actions = (
        Action(rules.remind, icon="bell", bulk=True, allowed_when=lambda row: row.is_open),
        Action(rules.excuse, icon="user-off", allowed_when=lambda row: row.is_open,
               labels={"reason": _("実施できない理由")}),
        Action(rules.decide_excuse, icon="gavel", allowed_when=lambda row: row.status == "excused",
               labels={"measure": _("代わりの方法")}),
        Action(rules.resume, icon="refresh", allowed_when=lambda row: row.status == "excused",
               labels={"reason": _("再開の理由")}),
    )  # fmt: skip
    requirements = ("REG-196", "REG-197", "REG-198", "REG-199", "REG-200", "REG-201", "REG-132")


navigation.add(navigation.Entry(_("周知と理解度"), "training:mine", "school", "documents", order=15))
