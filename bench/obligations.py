"""What planning costs: many occurrences at once, a day without news, a day with some; SQLite and PostgreSQL.

Run by ``./sakimori bench obligations``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

ROOT = Path(__file__).parents[1]
DEPARTMENTS, DUTIES, START = 400, 12, date(2026, 4, 1)


def main() -> None:
    """Measure on both databases, each in a process of its own."""
    sys.path.insert(0, str(ROOT))
    from tests.plugins.database import postgres  # noqa: PLC0415 - only the benchmark's parent needs it

    with tempfile.TemporaryDirectory() as folder:
        print("SQLite", flush=True)
        _run("measure", DATABASE_URL="", SAKIMORI_DATA=f"{folder}/sqlite")
        with postgres() as server:
            print("PostgreSQL", flush=True)
            _run("measure", DATABASE_URL=server, SAKIMORI_DATA=f"{folder}/postgres")


def measure() -> None:
    """Measure one database."""
    from sakimori.kernel.identity.models import Department, Person  # noqa: PLC0415 - Django must be set up first
    from sakimori.kernel.obligations import obligations as o  # noqa: PLC0415
    from sakimori.kernel.records import bulk  # noqa: PLC0415
    from sakimori.lib import clock  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder, clock.at(START):
        _content(Path(folder))
        head = Person.objects.create(name="部門長")
        bulk.insert([Department(code=f"D{n:04}", name=f"部署{n:04}", head=head) for n in range(DEPARTMENTS)])
        _measure_plan(o, date(2027, 3, 31))
        with _timed("a second run, nothing new"):
            assert o.materialise(date(2027, 3, 31)) == 0
        with _timed("one month more in sight (400 × 12)"):
            assert o.materialise(date(2027, 4, 30)) == DEPARTMENTS * DUTIES
        with _timed("grid of a year, 12 duties"):
            assert len(o.grid(START)) == DUTIES
        with _timed("work list of one person who answers for all"):
            rows = list(o.open_for(head, START + timedelta(days=20))[:200])
            assert len(rows) == 200
        o.run_day()
        with clock.at(START + timedelta(days=1)), _timed(f"a daily run without news, {_count():,} planned"):
            o.run_day()


def _count() -> int:
    from sakimori.kernel.obligations.models import Occurrence  # noqa: PLC0415 - Django must be set up first

    return Occurrence.objects.count()


def _measure_plan(o: object, until: date) -> None:
    start = time.perf_counter()
    made = o.materialise(until)  # type: ignore[attr-defined]
    seconds = time.perf_counter() - start
    print(f"  {made:,} occurrences planned in {seconds:.2f} s: {made / seconds:,.0f}/s", flush=True)


def _content(root: Path) -> None:
    shipped = Path(settings.CONTENT_DIR)
    for piece in shipped.iterdir():
        if piece.name != "obligations":
            (root / piece.name).symlink_to(piece)
    (root / "obligations").mkdir()
    rule = "- {{id: bench.d{n}, title: 点検{n}, every: 1 month, for_each: department, role: department_head}}"
    text = "\n".join(rule.format(n=n) for n in range(DUTIES))
    (root / "obligations" / "bench.yaml").write_text(text, "utf-8")
    settings.CONTENT_DIR = root


@contextmanager
def _timed(what: str) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        yield
        seconds = time.perf_counter() - start
    print(f"  {what}: {seconds * 1000:.0f} ms, {len(queries)} queries", flush=True)


def _run(*arguments: str, **environment: str) -> None:
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    own = os.environ | environment | {"PYTHONPATH": os.pathsep.join(paths)}
    subprocess.run([sys.executable, "-m", "bench.obligations", *arguments], env=own, cwd=ROOT, check=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
        django.setup()
        measure()
        connections.close_all()
