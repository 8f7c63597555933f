"""Pages beside their floor: the same query and a bare template in plain Django; 100,000 assets, 20,000 risks.

Run by ``./sakimori bench pages``.
"""

from __future__ import annotations

import resource
import sys
from typing import Any

from bench._setup import begin, company, median, on_both
from django.db import connection, connections, reset_queries
from django.template import Context, Engine
from django.test import Client
from django.test.utils import CaptureQueriesContext

ASSETS, RISKS, PAGE = 100_000, 20_000, 50
ROWS = Engine().from_string(
    "<table>{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.name }}</td><td>{{ row.business }}</td>"
    "<td>{{ row.department.label }}</td><td>{{ row.owner.label }}</td><td>{{ row.get_storage_display }}</td>"
    "<td>{{ row.classification }}</td><td>{{ row.importance }}</td><td>{{ row.risk_value }}</td></tr>{% endfor %}</table>"
)


def main() -> None:
    """Measure on both databases."""
    on_both("bench.pages")


def measure() -> None:
    """Measure one database."""
    begin()
    office = company(20)
    client = Client()
    client.force_login(office.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    few = _queries(client, "/registers/assets/")
    many = _fill(client)
    print(f"  queries of a register page: {few} for 20 rows, {many} for {ASSETS:,}", flush=True)
    _against_floor(client, office)
    _memory(client)


def _fill(client: Client) -> int:
    from bench import _setup  # noqa: PLC0415

    from sakimori.domains.assets.models import Asset  # noqa: PLC0415
    from sakimori.domains.risk.models import Risk  # noqa: PLC0415
    from sakimori.kernel.identity.models import Department, Person  # noqa: PLC0415
    from sakimori.kernel.records import bulk  # noqa: PLC0415
    from sakimori.kernel.search import search  # noqa: PLC0415

    units = list(Department.objects.all())
    people = list(Person.objects.filter(user=None))
    for start in range(0, ASSETS, 10_000):
        bulk.insert([_setup._asset(Asset, n, units, people) for n in range(start, start + 10_000)])
    _setup._add_risks(Asset, Risk, RISKS)
    search.rebuild()
    connection.cursor().execute("ANALYZE")
    return _queries(client, "/registers/assets/")


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(seen)


def _against_floor(client: Client, office: Any) -> None:
    reset_queries()
    floor = median(lambda: _floor(office))
    page = median(lambda: client.get("/registers/assets/"))
    print(
        f"  floor {floor * 1000:.1f} ms; register page {page * 1000:.1f} ms = {page / floor:.2f} × floor",
        flush=True,
    )
    for what, path in (
        ("register page, last pages", "/registers/assets/?page=150"),
        ("register page, filtered", "/registers/assets/?storage=paper"),
        ("register page, sorted by risk value", "/registers/assets/?sort=-risk_value"),
        ("risk register", "/registers/risks/"),
        ("heat map of all risks", "/risk/map/"),
        ("dashboard", "/dashboard/"),
        ("home", "/"),
        ("search", "/search/?q=%E9%A1%A7%E5%AE%A2"),
    ):
        answer = client.get(path)
        if answer.status_code != 200:
            print(f"  {what}: {answer.status_code}", flush=True)
            continue
        took, count = median(lambda path=path: client.get(path)), _queries(client, path)
        print(f"  {what}: {took * 1000:.1f} ms = {took / page:.2f} × page, {count} queries", flush=True)


def _floor(office: Any) -> None:
    """Answer the same question with nothing around it: rows, count, a bare template."""
    from sakimori.domains.assets.models import Asset  # noqa: PLC0415

    rows = Asset.objects.visible_to(office).current()
    page = list(rows.select_related("department", "owner").order_by("number")[:PAGE])
    rows.order_by()[:1_001].count()
    ROWS.render(Context({"rows": page}))


def _memory(client: Client) -> None:
    """Tell the memory of a process that answered 1,000 mixed requests."""
    paths = (
        "/",
        "/registers/assets/",
        "/registers/risks/",
        "/risk/map/",
        "/registers/assets/?q=%E9%A1%A7%E5%AE%A2",
    )
    for number in range(1000):
        client.get(paths[number % len(paths)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  peak memory of this process, data set-up included, after 1,000 requests: {peak:.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        measure()
        connections.close_all()
