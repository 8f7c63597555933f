"""Change a company behind its back, as an administrator of the database could: ``python -m …tests.tamper [future]``."""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from sakimori.config.operation.data import DATABASE


def alter_an_entry(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TRIGGER ledger_entry_no_update")
    connection.execute(
        "UPDATE ledger_entry SET verb = 'test.site_closed' WHERE id = (SELECT min(id) FROM ledger_entry)"
    )


def come_from_the_future(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_next', '2999-01-01')"
    )


if __name__ == "__main__":
    with closing(sqlite3.connect(Path(os.environ["SAKIMORI_DATA"]) / DATABASE)) as database:
        (come_from_the_future if "future" in sys.argv else alter_an_entry)(database)
        database.commit()
