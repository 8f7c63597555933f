"""The yearly reading of the demonstration company."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from sakimori.domains.documents import rules as documents
from sakimori.domains.training.models import Reading
from sakimori.kernel.obligations.models import Occurrence
from sakimori.lib import clock
from sakimori.portal.demo import training
from sakimori.portal.demo.company import Stage
from tests.cast import Cast


@pytest.mark.django_db
def test_receipts_are_proved_and_what_went_wrong_is_there(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_UNREAD", 6)
    for slug in ("basic-policy", "security-policy", "information-assets", "mobile-devices"):
        documents.install_regulation(slug=slug, effective_on=date(2026, 4, 1), by=cast.ueno)
    training.work(Stage(Random(8), clock.today(), people={"ueno": cast.ueno}))
    passed = Reading.objects.filter(status="passed")
    assert passed.count() > 25 and passed.filter(failures=1).exists()
    assert Occurrence.objects.filter(state="done", proof__in=passed).count() == passed.count()
    assert all(reading.trials.get(passed=True).answers.count() == 5 for reading in passed)
    assert Reading.objects.filter(status="excused").count() == 1
    assert (
        Reading.objects.retraining().count() == 1
        and Reading.objects.open().exclude(reminded_on=None).exists()
    )
