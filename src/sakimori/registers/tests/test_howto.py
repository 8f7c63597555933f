"""docs/howto/add-a-register.md works as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from sakimori.kernel.ledger import book
from sakimori.registers import base
from sakimori.registers.inspection import problems_of

PAGE = Path(settings.BASE_DIR) / "docs" / "howto" / "add-a-register.md"
IMPORTS = """
from typing import ClassVar
from django.db import models
from django.utils.translation import gettext_lazy as _
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person, Site
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib.errors import NotAllowed
from sakimori.registers.base import Action, Register, Tones, register
"""


@pytest.fixture
def lockers(transactional_db: None) -> Iterator[SimpleNamespace]:
    """The page's register, with its table."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    made: dict[str, object] = {"__name__": "sakimori.registers.lockers"}
    exec(compile(IMPORTS + code, str(PAGE), "exec"), made)
    with connection.schema_editor() as editor:
        editor.create_model(made["Locker"])
    yield SimpleNamespace(**made)
    with connection.schema_editor() as editor:
        editor.delete_model(made["Locker"])
    del base.registry["lockers"], book.VERBS["locker.handed_over"], apps.all_models["registers"]["locker"]
    base.of_kind.cache_clear()
    apps.clear_cache()


def test_the_register_of_the_page_works(lockers, cast, as_person):
    assert problems_of(lockers.Lockers) == []
    client = as_person(cast.ueno)
    typed = {
        "name": "書庫前1",
        "place": str(cast.head_office.pk),
        "department": str(cast.sales.pk),
        "status": "used",
    }
    assert client.post("/registers/lockers/add/", typed).status_code == 302
    locker = lockers.Locker.objects.get()
    assert locker.number == "LCK-00001"
    assert "書庫前1" in client.get("/registers/lockers/").content.decode()
    handed = {"owner": cast.kato.number, "reason": "席替え", "revision": str(locker.revision)}
    assert client.post(f"/registers/lockers/{locker.pk}/do/locker.handed_over/", handed).status_code == 302
    locker.refresh_from_db()
    assert (locker.owner_id, book.history(locker)[0].verb_label) == (cast.kato.pk, "鍵の引渡し")
    assert lockers.make_locker(2).label == "ロッカー2"
