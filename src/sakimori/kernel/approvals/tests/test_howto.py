"""docs/howto/add-a-form.md works as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from sakimori.kernel.approvals import approvals, registry
from sakimori.lib.errors import SeparationOfDuties
from tests.cast import Cast

from . import forms

PAGE = Path(settings.BASE_DIR) / "docs" / "howto" / "add-a-form.md"


@pytest.mark.django_db
def test_the_form_of_the_page_can_be_filed_and_approved(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text("utf-8")
    (form,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(code, str(PAGE), "exec"), {})
    forms.put_up(monkeypatch, form)
    answers = {
        "guests": "3",
        "day": "2026-06-10",
        "network": "yes",
        "purpose": "実演",
        "escort": cast.kimura.number,
    }
    application = approvals.submit("visitor-room", answers, by=cast.kato)
    assert application.number.startswith("VRM-")
    with pytest.raises(SeparationOfDuties):
        approvals.decide(application, decision="approve", by=cast.kimura)
    approvals.decide(application, decision="approve", by=cast.eto)
    assert approvals.decide(application, decision="approve", by=cast.ueno).is_approved
    quiet = approvals.submit("visitor-room", answers | {"network": "no", "purpose": ""}, by=cast.kato)
    assert approvals.decide(quiet, decision="approve", by=cast.eto).is_approved
    del registry.CONDITIONS["visitors.use_network"]
