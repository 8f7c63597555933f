"""Bring an unpacked backup up to this version and prove it, inside the staged folder; started by ``restore``.

On PostgreSQL everything happens in one transaction: tables as they were, rows, this version's migrations, proof.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseError

from . import archive, data, tables


def main() -> int:
    """Fill the database of the settings from the folder of the settings; return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--unverified", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
    django.setup()
    manifest = json.loads((settings.DATA_DIR / archive.MANIFEST).read_text("utf-8"))
    try:
        _refuse_newer(manifest)
        if connection.vendor == "postgresql":
            with transaction.atomic():
                _load(manifest, force=options.force)
                _finish(unverified=options.unverified)
                data.begin_restore(
                    settings.DATA_DIR.parent
                )  # from here on rows and files may be of two moments
        else:
            _finish(unverified=options.unverified)
    except (CommandError, DatabaseError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _refuse_newer(manifest: dict[str, Any]) -> None:
    known = MigrationLoader(None).disk_migrations or {}
    newer = sorted({tuple(migration) for migration in manifest["migrations"]} - known.keys())
    if newer:
        names = ", ".join(f"{app}.{name}" for app, name in newer)
        raise CommandError(
            f"この退避は新しい版のものです。先に更新してください / made by a newer version: {names}"
        )


def _load(manifest: dict[str, Any], *, force: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL lock_timeout = '10s'"
        )  # a product still running elsewhere is not waited for
        if connection.introspection.table_names(cursor):
            if not force:
                raise CommandError(
                    "データベースは空ではありません。置き換えるには --force / the database is not empty"
                )
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    executor = MigrationExecutor(connection)
    executor.migrate(_last_of_each_app(executor, manifest["migrations"]))
    tables.copy_in(settings.DATA_DIR / "database", manifest["tables"], manifest["sequences"])


def _last_of_each_app(executor: MigrationExecutor, migrations: list[list[str]]) -> list[tuple[str, str]]:
    applied = {(app, name) for app, name in migrations}
    children = executor.loader.graph.node_map
    return sorted(
        node
        for node in applied
        if not any(child.key[0] == node[0] and child.key in applied for child in children[node].children)
    )


def _finish(*, unverified: bool) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    try:
        call_command("verify")
    except CommandError:
        if not unverified:
            raise


if __name__ == "__main__":
    sys.exit(main())
