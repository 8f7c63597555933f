"""The ledger seals itself, and its heads reach the auditor."""

from __future__ import annotations

import pytest
from django.db import transaction

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Site
from sakimori.kernel.jobs import registry
from sakimori.kernel.ledger import book, keys, seal
from sakimori.lib import notes

DONE = book.declare("test.jobs.done", "実施")


@pytest.fixture(autouse=True)
def auditor(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "var"
    settings.HEADS_DIR = str(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    settings.HEADS_MAIL = "auditor@example.jp"


@pytest.fixture
def written(db) -> None:
    site = Site.objects.create(name="本社")
    with transaction.atomic():
        book.append_many([book.Draft(DONE, site)], by=SYSTEM)


def test_entries_are_sealed_every_minute(written):
    assert registry.TIMETABLE["ledger.seal"].minutes == 1
    registry.run("ledger.seal")
    assert seal.latest_head().size == 1


def test_a_new_head_is_mailed_to_the_auditor_once_as_a_file_that_verifies(written, mailoutbox):
    registry.run("ledger.publish")
    registry.run("ledger.publish")
    (mail,) = mailoutbox
    assert mail.to == ["auditor@example.jp"]
    assert "1 件" in mail.subject
    ((name, content, _),) = mail.attachments
    assert name == "head-000000000001.txt"
    assert notes.Checkpoint.open(content, keys.verifier()).size == 1


def test_without_an_auditor_nothing_is_mailed(written, mailoutbox, settings):
    settings.HEADS_MAIL = ""
    registry.run("ledger.publish")
    assert not mailoutbox
