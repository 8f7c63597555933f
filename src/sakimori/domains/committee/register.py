"""Meetings, decisions, topics and task forces as registers; decisions in Excel both ways."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.exchange.choices import Choice, Lookup
from sakimori.kernel.exchange.columns import Col, Sheet, declare
from sakimori.kernel.exchange.kinds import Day, Text
from sakimori.kernel.identity.models import Person
from sakimori.registers import navigation
from sakimori.registers.base import Action, Column, Register, Section, Tones, register

from . import rules
from .models import Decision, Meeting, TaskForce, Topic

MEETING_TONES = {
    "planned": "yellow", "convened": "blue", "held": "orange", "drafted": "purple", "confirmed": "green",
    "lapsed": "red", "cancelled": "gray",
}  # fmt: skip
DECISION_TONES = {"open": "blue", "done": "green", "cancelled": "gray"}
COMING = ("planned", "convened")

DECISIONS = declare(
    Sheet(
        id="committee-decisions",
        model=Decision,
        title=_("決定事項"),
        right="committee.import",
        verbs=(rules.IMPORTED, rules.CHANGED),
        complete=rules.complete_imported,
        after=rules.follow_import,
        notes=(_("以前の議事録の決定を取り込めます。完了は、証跡を添付して画面から登録します。"),),
        columns=(
            Col("name", _("議題"), ("件名", "決定事項"), Text(200), required=True),
            Col("content", _("決定の内容"), ("内容", "決定"), Text(multiline=True), required=True),
            Col("owner", _("担当"), ("担当者", "責任者"),
                Lookup(_("従業者"), Person.objects.active, lambda p: (p.name, p.employee_number or "", p.number))),
            Col("due_on", _("期日"), ("期限", "実施期限"), Day(), required=True),
            Col("status", _("状態"), ("進捗",), Choice(Decision.Status.choices), computed=True),
            Col("remarks", _("備考"), ("摘要",), Text(300)),
        ),
    )
)  # fmt: skip


@register
class Meetings(Register):
    """会議: the committee's meetings and their minutes (REG-051, V20-104, PRC-010)."""

    model = Meeting
    slug = "meetings"
    title = _("会議と議事録")
    explanation = _("情報セキュリティ委員会とタスクフォースの会議。議題、出欠、審議、決定。")
    group, icon, order = "organization", "calendar-event", 62
    columns: ClassVar = (
        "number", Column("session"), "kind_of_meeting", "held_on", "hours", "place", "status", "task_force",
        Column("convened_on", default=False), Column("confirmed_on", default=False),
    )  # fmt: skip
    default_sort = "-held_on"
    filters: ClassVar = ("status", "kind_of_meeting", "held_on")
    tones: ClassVar = (Tones("status", MEETING_TONES),)
    form = ("kind_of_meeting", "held_on", "hours", "place", "purpose", "task_force")
    help: ClassVar = {"hours": _("例: 10:00〜11:30"), "purpose": _("臨時の委員会では必ず入力します。")}
    detail = (
        Section(_("会議"), ("kind_of_meeting", "session", "held_on", "hours", "place", "purpose", "task_force", "owner",
                            "status")),
        Section(_("記録"), ("convened_on", "needed", "remarks", "prepared_by", "prepared_on", "confirmed_by",
                            "confirmed_on")),
    )  # fmt: skip
    detail_url = "committee:meeting"
    actions = (
        Action(rules.convene, icon="send", primary=True, allowed_when=lambda row: row.status == "planned",
               labels={"reason": _("急ぐ理由（招集の期間を縮めるとき）")}),
        Action(rules.call_person, icon="user-plus", allowed_when=lambda row: row.status in COMING,
               labels={"person": _("招集する人")},
               help=_("外部の専門家とシステムセキュリティ責任者は、委員長が招集したときだけ参加します。")),
        Action(rules.finish_minutes, icon="file-check", primary=True, allowed_when=lambda row: row.status == "held"),
        Action(rules.object_to, icon="message-exclamation", allowed_when=lambda row: row.status == "drafted",
               labels={"text": _("意見")}),
        Action(rules.confirm_minutes, icon="signature", primary=True,
               allowed_when=lambda row: row.status == "drafted"),
        Action(rules.reopen_minutes, icon="pencil", allowed_when=lambda row: row.status == "drafted"),
        Action(rules.cancel_meeting, icon="ban", danger=True, allowed_when=lambda row: row.status in COMING),
    )  # fmt: skip
    add, change = rules.plan_meeting, rules.change_meeting
    right_change = "committee.run"
    requirements = ("REG-051", "REG-046", "V20-104", "JPM-010", "PRC-010", "PRC-011")


@register
class Decisions(Register):
    """決定事項 (REG-033)."""

    model = Decision
    slug = "decisions"
    explanation = _("委員会が決めたこと。担当が期日までに実施し、証跡を付けて完了します。")
    group, icon, order = "organization", "gavel", 64
    columns: ClassVar = (
        "number", Column("name", sort=False), Column("meeting", sort=False), "owner", "due_on", "status", "done_on",
    )  # fmt: skip
    default_sort = "-number"
    filters: ClassVar = ("status", "owner", "due_on")
    search = ("name", "content")
    tones: ClassVar = (Tones("status", DECISION_TONES),)
    detail = (
        Section(_("決定"), ("name", "content", "meeting", "owner", "due_on", "status", "remarks")),
        Section(_("実施"), ("result", "done_on")),
    )
    actions = (
        Action(rules.complete_decision, icon="check", primary=True, allowed_when=lambda row: row.status == "open",
               labels={"result": _("実施した内容"), "done_on": _("実施日")},
               help=_("先に「証跡・関連」で、実施を示すファイルを添付してください。")),
        Action(rules.cancel_decision, icon="ban", danger=True, allowed_when=lambda row: row.status == "open"),
    )  # fmt: skip
    sheet = DECISIONS
    right_change = "committee.carry_out"
    requirements = ("REG-033",)


@register
class Topics(Register):
    """議題の提案 (REG-050)."""

    model = Topic
    slug = "topics"
    explanation = _("委員と部門長は、社内外の事象などの議題をいつでも出せます。")
    group, icon, order = "organization", "message-plus", 66
    columns: ClassVar = ("number", Column("name", sort=False), "owner", "effective_on", "status")
    filters: ClassVar = ("status",)
    search = ("name", "explanation")
    tones: ClassVar = (Tones("status", {"waiting": "yellow", "taken": "green", "declined": "gray"}),)
    form = ("name", "explanation", "about")
    detail = ("name", "explanation", "about", "owner", "effective_on", "status", "answer")
    actions = (
        Action(rules.decline, icon="x", allowed_when=lambda row: row.status == "waiting",
               labels={"answer": _("載せない理由")}),
    )  # fmt: skip
    add = rules.put_forward
    right_change = "committee.run"
    right_add = "committee.topic"
    requirements = ("REG-050",)


@register
class TaskForces(Register):
    """タスクフォース名簿 (REG-053)."""

    model = TaskForce
    slug = "task-forces"
    explanation = _("作業ごとに置く、委員を責任者とする班。目的、作業、構成員、終了の条件。")
    group, icon, order = "organization", "users-group", 68
    columns: ClassVar = (
        "number", Column("name", sort=False), "owner", Column("purpose", sort=False),
        Column("member_names", label=_("構成員"), render=lambda row: row.member_names, sort=False, default=False),
        "closed_on",
    )  # fmt: skip
    filters: ClassVar = ("owner", "closed_on")
    search = ("name", "purpose")
    form = ("name", "purpose", "tasks", "ends_when", "owner")
    detail = ("name", "purpose", "tasks", "ends_when", "owner", "member_names", "closed_on", "result")
    actions = (
        Action(rules.add_member, icon="user-plus", allowed_when=lambda row: row.closed_on is None,
               labels={"person": _("構成員")}),
        Action(rules.close_force, icon="flag", allowed_when=lambda row: row.closed_on is None),
    )  # fmt: skip
    add, change = rules.set_up, rules.change_force
    right_change = "committee.run"
    few_rows = True
    requirements = ("REG-053",)


navigation.add(
    navigation.Entry(
        _("情報セキュリティ委員会"),
        "committee:home",
        "armchair",
        "organization",
        order=60,
        right="committee.view",
    )
)
