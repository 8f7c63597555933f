"""Plays one accident over and over on the company of the environment and tells each outcome as a line of JSON.

``python -m tests.faults.stage import|write|full|job REPETITIONS SEED ROWS``. The victims are processes of their
own, killed by SIGKILL at a random moment; what is told was read from the database after their death.
"""

from __future__ import annotations

import json
import os
import random
import resource
import select
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "sakimori.config.settings"
django.setup()

from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
from django.db.utils import OperationalError  # noqa: E402
from django_q.models import OrmQ  # noqa: E402

from sakimori.domains.assets import rules  # noqa: E402
from sakimori.domains.assets.models import Asset  # noqa: E402
from sakimori.kernel.exchange import imports  # noqa: E402
from sakimori.kernel.exchange.models import ImportBatch  # noqa: E402
from sakimori.kernel.identity.actors import SYSTEM  # noqa: E402
from sakimori.kernel.identity.models import Department, Person  # noqa: E402
from sakimori.kernel.jobs import queue, timetable  # noqa: E402
from sakimori.kernel.ledger import seal, verify  # noqa: E402
from sakimori.kernel.ledger.models import Entry, Pending  # noqa: E402
from sakimori.kernel.obligations import plan  # noqa: E402
from sakimori.kernel.obligations.models import Occurrence  # noqa: E402
from sakimori.kernel.records import bulk  # noqa: E402
from sakimori.kernel.records.models import Record  # noqa: E402
from sakimori.lib import clock  # noqa: E402
from sakimori.lib.sheets import OutColumn, write_table  # noqa: E402

Facts = dict[str, Any]
HEADINGS = ("No.", "情報資産名称", "管理部署", "媒体・保存先", "機密性", "完全性", "可用性")
ROOM = 1_000_000  # bytes that fit into any file before the disk is full
WORKER = [sys.executable, "-m", "sakimori.config.manage", "worker"]


class Victim:
    """A process that does one thing; what it writes to its pipe is known to be done."""

    def __init__(self, act: Callable[[int], None]) -> None:
        connections.close_all()  # a connection must not be used on both sides of a fork
        self._pipe, far_end = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _live(act, far_end)
        os.close(far_end)

    def kill(self) -> bool:
        """Kill it; tell whether it was still at work."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait() == -signal.SIGKILL

    def wait(self) -> int:
        """Wait for its end; return the exit status, negative for a signal."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def begins(self) -> None:
        """Wait until it has said something."""
        select.select([self._pipe], [], [], 60)

    def said(self) -> list[str]:
        """Return the whole lines that it wrote before it died."""
        with os.fdopen(self._pipe, "rb") as pipe:
            return [line.decode().strip() for line in pipe if line.endswith(b"\n")]


def _live(act: Callable[[int], None], far_end: int) -> None:
    status = 1
    try:
        act(far_end)
        status = 0
    finally:  # never back into the parent's code
        if status:
            traceback.print_exc()
        os._exit(status)


# --- what is left after an accident -----------------------------------------------------------------------------------
def settle() -> None:
    """Wait until PostgreSQL has noticed the death: a commit that it had begun is still carried out."""
    if connection.vendor == "postgresql":
        assert _until(_is_alone)


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return not cursor.fetchall()


def wreckage() -> Facts:
    """Look for halves, verify, seal what waits, verify again."""
    records = Record.objects.filter(kind="assets.asset")
    before = verify.verify()
    sealed = seal.seal()
    after = verify.verify()
    return {
        "halves": records.count() - Asset.objects.count(),
        "without_entry": records.filter(entries=None).count(),
        "waiting": before.pending,
        "sealed": sealed,
        "still_waiting": Pending.objects.count(),
        "problems": [str(problem) for problem in (*before.problems, *after.problems)],
    }


# --- an import --------------------------------------------------------------------------------------------------------
def killed_imports(repetitions: int, chance: random.Random, rows: int) -> Iterator[Facts]:
    """Kill the process that takes a ledger in; then take the same ledger in."""
    batch = _checked(0, rows)
    started = time.monotonic()
    assert Victim(lambda pipe: _apply(batch.pk)).wait() == 0
    whole = time.monotonic() - started
    generation, expected = 0, rows
    for _number in range(repetitions):
        batch.refresh_from_db()
        if batch.state == ImportBatch.State.APPLIED:
            generation += 1
            batch = _checked(generation, rows)
        victim = Victim(lambda pipe, pk=batch.pk: _apply(pk))
        time.sleep(chance.uniform(0.05, 1.0) * whole)
        killed = victim.kill()
        victim.said()
        settle()
        batch.refresh_from_db()
        expected += rows if batch.state == ImportBatch.State.APPLIED else 0
        yield {"killed": killed, "state": batch.state, **_taken_in(expected), **wreckage()}
    if batch.state != ImportBatch.State.APPLIED:
        _apply(batch.pk)
        expected += rows
    batch.refresh_from_db()
    yield {"killed": False, "state": batch.state, **_taken_in(expected), **wreckage()}


def _taken_in(expected: int) -> Facts:
    entries = Entry.objects.filter(verb=rules.IMPORTED).count()
    return {"expected": expected, "rows": Asset.objects.count(), "entries": entries}


def _checked(generation: int, rows: int) -> ImportBatch:
    table = BytesIO()
    lines = (
        (f"{generation}-{number}", f"資産{generation}の{number}", "営業部", "紙", number % 3, 2, 1)
        for number in range(rows)
    )
    write_table(table, [OutColumn(heading) for heading in HEADINGS], lines)
    batch = imports.upload(
        sheet="assets", file=ContentFile(table.getvalue()), file_name="台帳.xlsx", by=SYSTEM
    )
    batch = imports.dry_run(batch, by=SYSTEM)
    assert batch.state == ImportBatch.State.CHECKED, imports.report(batch).problems
    return batch


def _apply(pk: int) -> None:
    imports.apply(ImportBatch.objects.get(pk=pk), by=SYSTEM)


# --- commands and sealing ---------------------------------------------------------------------------------------------
def killed_writers(repetitions: int, chance: random.Random, rows: int) -> Iterator[Facts]:
    """Kill a writer and a sealer in the middle of their work."""
    first = _register().revision  # it also reads what the victims would else read each anew
    for _number in range(repetitions):
        before = _entries()
        writer, sealer = Victim(_write), Victim(_seal)
        writer.begins()
        time.sleep(chance.uniform(0.0, 0.9))
        for victim in chance.sample([writer, sealer], 2):
            assert victim.kill()
        sealer.said()
        settle()
        yield {**_acknowledged(writer.said(), before, first), **wreckage()}


def filled_disks(repetitions: int, chance: random.Random, rows: int) -> Iterator[Facts]:
    """Let the writer run until nothing fits on the disk any more."""
    first = _register().revision
    for _number in range(repetitions):
        before = _entries()
        writer = Victim(_write_until_full)
        status = writer.wait()
        yield {"status": status, **_acknowledged(writer.said(), before, first), **wreckage()}


def _write_until_full(pipe: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
    with suppress(OperationalError):  # what the database says of a full disk
        _write(pipe)


def _write(pipe: int) -> None:
    """Enter assets and change them for ever; say each act once it is committed."""
    while True:
        asset = _register()
        os.write(pipe, f"{asset.number}\n".encode())
        rules.change_asset(asset, remarks="鍵付き書庫へ" * 20, reason="移動", by=SYSTEM)
        os.write(pipe, f"{asset.number}\n".encode())


def _register() -> Asset:
    department = Department.objects.get(name="営業部")
    return rules.register_asset(name="見積書", department=department, storage="paper", by=SYSTEM)


def _seal(pipe: int) -> None:
    while True:
        seal.seal()
        time.sleep(0.003)


def _entries() -> Counter[str]:
    return Counter(Entry.objects.filter(number__startswith="AST-").values_list("number", flat=True))


def _acknowledged(said: list[str], before: Counter[str], first: int) -> Facts:
    """Compare what the dead writer had said with the records and entries that are there."""
    told, written = Counter(said), _entries() - before
    revisions = dict(Asset.objects.filter(number__in=set(told)).values_list("number", "revision"))
    present = [number for number, acts in told.items() if revisions.get(number, -1) >= first + acts - 1]
    return {
        "acknowledged": len(said),
        "found": (told & written).total(),
        "records_told": len(told),
        "records_found": len(present),
        "unsaid": (written - told).total(),
    }


# --- a job ------------------------------------------------------------------------------------------------------------
def killed_workers(repetitions: int, chance: random.Random, rows: int) -> Iterator[Facts]:
    """Kill a worker with all its processes in the middle of the day's planning; the last one may finish."""
    _departments(rows)
    with transaction.atomic():
        plan.materialise()
        expected = Occurrence.objects.count()
        transaction.set_rollback(True)
    timetable.synchronise()
    for number in range(repetitions + 1):
        if not OrmQ.objects.exists():  # the last one had finished it before it was killed
            queue.enqueue("obligations.day")
        worker = subprocess.Popen(WORKER, start_new_session=True)
        claimed = _until(_is_claimed)
        if number == repetitions:
            _until(lambda: not OrmQ.objects.exists())
        else:
            time.sleep(chance.uniform(0.0, 0.5))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        settle()
        yield {**_planned(expected), "claimed": claimed, **wreckage()}
        OrmQ.objects.update(lock=clock.now())  # as when the retry time of the queue has passed


def _is_claimed() -> bool:
    return not OrmQ.objects.filter(lock__lte=clock.now() + timedelta(seconds=60)).exists()


def _planned(expected: int) -> Facts:
    slots = Occurrence.objects.values_list("obligation_id", "slot")
    return {
        "expected": expected,
        "planned": slots.count(),
        "distinct": len(set(slots)),
        "queued": OrmQ.objects.count(),
    }


def _departments(count: int) -> None:
    bulk.insert([Department(code=f"D{number}", name=f"第{number}課") for number in range(count)])


def _until(condition: Callable[[], bool]) -> bool:
    for _attempt in range(2400):
        if condition():
            return True
        time.sleep(0.05)
    return False


ACCIDENTS = {"import": killed_imports, "write": killed_writers, "full": filled_disks, "job": killed_workers}


def main() -> None:
    """Play the accident of the command line."""
    accident, repetitions, seed, rows = sys.argv[1], *map(int, sys.argv[2:])
    head = Person.objects.create(name="江藤 健", category="employee", joined_on=clock.today())
    Department.objects.create(code="EIG", name="営業部", head=head)
    for facts in ACCIDENTS[accident](repetitions, random.Random(seed), rows):
        print(json.dumps(facts, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
