"""Prove that the shipped checklists ask of what exists, and that each is due, by someone who may fill it."""

from __future__ import annotations

import re

from sakimori.kernel.content.checklists import CHECKLISTS
from sakimori.kernel.content.duties import DUTIES
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.content.regulations import ARTICLES, written_numbers
from sakimori.lib import provisions


def test_every_shelf_of_checklists_reads_without_fault() -> None:
    assert CHECKLISTS.problems() == []
    assert list(CHECKLISTS)


def test_an_item_asks_of_the_article_in_which_its_parameter_stands() -> None:
    wrong = [
        (checklist.id, item.id, name)
        for checklist in CHECKLISTS
        for item in checklist.items
        for name in filter(None, (item.parameter, *provisions.parameters(item.text)))
        if item.article != f"{PARAMETERS[name].regulation}/{PARAMETERS[name].article}"
        or name not in provisions.parameters(ARTICLES[item.article].text)
    ]
    assert wrong == []


def test_an_item_states_no_number_and_is_asked_once() -> None:
    asked = [item for checklist in CHECKLISTS for item in checklist.items]
    assert {item.id: found for item in asked if (found := written_numbers(item.text))} == {}
    assert len({item.id for item in asked}) == len({item.text for item in asked}) == len(asked)
    assert all(re.fullmatch(r"[a-z0-9-]+", item.id) for item in asked)


def test_every_checklist_is_due_and_its_actor_may_fill_it() -> None:
    due = {duty.proved_by: duty for duty in DUTIES}
    assert {checklist.id for checklist in CHECKLISTS} <= set(due)
    assert [c.id for c in CHECKLISTS if due[c.id].role not in c.applicants] == []
