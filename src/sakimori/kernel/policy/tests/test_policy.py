"""What the regulations say, by day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sakimori.kernel import hooks
from sakimori.kernel.content.parameters import PARAMETERS, PRESETS, Column, Option, Parameter, plain, typed
from sakimori.kernel.content.shelf import UnknownContent
from sakimori.kernel.identity.actors import INSTALLER, SYSTEM
from sakimori.kernel.identity.models import Site
from sakimori.kernel.ledger import book
from sakimori.kernel.policy import policy, workdays
from sakimori.kernel.policy.models import ParameterRevision
from sakimori.lib import clock
from sakimori.lib.dates import Cadence
from sakimori.lib.errors import NotAllowed, Refused

LEVEL = "risk.acceptance.level"


@pytest.fixture
def application(db: None) -> Any:
    """Any record that knows whether it was approved."""
    record = Site(name="申請")
    record.save()
    record.is_approved = True  # type: ignore[attr-defined]
    return record


def revise(application: Any, **changes: Any) -> ParameterRevision:
    values = {"name": LEVEL, "value": 4, "effective_on": clock.today(), "reason": "見直し"} | changes
    return policy.revise(**values, application=application, by=SYSTEM)


@pytest.mark.django_db
def test_without_a_revision_the_default_holds() -> None:
    assert policy.value(LEVEL) == 6
    assert policy.value("signin.password.max_age") == Cadence.parse("3 months")


@pytest.mark.requirement("V20-012")
def test_an_approved_value_holds_from_its_day_on_and_not_before(application: Any) -> None:
    with clock.at(date(2026, 4, 1)):
        revise(application, value=4, effective_on=date(2026, 5, 1))
        assert policy.value(LEVEL) == 6
        assert policy.value(LEVEL, on=date(2026, 4, 30)) == 6
        assert policy.value(LEVEL, on=date(2026, 5, 1)) == 4
    with clock.at(date(2026, 5, 2)):
        assert policy.value(LEVEL) == 4


def test_of_two_revisions_for_one_day_the_later_decision_holds(application: Any) -> None:
    revise(application, value=4)
    revise(application, value=5)
    assert policy.value(LEVEL) == 5


def test_a_value_cannot_change_without_an_approved_application(application: Any) -> None:
    application.is_approved = False
    with pytest.raises(NotAllowed, match="承認された申請"):
        revise(application)
    with pytest.raises(NotAllowed, match="承認された申請"):
        revise(Site(name="拠点"))  # type: ignore[arg-type]
    assert policy.value(LEVEL) == 6


def test_a_value_cannot_change_backwards_in_time(application: Any) -> None:
    with clock.at(date(2026, 4, 2)), pytest.raises(Refused, match="今日以降"):
        revise(application, effective_on=date(2026, 4, 1))


def test_a_value_that_does_not_fit_is_refused_with_what_to_do(application: Any) -> None:
    with pytest.raises(Refused, match="「リスクの受容水準」: 0以上の値"):
        revise(application, value=-1)
    assert not ParameterRevision.objects.exists()


def test_a_change_is_written_into_the_ledger_and_announced(
    application: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setitem(hooks._hearers, "parameter_changed", [lambda **facts: heard.append(facts)])
    revision = revise(application, value=4)
    line = book.history(revision)[0]
    assert line.verb == "policy.revised"
    assert {c.field: c.after for c in line.changes}["value"] == 4
    assert heard == [{"name": LEVEL, "value": 4, "effective_on": revision.effective_on}]


def test_an_unknown_parameter_is_a_key_error(db: None) -> None:
    with pytest.raises(KeyError):
        policy.value("risk.acceptance.levle")
    with pytest.raises(UnknownContent, match=r"パラメータ「x」はありません。"):
        policy.describe("x")


def test_within_one_request_the_database_is_asked_once(application: Any) -> None:
    revise(application)
    policy.value(LEVEL)
    with (
        policy.reading(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        for _ in range(20):
            assert policy.value(LEVEL) == 4
            policy.value("signin.password.length")
    assert len(queries) == 1


def test_a_value_changed_within_a_request_is_seen_at_once(application: Any) -> None:
    with policy.reading():
        assert policy.value(LEVEL) == 6
        revise(application, value=3)
        assert policy.value(LEVEL) == 3


def test_a_revision_made_by_another_process_is_seen_by_the_next_request(application: Any) -> None:
    assert policy.value(LEVEL) == 6
    held = policy._held
    revise(application, value=2)
    policy._held = held  # this process knows nothing of it
    with policy.reading():
        assert policy.value(LEVEL) == 2


def test_adopting_a_preset_fixes_every_value_once(db: None) -> None:
    policy.adopt_preset("procedures-2022", by=INSTALLER)
    assert policy.value("signin.password.length") == 10
    assert policy.value("signin.password.max_age") is None
    assert policy.value(LEVEL) == 3
    assert ParameterRevision.objects.count() == len(PARAMETERS.all())
    with pytest.raises(NotAllowed, match="すでに採用"):
        policy.adopt_preset("isms-v2", by=INSTALLER)


def test_every_preset_gives_every_parameter_a_value_that_survives_storage(db: None) -> None:
    for chosen in PRESETS:
        for name, value in policy.preset(chosen.id).items():
            assert typed(PARAMETERS[name], plain(value)) == value


def test_the_list_of_all_shows_what_holds_and_what_comes(application: Any) -> None:
    with clock.at(date(2026, 4, 1)):
        revise(application, value=5)
        revise(application, value=4, effective_on=date(2027, 4, 1))
        standing = {s.parameter.id: s for s in policy.all()}[LEVEL]
    assert (standing.value, standing.since) == (5, date(2026, 4, 1))
    assert standing.coming == ((date(2027, 4, 1), 4),)


def a(kind: Any, **facts: Any) -> Parameter:
    return Parameter(id="x", title="値", article="1", type=kind, default=None, enforced="試験", **facts)


TABLE = a("table", columns=(Column(id="value", title="値", type="int"), Column(id="label", title="呼び名")))


@pytest.mark.parametrize(
    ("parameter", "raw", "expected"),
    [
        (a("int"), "１０", 10),
        (a("decimal"), "0.5", Decimal("0.5")),
        (a("bool"), "はい", True),
        (a("choice", choices=(Option(id="max", label="最大値"),)), "最大値", "max"),
        (a("numbers"), "30、7, 1", (30, 7, 1)),
        (a("duration"), "6か月", Cadence.parse("6 months")),
        (a("duration", optional=True), "", None),
        (TABLE, "1 | 低\n2 | 高", ({"value": 1, "label": "低"}, {"value": 2, "label": "高"})),
    ],
)
def test_a_value_typed_into_a_form_is_understood(parameter: Parameter, raw: Any, expected: Any) -> None:
    assert typed(parameter, raw) == expected


@pytest.mark.parametrize(
    ("parameter", "raw", "sentence"),
    [
        (a("int"), "", "「値」の値を入力してください"),
        (a("int"), "三", "数値ではありません"),
        (a("int", maximum=Decimal(5)), 6, "5以下の値"),
        (a("bool"), "yes", "「はい」か「いいえ」"),
        (a("choice", choices=(Option(id="max", label="最大値"),)), "min", "最大値 のいずれか"),
        (a("duration"), "0 months", "1以上"),
        (a("numbers"), [], "整数をコンマで区切って"),
        (TABLE, "1 | 低\n1 | 高", "値「1」が二重"),
        (TABLE, "1 | 低 | 余り", "区切り（|）が多すぎます"),
        (TABLE, "x | 低", "1行目の値: 「x」は数値ではありません"),
        (TABLE, [{"value": 1, "label": "低", "colour": "red"}], "「colour」という列はありません"),
        (TABLE, [], "1行以上の表"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_stored_is_refused(parameter: Parameter, raw: Any, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        typed(parameter, raw)
    assert sentence in str(refusal.value)


def test_the_company_is_closed_over_new_year(db: None) -> None:
    assert not workdays.is_workday(date(2026, 12, 30))
    assert workdays.add(date(2026, 12, 28), 1) == date(2027, 1, 4)
