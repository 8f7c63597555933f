from __future__ import annotations

import pytest
from django.conf import settings

from sakimori.kernel.content.duties import DUTIES
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.obligations import inspection

from .conftest import Content


def said() -> str:
    return " ".join(str(message.msg) for message in inspection.check())


def test_a_duty_for_a_list_that_nobody_registered_stops_the_start(duties: Content) -> None:
    duties("- {id: test.x, title: 点検, every: 1 year, role: hr, for_each: martian, proved_by: scope-review}")
    assert "対象の一覧「martian」" in said()
    assert [message.is_serious() for message in inspection.check()] == [True]


def test_a_duty_without_a_proof_or_with_an_unknown_one_is_reported(duties: Content) -> None:
    duties("- {id: test.x, title: 点検, every: 1 year, role: hr, proved_by: no-such-form}\n"
           "- {id: test.y, title: 点検, every: 1 year, role: hr}")  # fmt: skip
    assert "「no-such-form」という書式も台帳もありません" in said()
    assert "記録によってだけ完了" in said()


def test_the_shipped_duties_are_well_formed() -> None:
    assert DUTIES.problems() == []
    assert FORMS.problems() == []
    assert not [m for m in inspection.check() if m.id == "obligations.E001"], settings.CONTENT_DIR


@pytest.mark.requirement("PRC-036", "PRC-044")
def test_what_the_regulations_want_done_again_and_again_is_a_duty_with_its_proof() -> None:
    wanted = {"PRC-036": "assets.inventory", "PRC-044": "assets.classification", "SYS-198": "risk.accepted",
              "SYS-192": "records.completeness", "V20-064": "records.kinds"}  # fmt: skip
    for requirement, duty in wanted.items():
        assert requirement in DUTIES[duty].requirements
        assert DUTIES[duty].proved_by
        assert DUTIES[duty].every is not None
