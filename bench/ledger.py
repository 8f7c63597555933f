"""What the ledger costs: commands with it and without, sealing, verification; on SQLite and on PostgreSQL.

Run by ``./sakimori bench ledger``. Ratios are of one run: both sides take turns on the same database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection, connections, transaction

ROOT = Path(__file__).parents[1]
WRITERS = 4
SECONDS = 2.0
ROUNDS = 3
LARGE = 1_000_000


def main() -> None:
    """Measure on both databases, each in processes of its own."""
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
    call_command("migrate", verbosity=0)
    _measure_commands()
    _measure_large_ledger()


def _measure_commands() -> None:
    """Let four writers change a record each, by turns with the ledger and without."""
    rates: dict[str, float] = {"plain": 0.0, "ledger": 0.0}
    for _ in range(ROUNDS):
        for kind in rates:
            rates[kind] += _rate_of_writers(kind) / ROUNDS
    ratio = rates["ledger"] / rates["plain"]
    print(f"  {WRITERS} writers, without ledger {rates['plain']:9,.0f} writes/s")
    print(f"  {WRITERS} writers, with ledger    {rates['ledger']:9,.0f} commands/s   {ratio:.0%}", flush=True)


def _rate_of_writers(kind: str) -> float:
    """Start all writers, and let them go at one moment, when the last of them is ready."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.ledger", "writer", kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        for _ in range(WRITERS)
    ]
    for each in writers:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    for each in writers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    return sum(int(each.communicate()[0]) for each in writers) / SECONDS


def writer(kind: str) -> None:
    """Change one record over and over, once told to; print how often."""
    from sakimori.kernel.identity.actors import SYSTEM  # noqa: PLC0415 - Django must be set up first
    from sakimori.kernel.identity.models import Site  # noqa: PLC0415
    from sakimori.kernel.ledger import book  # noqa: PLC0415

    @book.command("bench.renamed", "改称")
    def rename(site: Site, *, name: str, by: book.Actor) -> Site:
        site.name = name
        site.save()
        return site

    def plain(site: Site, name: str) -> None:
        with transaction.atomic():
            rename.__wrapped__(site, name=name, by=SYSTEM)

    site = Site.objects.create(name=f"拠点{kind}-{os.getpid()}")
    site = Site.objects.get(pk=site.pk)
    change: Callable[[Site, str], object] = plain
    if kind == "ledger":
        change = lambda site, name: rename(site, name=name, by=SYSTEM)  # noqa: E731
    done = 0
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        change(site, f"拠点{site.pk}-{done}")
        done += 1
    print(done)


def _measure_large_ledger() -> None:
    from sakimori.kernel.ledger import seal  # noqa: PLC0415 - Django must be set up first
    from sakimori.kernel.ledger.verify import verify  # noqa: PLC0415

    seal.seal()
    _multiply_entries(100_000)
    with _timed("seal of 100,000 entries"):
        seal.seal()
    _multiply_entries(LARGE)
    seal.seal()
    _multiply_entries(1)
    with _timed(f"seal of 1 entry on top of {LARGE:,}"):
        seal.seal()
    for processes in (1, 2):
        start = time.perf_counter()
        report = verify(processes=processes)
        seconds = time.perf_counter() - start
        assert report.ok, report.first
        rate = report.entries / seconds
        print(
            f"  verify of {report.entries:,} entries, {processes} process(es): {rate:,.0f} entries/s",
            flush=True,
        )


def _multiply_entries(count: int) -> None:
    """Write copies of the entries that are there; what they say does not matter to the tree."""
    columns = "at, verb, actor_id, record_id, number, body, leaf"
    copy = f"INSERT INTO ledger_entry ({columns}) SELECT {columns} FROM ledger_entry ORDER BY id LIMIT %s"
    while count > 0:
        with connection.cursor() as cursor:
            cursor.execute(copy, [min(count, 50_000)])
            assert cursor.rowcount > 0, "nothing to copy"
            count -= cursor.rowcount


@contextmanager
def _timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"  {what}: {time.perf_counter() - start:.3f} s", flush=True)


def _run(*arguments: str, **environment: str) -> None:
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    own = os.environ | environment | {"PYTHONPATH": os.pathsep.join(paths)}
    subprocess.run([sys.executable, "-m", "bench.ledger", *arguments], env=own, cwd=ROOT, check=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
        django.setup()
        {"measure": measure, "writer": writer}[sys.argv[1]](*sys.argv[2:])
        connections.close_all()
