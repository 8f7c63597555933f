"""Coverage of a standard over 1,000,000 occurrences beside a page of a register; SQLite and PostgreSQL.

Run by ``./sakimori bench coverage``.
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench._setup import begin, company, median, on_both, once
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

ASSETS, OCCURRENCES, MONTHS, START = 20_000, 1_000_000, 36, date(2024, 4, 1)
CONTACT = datetime(2024, 4, 1, tzinfo=UTC)
PAGES = (
    ("a standard", "/coverage/?by=control&standard=iso27001-2022&year=2026"),
    ("a regulation", "/coverage/?by=article&regulation=system-administration&year=2026"),
    ("every duty", "/coverage/?by=duty&year=2026"),
    ("every department", "/coverage/?by=department&year=2026"),
    ("a standard on a past day", "/coverage/?by=control&standard=iso27001-2022&year=2025&day=2025-12-10"),
)


def main() -> None:
    """Measure on both databases."""
    on_both("bench.coverage")


def measure() -> None:
    """Measure one database."""
    begin()
    from sakimori.kernel.obligations import coverage  # noqa: PLC0415 - Django first

    office = company(ASSETS)
    _fill(office)
    seconds = once(lambda: list(iter(coverage.refresh, 0)))
    connection.cursor().execute("ANALYZE")
    print(f"  {OCCURRENCES:,} occurrences counted for the first time in {seconds:.1f} s", flush=True)
    client = Client()
    client.force_login(office.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = median(lambda: client.get("/registers/assets/"), 7)
    print(f"  register page of {ASSETS:,} rows: {page * 1000:.1f} ms", flush=True)
    for what, path in PAGES:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        took = median(lambda path=path: client.get(path), 7)
        print(
            f"  {what}: {took * 1000:.0f} ms = {took / page:.2f} × page, {len(queries)} queries", flush=True
        )


def _fill(office: Any) -> None:
    from sakimori.kernel.identity.models import Department  # noqa: PLC0415
    from sakimori.kernel.obligations import obligations, storage  # noqa: PLC0415
    from sakimori.kernel.obligations.models import Occurrence  # noqa: PLC0415

    duties = obligations.adopt()
    departments = list(Department.objects.values_list("pk", flat=True))
    targets = itertools.cycle(departments)
    each = OCCURRENCES // (len(duties) * MONTHS)
    rows = (
        storage.Planned(
            duty.pk, f"{number}:{month}", None, "department_head", next(targets), None, due, due - timedelta(days=30),
            due, None, CONTACT,
        )
        for duty in duties
        for month, due in enumerate(_days())
        for number in range(each)
    )  # fmt: skip
    stored = once(lambda: storage.store(rows))
    count = Occurrence.objects.count()
    print(f"  {count:,} occurrences stored, {count / stored:,.0f}/s", flush=True)
    _close(office)


def _days() -> Iterator[date]:
    for month in range(MONTHS):
        year, rest = divmod(START.month - 1 + month, 12)
        yield date(START.year + year, rest + 1, 25)


def _close(office: Any) -> None:
    """Close nine of ten that are past, most of them in time."""
    from sakimori.kernel.obligations.models import Occurrence  # noqa: PLC0415

    chance = random.Random(1)
    past = Occurrence.objects.filter(due_on__lt=date(2026, 11, 1))
    for month in _days():
        for tenth in range(1, 10):
            done = month + timedelta(days=chance.choice((-9, -6, -3, -2, -1, 0, 0, 4)))
            some = past.filter(due_on=month).extra(where=["id %% 10 = %s"], params=[tenth])
            some.update(state="done", done_on=done, closed_on=done, proof_id=office.pk)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        measure()
        connections.close_all()
