"""The database refuses to rewrite the ledger, whoever asks."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from sakimori.kernel.ledger import seal, triggers
from sakimori.kernel.ledger.models import Checkpoint, Entry, Leaf, Pending
from sakimori.kernel.ledger.report import Fault
from sakimori.kernel.ledger.verify import verify


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError, match="追記専用"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.requirement("V20-226", "OPS-106", "PRC-147")
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_leaf", "ledger_checkpoint"])
def test_sealed_rows_cannot_be_changed_or_deleted_by_sql(sealed, table):
    column = {"ledger_entry": "body", "ledger_leaf": "entry_id", "ledger_checkpoint": "note"}[table]
    refused(f"UPDATE {table} SET {column} = {column}")
    refused(f"DELETE FROM {table}")
    assert (Entry.objects.count(), Leaf.objects.count(), Checkpoint.objects.count()) == (40, 40, 4)


def test_the_product_itself_cannot_change_an_entry(sealed):
    entry = Entry.objects.first()
    entry.body = "{}"
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(verb="other")


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_leaf", "ledger_checkpoint"])
def test_sealed_tables_cannot_be_truncated(sealed, table):
    connection.check_constraints()  # settle what is deferred, or that alone would refuse
    refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite knows INSERT OR REPLACE")
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_leaf", "ledger_checkpoint"])
def test_a_row_cannot_be_replaced_by_inserting_over_it(sealed, table):
    refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite knows INSERT OR REPLACE")
def test_an_entry_cannot_be_given_another_place_by_inserting_over_it(sealed):
    refused(
        'INSERT OR REPLACE INTO ledger_leaf ("index", entry_id) SELECT 40, entry_id FROM ledger_leaf LIMIT 1'
    )


def test_every_entry_is_queued_for_its_seal(write):
    write(3)
    waiting = set(Pending.objects.values_list("entry_id", flat=True))
    assert waiting == set(Entry.objects.values_list("pk", flat=True))


def test_a_protection_that_was_lifted_is_reported(sealed):
    triggers.remove(connection)
    problems = verify().problems
    assert [problem.fault for problem in problems] == [Fault.TRIGGER]
    assert "ledger_entry" in str(problems[0])
    triggers.install(connection)
    assert verify().ok


def test_openings_are_the_part_that_can_be_erased(person):
    seal.seal()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_opening")
