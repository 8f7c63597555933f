"""Bring database and static files up to the code, in one process: ``python -m sakimori.config.operation.prepare``.

A failing step ends the process with its traceback; the caller turns that into a refusal to start.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from sakimori.lib import catalogues

from . import data


def main() -> None:
    """Check, migrate, collect, and load the demonstration company into a new database if told so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--demo", choices=["never", "new", "always"], default="never")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
    django.setup()
    call_command("check", stdout=io.StringIO())  # an error is raised; that there is none needs no telling
    catalogues.compile_all(settings.LOCALE_PATHS[0])
    is_new = _migrate()
    _collect_static()
    if options.demo == "always" or (is_new and options.demo == "new"):
        print("デモ会社を読み込んでいます / Loading the demonstration company …", flush=True)
        call_command("demo")
        (settings.DATA_DIR / data.DEMONSTRATION).touch(mode=0o600)
        (settings.DATA_DIR / data.SETUP_CODE).unlink(missing_ok=True)
    if not (settings.DATA_DIR / data.DEMONSTRATION).exists():
        call_command("setup_code", stdout=io.StringIO())  # kept in the data folder; the start shows it


def _migrate() -> bool:
    """Apply what is missing; return whether the database was new."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    is_new = not executor.loader.applied_migrations
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("データベースを準備しています / Preparing the database …", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    return is_new


def _collect_static() -> None:
    """Collect static files where any of them changed since the last time."""
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    state = _static_state()
    if stamp.exists() and stamp.read_text() == state:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(state)


def _static_state() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = os.stat(storage.path(name))
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
