"""The home page asks few questions of the database, however much waits, and shows every kind of work."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sakimori.domains.assets.rules import register_asset
from sakimori.kernel.findings import findings
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock

pytestmark = pytest.mark.django_db
BUDGET = 12
MANAGEMENT = 2  # the figures of risks and duties
OWN = 1  # the figures of the department
STANDING_IN = 4  # heads, office and chair also ask who stands in where nobody holds a role


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("kato", BUDGET), ("kubo", BUDGET), ("shimizu", BUDGET), ("kobayashi", BUDGET), ("sato", BUDGET),
        ("aoki", BUDGET + MANAGEMENT), ("kimura", BUDGET + STANDING_IN), ("eto", BUDGET + STANDING_IN + OWN),
        ("ueno", BUDGET + STANDING_IN),
    ],
)  # fmt: skip
def test_home_asks_few_questions_and_shows_all_kinds_of_work(as_person, cast, name, most):
    with clock.at(date(2026, 6, 1)):
        obligations.materialise()
        for number in range(12):
            register_asset(name=f"図面{number}", department=cast.production, storage="paper", by=cast.ueno)
        findings.run(clock.today())
        client = as_person(getattr(cast, name))
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/").content.decode()
    assert len(asked) <= most, [query["sql"][:90] for query in asked]
    for line in (
        "決裁を待つ申請",
        "担当する義務",
        "是正する指摘",
        "差し戻された申請",
        "自分の資産",
        "未読のお知らせ",
    ):
        assert line in page
