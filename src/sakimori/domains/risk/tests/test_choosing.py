"""Choosing controls for a risk: those that answer it first, the rest by standard."""

import re
from datetime import date

import pytest
from django.urls import reverse

from sakimori.domains.controls.models import Control, Mapping, Standard
from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Treatment


@pytest.fixture
def office(as_person, cast):
    return as_person(cast.ueno)


@pytest.fixture
def controls(awareness):
    """The answer to the risk, one beside it in a standard in use, and many that have nothing to do with it."""
    own = Standard.objects.create(slug="v2", name="Ver.2.0", short="Ver.2.0", source="shipped", in_use=True)
    made = [
        Control.objects.create(
            standard=own, ref=f"1-{n}", name=f"管理策{n}", control_kind="control", position=n
        )
        for n in range(20)
    ]
    Mapping.objects.create(source=made[7], target=awareness, relation="equal")
    return [awareness, *made]


def groups(page):
    """Return the rows still to choose from as heading → values, in the order of the page."""
    found = re.findall(
        r"<details class=\"many-group\"( open)?><summary>(.*?) <small>.*?</details>", page, re.S
    )
    whole = re.findall(r"<details class=\"many-group\".*?</details>", page, re.S)
    return {
        (title, bool(is_open)): re.findall(r'value="(CTL-\d+)"', text)
        for (is_open, title), text in zip(found, whole, strict=True)
    }


def chips(page):
    return re.findall(r'value="(CTL-\d+)"', page.split('x-ref="chosen">')[1].split("</div>")[0])


@pytest.mark.requirement("V20-021")
def test_what_answers_the_risk_comes_first_and_open_and_every_control_once(office, high, controls):
    page = office.get(reverse("risk-analyse", args=[high.pk])).content.decode()
    found = groups(page)
    first, *rest = found.items()
    assert first == (("この脅威・脆弱性に答える管理策", True), [controls[0].number, controls[8].number])
    others = [controls[n].number for n in range(1, 21) if n != 8]
    assert rest == [(("Ver.2.0", False), others)]
    assert all(page.count(f'value="{row.number}"') == 1 for row in controls)


def test_a_plan_begins_with_the_answers_as_chips(office, high, controls):
    page = office.get(reverse("risk-plan", args=[high.pk])).content.decode()
    assert chips(page) == [controls[0].number]


def test_what_was_chosen_survives_a_refused_plan(office, high, controls):
    chosen = [controls[5].number, controls[0].number]
    page = office.post(reverse("risk-plan", args=[high.pk]), {"control_refs": chosen}).content.decode()
    assert not Treatment.objects.exists() and "入力してください" in page
    assert sorted(chips(page)) == sorted(chosen)


def test_a_control_out_of_the_list_is_refused_and_named(office, high, controls, cast):
    controls[3].retired_at = controls[3].recorded_at
    controls[3].save()
    values = {
        "options": "likelihood", "action": "訓練", "basis": "費用", "owner": cast.kimura.number, "priority": "2",
        "due_on": str(date(2026, 9, 30)), "expected_likelihood": "1", "expected_loss": "1",
    }  # fmt: skip
    for wrong in ("CTL-99999", controls[3].number):
        page = office.post(reverse("risk-plan", args=[high.pk]), {**values, "control_refs": wrong})
        assert f"「{wrong}」は一覧にありません" in page.content.decode()
    office.post(reverse("risk-plan", args=[high.pk]), {**values, "control_refs": controls[2].number})
    assert Treatment.objects.get().controls == [controls[2].number]


def test_a_counterpart_in_a_standard_not_in_use_is_not_suggested(high, controls):
    Standard.objects.filter(slug="v2").update(in_use=False)
    assert rules.answering_controls(high) == [controls[0].number]
