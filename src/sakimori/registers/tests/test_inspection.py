"""A wrong declaration is refused at the start, with a sentence that names it."""

from __future__ import annotations

import pytest

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Department
from sakimori.kernel.ledger.book import Verb
from sakimori.registers import navigation, words
from sakimori.registers.base import Action, Column, Filter, Register, Section
from sakimori.registers.inspection import check_registers, problems_of


def declared(**attributes):
    right = {
        "model": Department, "slug": "units", "group": "organization", "columns": ("number", "name"),
        "form": ("name",), "right_change": "organization.change", "requirements": ("REG-050",),
    }  # fmt: skip
    return type("Units", (Register,), right | attributes)


def test_a_right_declaration_passes():
    assert problems_of(declared()) == []


def plain(row, *, by): ...


@pytest.mark.parametrize(
    ("attributes", "number", "names"),
    [
        ({"model": object}, "E001", "Record"),
        ({"slug": "Units!"}, "E002", "Units!"),
        ({"group": "nowhere"}, "E003", "nowhere"),
        ({"requirements": ()}, "E004", "requirement"),
        ({"requirements": ("V20-13",)}, "E007", "V20-13"),
        ({"detail_url": "nowhere"}, "E006", "nowhere"),
        ({"columns": ("number", "colour")}, "E010", "colour"),
        ({"columns": ("number", Column("name", sort="label"))}, "E011", "label"),
        ({"default_columns": ("code",)}, "E012", "code"),
        ({"default_sort": "-code"}, "E013", "code"),
        ({"filters": (Filter("late", apply=lambda rows, value: rows),)}, "E020", "late"),
        ({"filters": ("colour",)}, "E021", "colour"),
        ({"filters": ("keep_until",)}, "E022", "keep_until"),
        ({"search": ("in_scope",)}, "E030", "in_scope"),
        ({"form": ("name", "kind")}, "E040", "kind"),
        ({"form": ("name", Section("", ("name",)))}, "E041", "name"),
        ({"help": {"code": "…"}}, "E042", "code"),
        ({"right_change": ""}, "E043", "right_change"),
        ({"right_change": "unit.change"}, "E050", "unit.change"),
        ({"actions": (plain,)}, "E060", "plain"),
        ({"panels": ("nothing",)}, "E070", "nothing"),
    ],
)
def test_a_wrong_declaration_is_refused(attributes, number, names):
    (problem,) = problems_of(declared(**attributes))
    assert problem.id == f"registers.{number}"
    assert names in problem.msg


def test_an_action_names_only_parameters_of_its_command():
    def move(row: Department, *, reason: str, by: object) -> Department:
        return row

    move.verb = Verb("unit.moved", "移動", "organization.change", move)
    (problem,) = problems_of(declared(actions=(Action(move, labels={"cause": "原因"}),)))
    assert (problem.id, "cause" in problem.msg) == ("registers.E063", True)


def test_a_line_of_the_side_bar_leads_somewhere(monkeypatch):
    monkeypatch.setitem(
        navigation._entries,
        "nowhere",
        navigation.Entry("どこか", "no-such-page", "x", "work", right="no.right"),
    )
    assert {error.id for error in check_registers()} == {"registers.E080", "registers.E081"}


def test_every_audience_has_words_for_histories():
    assert words.AUDIENCES.keys() == access.table().audiences.keys()
