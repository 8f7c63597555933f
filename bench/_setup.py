"""What the benchmarks share: a process of its own per database, medians, and a company of any size."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

ROOT = Path(__file__).parents[1]


def on_both(module: str) -> None:
    """Run ``module measure`` on SQLite and on PostgreSQL, each in a process of its own."""
    sys.path.insert(0, str(ROOT))
    from tests.plugins.database import postgres  # noqa: PLC0415 - only the benchmark's parent needs it

    with tempfile.TemporaryDirectory() as folder:
        print("SQLite", flush=True)
        _run(module, DATABASE_URL="", SAKIMORI_DATA=f"{folder}/sqlite")
        with postgres() as server:
            print("PostgreSQL", flush=True)
            _run(module, DATABASE_URL=server, SAKIMORI_DATA=f"{folder}/postgres")


def _run(module: str, **environment: str) -> None:
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    own = os.environ | environment | {"PYTHONPATH": os.pathsep.join(paths)}
    subprocess.run([sys.executable, "-m", module, "measure"], env=own, cwd=ROOT, check=True)


def begin() -> None:
    """Start Django on an empty database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
    django.setup()
    call_command("migrate", verbosity=0)


def median(act: Callable[[], object], rounds: int = 15) -> float:
    """Return the median of ``rounds`` runs in seconds, after two that are not counted."""
    act()
    act()
    return statistics.median(once(act) for _ in range(rounds))


def once(act: Callable[[], object]) -> float:
    """Return how long ``act`` takes, in seconds."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def company(assets: int, risks: int = 0) -> Any:
    """Store a company with that many assets and risks, and return its security officer."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - Django first

    from sakimori.domains.assets.models import Asset  # noqa: PLC0415
    from sakimori.domains.risk.models import Risk  # noqa: PLC0415
    from sakimori.kernel.identity.models import Appointment, Department, Person  # noqa: PLC0415
    from sakimori.kernel.records import bulk  # noqa: PLC0415

    units = [Department(code=f"D{n}", name=f"第{n}事業部") for n in range(50)]
    bulk.insert(units)
    people = [Person(name=f"社員 {n}", employee_number=f"E{n}", department=units[n % 50]) for n in range(500)]
    bulk.insert(people)
    office = Person.objects.create(
        name="事務局 花子", user=get_user_model().objects.create(username="office"), department=units[0]
    )
    Appointment.objects.create(person=office, role="security_office", starts_on=date(2020, 4, 1))
    for start in range(0, assets, 10_000):
        bulk.insert([_asset(Asset, n, units, people) for n in range(start, min(start + 10_000, assets))])
    if risks:
        _add_risks(Asset, Risk, risks)
    return office


def _asset(asset: Any, number: int, units: list[Any], people: list[Any]) -> Any:
    return asset(
        name=f"顧客名簿（{number}）", business="営業", department=units[number % 50], owner=people[number % 500],
        storage=asset.Storage.values[number % 7], classification="internal", confidentiality=1 + number % 3,
        integrity=1 + number % 2, availability=1, importance=1 + number % 3, threat=1 + number % 3, vulnerability=2,
        ledger_no=str(number),
    )  # fmt: skip


def _add_risks(asset: Any, risk: Any, count: int) -> None:
    from sakimori.kernel.records import bulk  # noqa: PLC0415

    keys = asset.objects.order_by("pk").values_list("pk", "owner_id", "department_id")[:count]
    rows = []
    held = {a.pk: a for a in asset.objects.filter(pk__in=[pk for pk, _o, _d in keys]).iterator()}
    for number, (pk, owner, department) in enumerate(keys):
        likelihood, loss = 1 + number % 5, 1 + number // 5 % 5
        rows.append(
            risk(
                asset=held[pk], owner_id=owner, department_id=department, threat="ransomware",
                vulnerability="no_awareness", identification_reason="過去の事例", method="regulation",
                likelihood=likelihood, loss=loss, value=likelihood * loss, level=6, above_level=likelihood * loss > 6,
                residual_likelihood=1, residual_loss=loss, residual_value=loss, state="analysed",
            )
        )  # fmt: skip
    bulk.insert(rows)
