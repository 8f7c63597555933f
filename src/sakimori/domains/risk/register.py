"""Declarations of the risk registers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sakimori.domains.controls.models import Control
from sakimori.kernel.content.threats import THREATS, VULNERABILITIES
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import RecordQuerySet
from sakimori.lib.numerals import whole
from sakimori.registers.base import Action, Choices, Column, Filter, Register, Section, Tones, register
from sakimori.registers.manychoice import Groups
from sakimori.registers.navigation import Entry, add

from . import rules
from .models import Acceptance, Permit, Risk, Round, Treatment

TERMS = {
    "method": _("算定方法"),
    "formula": _("計算式"),
    "day": _("基準日"),
    "per_year": _("起こりやすさの段階（年間の回数がこの値以上）"),
    "from_yen": _("損害額の段階（円がこの値以上）"),
    "loss_by_amount": _("金額による損害の段階"),
    "importance": _("情報資産の重要度"),
    "importance_rule": _("重要度の求め方"),
}
STATE_TONES: dict[str, str] = {
    Risk.State.IDENTIFIED: "blue",
    Risk.State.REJECTED: "gray",
    Risk.State.ANALYSED: "orange",
    Risk.State.ACCEPTABLE: "green",
    Risk.State.PLANNED: "blue",
    Risk.State.TREATED: "green",
    Risk.State.ACCEPTED: "green",
    Risk.State.REOPENED: "red",
}


EFFECTS: Choices = (("keep", _("継続")), ("change", _("見直し")), ("drop", _("廃止")))


def levels(name: str) -> Choices:
    """Return the levels of one scale of the regulation with their names."""
    return [(int(row["value"]), f"{row['value']} {row['label']}") for row in policy.value(name)]


def methods() -> Choices:
    """Return the methods of valuation."""
    return [(option.id, option.label) for option in policy.describe("risk.method").choices]


def importance_rules() -> Choices:
    """Return the ways to compute an asset's importance."""
    return [(option.id, option.label) for option in policy.describe("assets.importance.rule").choices]


def threats() -> Choices:
    """Return the threats of the catalogue."""
    return [(threat.id, threat.title) for threat in THREATS]


def vulnerabilities() -> Choices:
    """Return the vulnerabilities of the catalogue."""
    return [(row.id, row.title) for row in VULNERABILITIES]


def controls() -> Groups:
    """Return the controls a plan may choose by standard, those of the standards in use first."""
    rows = Control.objects.current().selectable().order_by("-standard__in_use", "standard_id", "position")
    found: dict[str, list[tuple[str, str]]] = {}
    for number, standard, ref, name in rows.values_list("number", "standard__short", "ref", "name"):
        found.setdefault(standard, []).append((number, f"{standard} {ref} {name}"))
    return list(found.items())


def threat_title(risk: Risk) -> str:
    """Return the name of the threat."""
    return THREATS[risk.threat].title if risk.threat in THREATS else risk.threat


def vulnerability_title(risk: Risk) -> str:
    """Return the name of the vulnerability."""
    known = risk.vulnerability in VULNERABILITIES
    return VULNERABILITIES[risk.vulnerability].title if known else risk.vulnerability


def level_filter(name: str) -> Filter:
    """Return a filter on one level, as the cells of the map use it."""

    def apply(rows: RecordQuerySet[Risk], value: str) -> RecordQuerySet[Risk]:
        level = whole(value)
        return rows.none() if level is None else rows.filter(**{name: level})

    return Filter(name, choices=tuple((str(level), str(level)) for level in range(6)), apply=apply)


@register
class Rounds(Register):
    """リスクアセスメント記録 (REG-065, REG-297)."""

    model = Round
    slug = "risk-rounds"
    group, icon, order = "risk", "calendar-event", 30
    columns = ("number", "name", "fiscal_year", "occasion", "status", "effective_on", "closed_on")
    filters = ("status", "fiscal_year")
    tones = (Tones("status", {"open": "blue", "closed": "green"}),)
    detail = ("name", "fiscal_year", "occasion", "status", "effective_on", "closed_on", "conclusion")
    detail_url = "risk-round"
    requirements = ("REG-065", "REG-072", "REG-297", "REG-299", "REG-308")


@register
class Risks(Register):
    """リスク台帳 (V20-014..020, REG-303..313)."""

    model = Risk
    slug = "risks"
    group, icon, order = "risk", "alert-triangle", 20
    columns = (
        "number",
        Column("asset", sort=False),
        Column("threat", render=threat_title),
        Column("vulnerability", render=vulnerability_title, default=False),
        "owner",
        "department",
        "likelihood",
        "loss",
        "value",
        "residual_value",
        "state",
        Column("review_on", default=False),
        Column("expected_loss", align="right", default=False),
    )
    filters = (
        "state",
        Filter("above_level"),
        "department",
        "owner",
        Filter("method", choices=tuple((o.id, o.label) for o in policy.describe("risk.method").choices)),
        Filter("threat", choices=tuple((t.id, t.title) for t in THREATS)),
        level_filter("likelihood"),
        level_filter("loss"),
        level_filter("residual_likelihood"),
        level_filter("residual_loss"),
        "review_on",
    )
    search = ("situation", "cause", "impact")
    tones = (Tones("state", STATE_TONES),)
    detail = (
        Section(_("リスク"), ("asset", "threat", "vulnerability", "owner", "state", "identification_reason")),
        Section(_("シナリオ"), ("occurs_when", "situation", "cause", "path", "impact")),
    )
    choices = {
        "threat": threats,
        "vulnerability": vulnerabilities,
        "method": methods,
        "importance_rule": importance_rules,
        "threat_level": lambda: levels("risk.scale.threat"),
        "vulnerability_level": lambda: levels("risk.scale.vulnerability"),
        "loss_extent": lambda: levels("risk.scale.extent"),
        "loss_parties": lambda: levels("risk.scale.parties"),
        "harm_confidentiality": lambda: levels("assets.scale.confidentiality"),
        "harm_integrity": lambda: levels("assets.scale.integrity"),
        "harm_availability": lambda: levels("assets.scale.availability"),
    }
    terms = TERMS
    detail_url = "risk"
    requirements = ("V20-019", "V20-020", "REG-029", "REG-309", "REG-310", "REG-312", "REG-313")


@register
class Treatments(Register):
    """リスク対応計画 (V20-027, REG-313..317)."""

    model = Treatment
    slug = "risk-treatments"
    group, icon, order = "risk", "tool", 40
    columns = (
        "number",
        Column("risk", sort=False),
        "action",
        "owner",
        "due_on",
        "priority",
        "cost",
        "expected_value",
        "progress",
        "status",
    )
    filters = ("status", "owner", "department", "due_on")
    search = ("action", "basis")
    choices = {"options": lambda: Treatment.Option.choices, "effect_decision": lambda: EFFECTS}
    tones = (Tones("status", {"draft": "gray", "submitted": "blue", "approved": "orange", "done": "green"}),)
    detail = (
        Section(_("対応"), ("risk", "options", "action", "basis", "shared_with", "opportunity", "owner")),
        Section(_("予算と期日"), ("cost", "cost_limit", "priority", "due_on", "progress", "done_on")),
        Section(_("効果"), ("expected_likelihood", "expected_loss", "expected_value", "effect_review_on",
                            "effect_measured", "effect_decision")),
    )  # fmt: skip
    actions = (
        Action(rules.submit_treatment, allowed_when=lambda t: t.status == "draft", icon="send", primary=True),
        Action(rules.report_progress, allowed_when=lambda t: t.status == "approved", icon="progress",
               labels={"note": _("メモ")}),
        Action(rules.complete_treatment, allowed_when=lambda t: t.status == "approved", icon="check",
               labels={"result": _("実施した内容")}),
        Action(rules.judge_effect, allowed_when=lambda t: t.status == "done", icon="zoom-check",
               choices={"decision": lambda: EFFECTS},
               labels={"measured": _("測定結果"), "decision": _("判断")}),
        Action(rules.cancel_treatment, allowed_when=lambda t: t.status in ("draft", "approved"), icon="ban",
               danger=True),
    )  # fmt: skip
    requirements = ("V20-021", "V20-027", "V20-028", "REG-030", "REG-315", "REG-317", "REG-322")


@register
class Acceptances(Register):
    """リスク受容記録 (V20-003, V20-022, REG-316)."""

    model = Acceptance
    slug = "risk-acceptances"
    group, icon, order = "risk", "signature", 50
    columns = (
        "number",
        Column("risk", sort=False),
        "owner",
        "accepted_value",
        "signed_on",
        "expires_on",
        "status",
    )
    filters = ("status", "owner", "expires_on")
    tones = (Tones("status", {"requested": "blue", "valid": "green", "reopened": "red", "expired": "red"}),)
    detail = (
        "risk",
        "reason",
        "accepted_value",
        "status",
        "signed_on",
        "expires_on",
        "state_hash",
        "application",
    )
    requirements = ("V20-003", "V20-022", "REG-316")


@register
class Permits(Register):
    """残留リスク承認記録 (V20-026)."""

    model = Permit
    slug = "risk-permits"
    group, icon, order = "risk", "license", 60
    columns = ("number", "effective_on", "count", "highest", "signed_on", "status")
    filters = ("status",)
    tones = (Tones("status", {"requested": "blue", "valid": "green", "refused": "red"}),)
    detail = ("effective_on", "count", "highest", "status", "signed_on", "state_hash")
    detail_url = "risk-permit"
    requirements = ("V20-026",)


add(Entry(_("リスクマップ"), "risk-map", "grid-dots", "risk", order=10, opens=Risks.opens_for))
