"""The figures of the dashboard: grouped counts only, so that they cost the same for any number of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sakimori.domains.assets.models import Asset
from sakimori.domains.assets.register import Assets
from sakimori.domains.risk.models import Acceptance, Permit, Risk, Treatment
from sakimori.domains.risk.register import Acceptances, Risks, Treatments
from sakimori.kernel.findings.models import Finding
from sakimori.kernel.identity.models import Person
from sakimori.kernel.obligations.obligations import Occurrence
from sakimori.lib.fiscal import FiscalYear
from sakimori.registers.addresses import list_url
from sakimori.registers.base import Register

SOON = timedelta(days=90)
LATE_DUTY, LATE_TREATMENT = "late duty", "late treatment"


@dataclass(frozen=True)
class Figure:
    """One number with the list behind it; ``tone`` colours it when it is not zero."""

    label: str
    value: int | None
    url: str
    tone: str = "orange"
    hint: str = ""


@dataclass(frozen=True)
class KindRow:
    """One kind of asset: how many are registered, classified, owned and covered by controls (REG-001)."""

    label: str
    count: int
    classified: int
    owned: int
    covered: int
    url: str

    @property
    def share(self) -> int | None:
        """Return the share covered by controls in percent; None where there is nothing to cover."""
        return round(100 * self.covered / self.count) if self.count else None


def kinds(person: Person) -> list[KindRow]:
    """Count the assets by kind; an asset is covered when a control was linked to a risk of it."""
    rows = Asset.objects.visible_to(person).current()
    answered = Risk.objects.identified().filter(needs_controls__ended_at=None, needs_controls__isnull=False)
    blank = Q(confidentiality=None) | Q(integrity=None) | Q(availability=None) | Q(classification="")
    grouped = (
        rows.order_by()
        .values_list("asset_kind")
        .annotate(
            registered=Count("pk"),
            classified=Count("pk", filter=~blank),
            answered_for=Count("pk", filter=Q(owner__isnull=False)),
            covered=Count("pk", filter=Q(pk__in=answered.values("asset_id"))),
        )
    )
    counts = {kind: numbers for kind, *numbers in grouped}
    found = []
    for kind, label in Asset.Kind.choices:
        number, classified, owned, covered = counts.get(kind, (0, 0, 0, 0))
        found.append(KindRow(str(label), number, classified, owned, covered, _list(Assets, asset_kind=kind)))
    return found


def of_assets(rows: Iterable[KindRow]) -> list[Figure]:
    """Return what is missing in the register of assets, from the counts by kind."""
    every = list(rows)
    total = sum(row.count for row in every)
    return [
        Figure(_("情報資産"), total, list_url(Assets), ""),
        Figure(_("責任者のいない資産"), total - sum(row.owned for row in every), _findings("assets.no_owner"), "red"),
        Figure(_("評価・区分が空欄の資産"), total - sum(row.classified for row in every), _findings("assets.unclassified")),
    ]  # fmt: skip


def risks_by_threat(person: Person, today: date) -> dict[str, Counter[str]]:
    """Count the risks of each threat by what is to be done about them, in one query."""
    grouped = Risk.objects.visible_to(person).identified().order_by().values("threat")
    counted = grouped.annotate(
        all=Count("pk"),
        above=Count("pk", filter=Q(above_level=True)),
        untreated=Count("pk", filter=Q(above_level=True, state=Risk.State.ANALYSED)),
        reopened=Count("pk", filter=Q(above_level=True, state=Risk.State.REOPENED)),
        unvalued=Count("pk", filter=Q(value=None)),
        review=Count("pk", filter=Q(review_on__lt=today)),
    )
    lines: list[dict[str, Any]] = [dict(row) for row in counted]
    return {line.pop("threat"): Counter(line) for line in lines}


def of_risks(threats: dict[str, Counter[str]], late: int, today: date) -> list[Figure]:
    """Return how the risks and their treatments stand (REG-313); ``late``: treatments past their date."""
    risks = sum(threats.values(), Counter())
    before = (today - timedelta(days=1)).isoformat()
    return [
        Figure(_("特定したリスク"), risks["all"], list_url(Risks), ""),
        Figure(_("受容水準を超えるリスク"), risks["above"], _list(Risks, above_level="true")),
        Figure(_("対応も受容も未定"), risks["untreated"], _list(Risks, above_level="true", state="analysed"), "red"),
        Figure(_("受容・対応が失効し再評価要"), risks["reopened"], _list(Risks, above_level="true", state="reopened"), "red"),
        Figure(_("未算定のリスク"), risks["unvalued"], _list(Risks, state="identified"), "blue"),
        Figure(_("期限を過ぎた対応"), late, _list(Treatments, status="approved", due_on_until=before), "red"),
        Figure(_("見直し期限を過ぎたリスク"), risks["review"], _list(Risks, review_on_until=before), "red"),
    ]  # fmt: skip


def work(person: Person, today: date) -> Counter[str]:
    """Count open findings by severity, late duties and late treatments, in one query."""
    found = Finding.objects.open().visible_to(person).order_by().values_list("severity")
    plans = Treatment.objects.visible_to(person).current().filter(status=Treatment.Status.APPROVED)
    every = found.annotate(Count("pk")).union(
        _as(Occurrence.objects.overdue(today), LATE_DUTY),
        _as(plans.filter(due_on__lt=today), LATE_TREATMENT),
        all=True,
    )
    return Counter(dict(every))


def _as(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.order_by().values_list(Value(name)).annotate(Count("pk"))
    return found


def of_work(counts: Counter[str]) -> list[Figure]:
    """Return open findings by severity and duties that are late."""
    tones = {"critical": "red", "major": "orange", "minor": "yellow"}
    url = reverse("portal:findings")
    severities = [
        Figure(_("指摘（%s）") % label, counts[key], f"{url}?severity={key}", tones[key])
        for key, label in Finding.Severity.choices
    ]
    return [
        *severities,
        Figure(_("期日を過ぎた義務"), counts[LATE_DUTY], reverse("portal:duties") + "?only=overdue", "red"),
    ]


def permission(person: Person) -> Permit | None:
    """Return the permission to operate in force, or nothing while there is none (V20-026)."""
    rows = Permit.objects.visible_to(person).filter(status=Permit.Status.VALID)
    found: Permit | None = rows.order_by("-signed_on", "-pk").first()
    return found


def expiring(person: Person, today: date, most: int = 10) -> list[Acceptance]:
    """Return the acceptances in force that end within 90 days, the first to end first."""
    rows = Acceptance.objects.visible_to(person).current()
    rows = rows.filter(status=Acceptance.Status.VALID, expires_on__lte=today + SOON)
    return list(rows.select_related("owner").order_by("expires_on", "pk")[:most])


def acceptances_url() -> str:
    """Return the address of the list of acceptances in force."""
    return _list(Acceptances, status="valid")


def last_look(permit: Permit | None, today: date) -> date:
    """Return when the management last signed what remains, else the first day of the fiscal year."""
    if permit is not None and permit.signed_on is not None:
        return permit.signed_on
    return FiscalYear.of(today).start


def _list(declared: type[Register], **narrowed: str) -> str:
    return f"{list_url(declared)}?{urlencode(narrowed)}"


def _findings(check: str) -> str:
    return f"{reverse('portal:findings')}?check={check}"
