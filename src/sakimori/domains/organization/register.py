"""Declarations of the registers of the organization."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Company, Department, Deputy, Site
from sakimori.lib import clock
from sakimori.registers import navigation
from sakimori.registers.base import Action, Choices, Column, Filter, Register, Section, Tones, register
from sakimori.registers.filters import Rows

from . import rules
from .models import Chart, Circumstance, Commitment, Instruction, InterestedParty, Scope, Supervision
from .rules.sheets import DEPARTMENTS


@register
class Departments(Register):
    """部署一覧 (REG-041, REG-006)."""

    model = Department
    slug = "departments"
    group, icon, order = "organization", "building-community", 30
    columns = ("number", "code", "name", "parent", "head", "site", "in_scope")
    default_sort = "code"
    filters = ("in_scope", "site", "head")
    search = ("code", "name")
    form = ("code", "name", "parent", "site", "head", "in_scope")
    help = {"in_scope": _("ISMSの適用範囲に含めるかどうか。決めるまでは指摘に残る。")}
    actions = (
        Action(rules.set_head, icon="user-star", labels={"head": _("部門長")}),
        Action(rules.close_department, icon="ban", danger=True),
    )
    few_rows = True
    right_change = "organization.change"
    add, change = rules.add_department, rules.change_department
    sheet = DEPARTMENTS
    requirements = ("REG-041", "REG-006", "V20-105")


@register
class Sites(Register):
    """拠点一覧 (REG-006)."""

    model = Site
    slug = "sites"
    group, icon, order = "organization", "map-pin", 40
    columns = ("number", "name", "address", "in_scope")
    default_sort = "name"
    filters = ("in_scope",)
    search = ("name", "address")
    form = ("name", "address", "in_scope")
    few_rows = True
    withdrawable = True
    right_change = "organization.change"
    add, change = rules.add_site, rules.change_site
    requirements = ("REG-006", "V20-007")


def roles() -> Choices:
    """Return the roles that people are appointed to."""
    return [(r.id, r.title) for r in access.roles().values() if r.id not in rules.UNAPPOINTED]


def role_title(row: Appointment) -> str:
    """Return the name of the role."""
    return access.role_title(row.role)


def _by_term(rows: Rows, value: str) -> Rows:
    held = rows.model.objects.in_force().values("pk")
    if value == "now":
        return rows.filter(pk__in=held)
    if value == "future":
        return rows.filter(starts_on__gt=clock.today())
    return rows.filter(ends_on__lt=clock.today())


def runs(row: Appointment | Deputy) -> bool:
    """Tell whether a term has not ended yet."""
    return row.ends_on is None or row.ends_on >= clock.today()


@register
class Appointments(Register):
    """任命簿 (SYS-262, SYS-290, PRC-009, V20-069)."""

    model = Appointment
    slug = "appointments"
    group, icon, order = "organization", "user-check", 50
    columns = (
        "number",
        Column("role", render=role_title),
        "person",
        "department",
        "starts_on",
        "ends_on",
        "supervisor",
        Column("supervision", default=False),
        "announced_on",
    )
    default_sort = "-number"
    filters = (
        Filter("role", choices=tuple((str(value), label) for value, label in roles())),
        Filter(
            "term",
            _("任期"),
            (("now", _("現任")), ("future", _("就任前")), ("over", _("任期終了"))),
            _by_term,
        ),
        "person",
        "department",
    )
    detail = (
        Section(_("任命"), ("role", "person", "department", "starts_on", "ends_on", "announced_on")),
        Section(_("兼任の監督"), ("supervisor", "supervision")),
    )
    actions = (
        Action(rules.announce, allowed_when=lambda row: row.announced_on is None and runs(row),
               icon="speakerphone", primary=True),
        Action(rules.confirm_supervision, icon="eye-check",
               allowed_when=lambda row: row.supervisor_id is not None and runs(row),
               labels={"observed": _("確認した内容"), "sound": _("問題なし")}),
        Action(rules.end_appointment, allowed_when=runs, icon="user-minus", danger=True,
               labels={"ends_on": _("最終日")}),
    )  # fmt: skip
    requirements = ("SYS-262", "SYS-290", "PRC-009", "V20-069", "REG-047", "JPM-009")


@register
class Deputies(Register):
    """代理設定 (REG-049)."""

    model = Deputy
    slug = "deputies"
    group, icon, order = "organization", "arrows-exchange", 60
    columns = ("number", "principal", "deputy", "starts_on", "ends_on", "reason")
    default_sort = "-number"
    filters = ("principal", "deputy")
    detail = ("principal", "deputy", "starts_on", "ends_on", "reason")
    actions = (
        Action(rules.end_deputy, allowed_when=runs, icon="player-stop", labels={"ends_on": _("終了日")}),
    )
    requirements = ("REG-049",)


SCOPE_TONES = {"draft": "gray", "submitted": "blue", "approved": "green", "superseded": "gray"}


@register
class Scopes(Register):
    """適用範囲定義書 (V20-007, REG-006, REG-007)."""

    model = Scope
    slug = "scopes"
    group, icon, order = "organization", "versions", 80
    columns = ("number", "version", "status", "approved_on", "recorded_at")
    default_sort = "-number"
    filters = ("status",)
    tones = (Tones("status", SCOPE_TONES),)
    detail = ("version", "status", "approved_on")
    detail_url = "organization-scope"
    requirements = ("V20-007", "REG-006", "REG-007")


@register
class Circumstances(Register):
    """組織の状況と課題 (REG-300, REG-301)."""

    model = Circumstance
    slug = "circumstances"
    group, icon, order = "organization", "world", 100
    columns = ("number", "fiscal_year", "category", "content", "decision", "issue", "reason")
    default_sort = "-number"
    filters = ("fiscal_year", "category", "decision")
    search = ("content", "issue")
    tones = (Tones("decision", {"pending": "orange", "issue": "blue", "dismissed": "gray"}),)
    detail = ("fiscal_year", "category", "content", "decision", "issue", "reason")
    actions = (
        Action(
            rules.decide_circumstance,
            icon="gavel",
            primary=True,
            labels={"is_issue": _("情報セキュリティの課題とする"), "issue": _("課題")},
        ),
    )
    requirements = ("REG-300", "REG-301")


@register
class InterestedParties(Register):
    """利害関係者一覧 (REG-300)."""

    model = InterestedParty
    slug = "interested-parties"
    group, icon, order = "organization", "users-group", 110
    columns = ("number", "name", "expectation", "answer", "binding")
    filters = ("binding",)
    search = ("name", "expectation", "answer")
    form = ("name", "expectation", "answer", "binding")
    right_change = "organization.context"
    withdrawable = True
    add, change = rules.add_party, rules.change_party
    requirements = ("REG-300",)


@register
class Commitments(Register):
    """コミットメント表明 (REG-009, PRC-018)."""

    model = Commitment
    slug = "commitments"
    group, icon, order = "organization", "signature", 120
    columns = ("number", "fiscal_year", "owner", "signed_on")
    default_sort = "-number"
    detail = ("fiscal_year", "text", "signed_on")
    requirements = ("REG-009", "PRC-018")


@register
class Supervisions(Register):
    """兼任の監督確認記録 (OPS-011, PRC-017)."""

    model = Supervision
    slug = "supervisions"
    group, icon, order = "organization", "eye-check", 70
    columns = ("number", "appointment", "owner", "effective_on", "sound", "observed")
    default_sort = "-number"
    filters = ("sound",)
    detail = ("appointment", "observed", "sound")
    requirements = ("OPS-011", "PRC-017")


@register
class Charts(Register):
    """情報セキュリティ体制図の版 (REG-032, JPM-244, JPM-245)."""

    model = Chart
    slug = "charts"
    title = _("体制図の版")
    group, icon, order = "organization", "versions", 75
    columns = ("number", "effective_on", "confirmed_on", "content_hash")
    default_columns = ("number", "effective_on", "confirmed_on")
    default_sort = "-number"
    detail = ("effective_on", "confirmed_on", "content_hash")
    detail_url = "organization-kept-chart"
    requirements = ("REG-032", "JPM-244", "JPM-245")


@register
class Instructions(Register):
    """作業指示記録 (REG-037, REG-038, REG-040)."""

    model = Instruction
    slug = "instructions"
    group, icon, order = "operations", "clipboard-list", 40
    columns = ("number", "work", "owner", "worker", "verifier", "due_on", "status")
    default_sort = "-number"
    filters = ("status", "worker", "verifier")
    search = ("work", "result")
    tones = (Tones("status", {"given": "blue", "done": "orange", "verified": "green"}),)
    detail = ("work", "worker", "verifier", "due_on", "status", "result")
    actions = (
        Action(rules.report_work, allowed_when=lambda row: row.status == Instruction.Status.GIVEN,
               icon="send", primary=True, labels={"result": _("結果")}),
        Action(rules.verify_work, allowed_when=lambda row: row.status == Instruction.Status.DONE,
               icon="check", primary=True),
    )  # fmt: skip
    requirements = ("REG-037", "REG-038", "REG-040")


@register
class Companies(Register):
    """会社情報."""

    model = Company
    slug = "company"
    group, icon, order = "settings", "building", 5
    columns = ("number", "name", "representative", "address")
    form = ("name", "representative", "address", "business", "paper_class")
    few_rows = True
    right_change = "organization.change"
    add, change = rules.found_company, rules.change_company
    requirements = ("V20-007",)


for _title, _name, _icon, _order in (
    (_("体制"), "organization-chart", "sitemap", 10),
    (_("役割と責任"), "organization-roles", "id-badge-2", 15),
    (_("職務分離表"), "organization-separation", "table", 20),
    (_("適用範囲"), "organization-scope-current", "border-outer", 78),
    (_("組織の状況"), "organization-context", "compass", 95),
):
    navigation.add(navigation.Entry(_title, _name, _icon, "organization", order=_order))
