"""What searching 100,000 records costs beside a page of a register; SQLite and PostgreSQL.

Run by ``./sakimori bench search``. The page is what every list asks of the database: 50 visible rows and a count.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

ROOT = Path(__file__).parents[1]
RECORDS, ROUNDS, COUNTED = 100_000, 15, 10_001
FAMILY = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "山口",
]
GIVEN = [
    "太郎",
    "花子",
    "一郎",
    "二郎",
    "三郎",
    "美咲",
    "翔太",
    "陽子",
    "健一",
    "直子",
    "誠",
    "恵子",
    "浩",
    "由美",
    "隆",
]


def main() -> None:
    """Measure on both databases, each in a process of its own."""
    sys.path.insert(0, str(ROOT))
    from tests.plugins.database import postgres  # noqa: PLC0415 - only the benchmark's parent needs it

    with tempfile.TemporaryDirectory() as folder:
        print("SQLite", flush=True)
        _run(DATABASE_URL="", SAKIMORI_DATA=f"{folder}/sqlite")
        with postgres() as server:
            print("PostgreSQL", flush=True)
            _run(DATABASE_URL=server, SAKIMORI_DATA=f"{folder}/postgres")


def measure() -> None:
    """Measure one database."""
    from sakimori.kernel.identity.models import Appointment, Department, Person  # noqa: PLC0415 - Django first
    from sakimori.kernel.records import bulk  # noqa: PLC0415
    from sakimori.kernel.search import search  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    places = [Department(code=f"D{n}", name=f"第{n}事業部") for n in range(50)]
    bulk.insert(places)
    office = Person.objects.create(name="事務局 花子")
    Appointment.objects.create(person=office, role="security_office", starts_on=date(2020, 4, 1))
    member = Person.objects.create(name="一般 社員", department=places[0])
    _fill(Person, places)
    seconds = _once(search.rebuild)
    print(f"  index of {RECORDS:,} records built in {seconds:.1f} s: {RECORDS / seconds:,.0f}/s", flush=True)
    page = _median(lambda: _page(Person, office))
    print(f"  page of a register: {page * 1000:.1f} ms", flush=True)
    for what, text, who in (
        ("a word in every record", "部長", office), ("a common name", "佐藤", office), ("two words", "佐藤 花子", office),
        ("one character", "藤", office), ("one record", "専門家", office), ("nothing", "存在しない語", office),
        ("one who may know of 2 %", "佐藤", member), ("one who may know nothing of it", "部長", _fresh(Person)),
    ):  # fmt: skip
        took = _median(lambda text=text, who=who: search.find(text, who))
        hits = len(search.find(text, who))
        print(f"  {what}: {took * 1000:.1f} ms, {hits} hits, {took / page:.2f} × the page", flush=True)
    took = _median(lambda: list(search.match(Person.objects.all(), "佐藤 花子").order_by("-pk")[:50]))
    print(
        f"  a register's list narrowed by the index: {took * 1000:.1f} ms, {took / page:.2f} × the page",
        flush=True,
    )


def _fill(person: type, places: list[object]) -> None:
    from sakimori.kernel.records import bulk  # noqa: PLC0415

    chance = random.Random(1)
    for start in range(0, RECORDS, 10_000):
        bulk.insert([
            person(
                name=f"{chance.choice(FAMILY)} {chance.choice(GIVEN)}", kana="テストカナ", email=f"p{n}@example.jp",
                employee_number=f"E{n:06}", job_title="専門家" if n == 777 else "部長付",
                department=chance.choice(places), audience="departmental",
            )
            for n in range(start, start + 10_000)
        ])  # fmt: skip


def _fresh(person: type) -> object:
    return person.objects.create(name="新人 無所属", category="external")  # type: ignore[attr-defined]


def _page(person: type, viewer: object) -> None:
    rows = person.objects.visible_to(viewer).current()  # type: ignore[attr-defined]
    list(rows.select_related("department", "owner").order_by("-pk")[:51])
    rows.order_by()[:COUNTED].count()


def _median(act: Callable[[], object]) -> float:
    return statistics.median(_once(act) for _ in range(ROUNDS))


def _once(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _run(**environment: str) -> None:
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    own = os.environ | environment | {"PYTHONPATH": os.pathsep.join(paths)}
    subprocess.run([sys.executable, "-m", "bench.search", "measure"], env=own, cwd=ROOT, check=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
        django.setup()
        measure()
        connections.close_all()
