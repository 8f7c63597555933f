"""What a role finds on its home page beside its work: figures, and where to start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sakimori.domains.assets.models import Asset
from sakimori.domains.assets.register import Assets
from sakimori.domains.risk.models import Risk
from sakimori.domains.risk.register import Risks
from sakimori.kernel.findings.models import Finding
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.obligations.obligations import Occurrence
from sakimori.registers.addresses import list_url

from ..dashboard import figures
from ..dashboard.figures import Figure

MONTH = timedelta(days=30)
SHOWN = 12
MANAGEMENT = frozenset({"president", "committee_chair", "committee_vice_chair", "committee_member"})
AUDIT = frozenset({"internal_audit_manager", "internal_auditor", "external_auditor"})
TECHNICAL = frozenset({"system_security_officer", "system_administrator"})


@dataclass(frozen=True)
class Start:
    """One place to start from."""

    title: str
    url: str
    icon: str
    hint: str = ""


def tiles(person: Person, roles: frozenset[str], today: date) -> list[Figure]:
    """Return the five figures that matter to the person's role; none where the role has no such view."""
    if roles & MANAGEMENT:
        return _of_management(person, today)
    if roles & TECHNICAL:
        return _of_findings(person, _("指摘（%s）"))
    if access.HEAD in roles or "security_officer" in roles:
        return _of_departments(person, today)
    return []


def coming(roles: frozenset[str], today: date) -> list[Occurrence] | None:
    """Return the duties of the next 30 days for the office; None for everybody else."""
    if "security_office" not in roles:
        return None
    rows = Occurrence.objects.open().filter(due_on__lte=today + MONTH)
    return list(rows.select_related("obligation", "target", "department").order_by("due_on", "pk")[:SHOWN])


def starts(person: Person, roles: frozenset[str]) -> list[Start]:
    """Return where the person starts from; never empty, everybody may apply and read."""
    apply = Start(_("申請する"), reverse("applications:forms"), "file-plus")
    mine = Start(_("自分の申請"), reverse("applications:mine"), "files")
    if roles & AUDIT:
        return [
            Start(_("適用宣言書"), reverse("registers:list", args=["statements"]), "file-check"),
            Start(_("リスク台帳"), list_url(Risks), "alert-triangle"),
            Start(_("証跡台帳"), reverse("portal:ledger"), "fingerprint"),
            Start(_("要求事項への対応"), reverse("portal:conformity"), "list-check"),
            Start(_("ダッシュボード"), reverse("portal:dashboard"), "gauge"),
        ]
    found = [apply, mine]
    if access.may(person, "dashboard.read"):
        found.insert(0, Start(_("ダッシュボード"), reverse("portal:dashboard"), "gauge"))
    if "security_office" in roles:
        found += [
            Start(_("台帳の取込"), reverse("registers:import_start", args=["assets"]), "table-import"),
            Start(_("年間の義務"), reverse("portal:duties"), "calendar"),
        ]
    if Assets.opens_for(person):
        found.append(Start(_("情報資産管理台帳"), list_url(Assets), "database"))
    found += [
        Start(_("規程のパラメータ"), reverse("applications:parameters"), "adjustments"),
        Start(_("用語集"), reverse("portal:glossary"), "vocabulary"),
    ]
    return found


def _of_management(person: Person, today: date) -> list[Figure]:
    work = figures.work(person, today)
    every = figures.of_risks(figures.risks_by_threat(person, today), work[figures.LATE_TREATMENT], today)
    return [
        *every[1:4],
        every[5],
        Figure(
            _("期日を過ぎた義務"), work[figures.LATE_DUTY], reverse("portal:duties") + "?only=overdue", "red"
        ),
    ]


def _of_findings(person: Person, label: str) -> list[Figure]:
    rows = Finding.objects.open().visible_to(person).order_by()
    counts = dict(rows.values_list("severity").annotate(Count("pk")))
    tones = {"critical": "red", "major": "orange", "minor": "yellow"}
    url = reverse("portal:findings")
    return [
        Figure(label % words, counts.get(key, 0), f"{url}?severity={key}", tones[key])
        for key, words in Finding.Severity.choices
    ]


def _of_departments(person: Person, today: date) -> list[Figure]:
    places = [place for _role, place in person.holdings() if place is not None]
    blank = Q(confidentiality=None) | Q(integrity=None) | Q(availability=None) | Q(classification="")
    assets = Asset.objects.visible_to(person).current().filter(department__in=places)
    owned = assets.aggregate(all=Count("pk"), blank=Count("pk", filter=blank))
    risks = Risk.objects.visible_to(person).identified().filter(department__in=places)
    held = risks.aggregate(all=Count("pk"), above=Count("pk", filter=Q(above_level=True)))
    late = Occurrence.objects.overdue(today).filter(department__in=places).count()
    narrowed = urlencode({"department": places[0]}) if len(set(places)) == 1 else ""
    return [
        Figure(_("部署の情報資産"), owned["all"], f"{list_url(Assets)}?{narrowed}", ""),
        Figure(
            _("評価・区分が空欄"), owned["blank"], reverse("portal:findings") + "?check=assets.unclassified"
        ),
        Figure(_("部署のリスク"), held["all"], f"{list_url(Risks)}?{narrowed}", ""),
        Figure(_("受容水準超"), held["above"], f"{list_url(Risks)}?above_level=true&{narrowed}"),
        Figure(_("期日を過ぎた義務"), late, reverse("portal:mine"), "red"),
    ]
