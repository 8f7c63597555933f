"""The organization chart: drawn from appointments, kept whenever it changed, confirmed by a person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.organization.models import Chart
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Appointment, Department
from sakimori.kernel.ledger.book import command
from sakimori.kernel.obligations import obligations
from sakimori.lib import canonical, clock
from sakimori.lib.errors import NotAllowed


def drawn(day: date) -> dict[str, Any]:
    """Return committee, company roles and departments with their holders on ``day``, as plain data.

    Departments and their heads are those of today, or of the chart that was kept by that day (REG-032).
    """
    held = Appointment.objects.in_force(day).select_related("person").order_by("starts_on", "pk")
    company: dict[str, list[str]] = {}
    officers: dict[int, list[str]] = {}
    for row in held:
        if row.department_id is None:
            company.setdefault(row.role, []).append(row.person.number)
        elif row.role == "security_officer":
            officers.setdefault(row.department_id, []).append(row.person.number)
    kept = (
        Chart.objects.filter(effective_on__lte=day).order_by("-pk").first() if day < clock.today() else None
    )
    return {
        "committee": {r.id: company.get(r.id, []) for r in access.roles().values() if r.committee_seat},
        "roles": {
            r.id: company[r.id] for r in access.roles().values() if not r.committee_seat and r.id in company
        },
        "departments": _units(officers) if kept is None else kept.content["departments"],
    }


def _units(officers: dict[int, list[str]]) -> list[dict[str, Any]]:
    units = Department.objects.current().select_related("head", "parent").order_by("code")
    return [
        {
            "code": unit.code,
            "name": unit.name,
            "parent": unit.parent.code if unit.parent else "",
            "head": unit.head.number if unit.head else "",
            "officers": officers.get(unit.pk, []),
        }
        for unit in units
    ]


def keep_chart(*, by: Actor) -> None:
    """Keep the present chart when it differs from the last one (REG-032, JPM-245); one chart a day is enough."""
    content = drawn(clock.today())
    last = Chart.objects.order_by("-pk").first()
    if last is not None and last.content_hash == canonical.digest(content):
        return
    if last is not None and last.effective_on == clock.today() and last.confirmed_on is None:
        _redraw(last, by=by)
    else:
        draw_chart(by=by)


@command("chart.drawn", gettext_lazy("体制図の作成"))
def draw_chart(*, by: Actor) -> Chart:
    """Keep the chart as it stands now."""
    content = drawn(clock.today())
    return Chart.objects.create(content=content, content_hash=canonical.digest(content))


@command("chart.redrawn", gettext_lazy("体制図の更新"))
def _redraw(chart: Chart, *, by: Actor) -> Chart:
    chart.content = drawn(clock.today())
    chart.content_hash = canonical.digest(chart.content)
    chart.save()
    return chart


@command("chart.confirmed", gettext_lazy("体制図の確認"), right="organization.confirm_chart")
def confirm_chart(chart: Chart, *, by: Actor) -> Chart:
    """Confirm the chart after a change of the organization (JPM-245)."""
    if Chart.objects.filter(pk__gt=chart.pk).exists():
        raise NotAllowed(
            _("より新しい体制図があります。最新のものを確認してください。"), rule="organization.latest_chart"
        )
    chart.confirmed_on = clock.today()
    chart.save()
    obligations.prove(chart, done_on=chart.confirmed_on)
    return chart
