"""What packages below policy obey: the parameter is changed, and they do otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from sakimori.kernel.dossier import kinds
from sakimori.kernel.findings import checks
from sakimori.kernel.identity.actors import INSTALLER
from sakimori.kernel.identity.models import Site
from sakimori.kernel.policy import policy

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("REG-187")
@pytest.mark.parametrize(
    ("preset", "until"), [("regulations", date(2031, 4, 1)), ("industry-model", date(2029, 4, 1))]
)
def test_a_record_without_a_rule_of_its_own_is_kept_as_long_as_the_regulation_says(
    preset: str, until: date
) -> None:
    policy.adopt_preset(preset, by=INSTALLER)
    row = Site(name="本社", effective_on=date(2026, 4, 1))
    assert kinds.kind_of(row).id == kinds.OTHER
    assert kinds.keep_until(row) == until


@pytest.mark.requirement("PRC-148")
def test_a_record_is_announced_as_many_days_before_its_end_as_the_regulation_says() -> None:
    policy.adopt_preset("regulations", by=INSTALLER)
    days = policy.value("records.disposal.notice")
    end = date(2026, 12, 31)
    row = Site.objects.create(name="本社", keep_until=end)
    early, first = date.fromordinal(end.toordinal() - days - 1), date.fromordinal(end.toordinal() - days)
    found = [list(checks.disposal_soon(day).values_list("pk", flat=True)) for day in (early, first, end)]
    assert found == [[], [row.pk], [row.pk]]
    Site.objects.filter(pk=row.pk).update(legal_hold=True)
    assert not checks.disposal_soon(end).exists()
