"""The dashboard: rings of every standard, maps of the method that was used, few queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sakimori.domains.controls.models import Control, Standard
from sakimori.domains.controls.models.rings import rings
from sakimori.domains.controls.rules import record_test
from sakimori.domains.controls.views.tree import branches
from sakimori.domains.risk.models import Risk
from sakimori.domains.risk.tests.factories import make_risk
from sakimori.domains.risk.views import heat


@pytest.fixture
def high(db):
    """A risk of 12, above the level of 6."""
    return make_risk(1)


@pytest.fixture
def awareness(db):
    """A control of the 2022 standard."""
    standard = Standard.objects.create(
        slug="iso27001-2022", name="ISO/IEC 27001:2022", short="27001:2022", source="shipped"
    )
    return Control.objects.create(
        standard=standard, ref="A.6.3", name="意識向上と教育", control_kind="control"
    )


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.fixture
def two_standards(cast, awareness):
    """A standard with a proved control and one without any proof, both in use."""
    other = Standard.objects.create(slug="other", name="社内基準", short="社内基準", source="company")
    Standard.objects.update(in_use=True)
    for standard, ref in ((awareness.standard, "A.5"), (other, "第1")):
        area = Control.objects.create(
            standard=standard, ref=ref, name="分野", control_kind="area", assessable=False
        )
        Control.objects.filter(pk=awareness.pk, standard=standard).update(parent=area, position=1)
        Control.objects.create(
            standard=standard, ref=ref + "-1", name="方針", control_kind="control", parent=area
        )
    awareness.refresh_from_db()
    record_test(control=awareness, method="抜取り", measured="全件", result="effective", by=cast.ueno)
    return awareness.standard, other


def test_every_standard_in_use_has_its_ring_and_each_can_be_opened(as_person, cast, two_standards):
    first, other = rings(cast.aoki)
    assert [(ring.label, ring.done, ring.total) for ring in (first, other)] == [
        ("27001:2022", 1, 2), ("社内基準", 0, 1),
    ]  # fmt: skip
    assert [(area.label, area.done, area.total) for area in first.areas] == [("A.5 分野", 1, 2)]
    client, page = as_person(cast.aoki), reverse("portal:dashboard")
    assert "A.5 分野" in text(client.get(page))
    shown = text(client.get(page, {"standard": two_standards[1].pk}))
    assert "第1 分野" in shown and "A.5 分野" not in shown
    assert sum(branch.done for branch in branches(two_standards[0], None)) == first.done


def test_the_dashboard_asks_no_more_than_twenty_queries(as_person, cast, high, two_standards):
    client, page = as_person(cast.aoki), reverse("portal:dashboard")
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        text(client.get(page))
    assert len(asked) <= 20


def test_the_map_shows_the_method_that_risks_were_valued_by(as_person, cast, high):
    """The policy says one method, the risks were valued by another: nobody looks at an empty map."""
    Risk.objects.update(method="sme", loss=3, residual_loss=3)
    client, page = as_person(cast.aoki), reverse("portal:dashboard")
    shown = text(client.get(page))
    assert "起こりやすさ3・損害3: 1件" in shown
    assert heat.chosen(cast.aoki, "").sentence in shown
    assert [method.count for method in heat.chosen(cast.aoki, "").methods if method.id == "sme"] == [1]
    (url,) = {
        cell.url for made in heat.chosen(cast.aoki, "").maps[:1] for row in made.rows for cell in row[2]
        if cell.count
    }  # fmt: skip
    assert high.number in text(client.get(url))
    assert not heat.chosen(cast.aoki, "regulation").maps[0].total
