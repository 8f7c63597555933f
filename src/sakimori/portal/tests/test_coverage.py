from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from openpyxl import load_workbook

from sakimori.kernel.identity.models import Department
from sakimori.kernel.obligations import coverage, obligations
from sakimori.kernel.obligations.models import Occurrence
from sakimori.lib import clock
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DUTY = "organization.scope_review"


@pytest.fixture(autouse=True)
def _december() -> Iterator[None]:
    with clock.at(date(2026, 12, 10)):
        yield


@pytest.fixture
def planned(cast: Cast) -> Occurrence:
    """The duties of the shipped set since April; one of them is done in its month."""
    with clock.at(date(2026, 4, 1)):
        obligations.materialise(date(2027, 3, 31))
    row = Occurrence.objects.filter(obligation__duty_id=DUTY).earliest("due_on")
    Occurrence.objects.filter(pk=row.pk).update(
        state="done", done_on=row.due_on, closed_on=row.due_on, proof_id=row.obligation_id
    )
    coverage.refresh()
    row.refresh_from_db()
    return row


def shown(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def line_of(text: str, label: str) -> str:
    """Return the row of the grid whose heading is ``label``."""
    return next(piece for piece in text.split("<tr>") if f">{label}</a></th>" in piece)


@pytest.mark.requirement("V20-060")
def test_a_duty_shows_its_proof_and_its_gaps_and_leads_to_them(
    cast: Cast, as_person: Callable, planned: Occurrence
) -> None:
    client = as_person(cast.ueno)
    text = shown(client.get("/coverage/?by=duty&year=2026"))
    row = line_of(text, planned.obligation.label)
    assert 'state-green" href="/duties/' in row and ">1/1<" in row
    assert 'state-red"' in text and "証跡なし" in text
    answer = client.get(f"/duties/{planned.obligation_id}/?due={planned.due_on:%Y-%m}")
    assert f"/duties/days/{planned.pk}/" in shown(answer)


def test_an_article_and_a_control_are_as_good_as_the_duties_they_carry(
    cast: Cast, as_person: Callable, planned: Occurrence
) -> None:
    client = as_person(cast.ueno)
    regulation = planned.obligation.duty.article.partition("/")[0]
    text = shown(client.get(f"/coverage/?by=article&year=2026&regulation={regulation}"))
    assert ">1/1<" in text and "義務なし" in text
    assert "5.1" in shown(client.get("/coverage/?by=control&year=2026&standard=iso27001-2022"))


def test_what_was_not_known_on_a_past_day_is_not_shown_for_it(
    cast: Cast, as_person: Callable, planned: Occurrence
) -> None:
    text = shown(as_person(cast.ueno).get("/coverage/?by=duty&year=2026&day=2026-04-02"))
    assert ">1/1<" not in line_of(text, planned.obligation.label)


def test_a_department_opens_into_its_own_duties(cast: Cast, as_person: Callable, planned: Occurrence) -> None:
    client = as_person(cast.ueno)
    assert cast.sales.name in shown(client.get("/coverage/?by=department&year=2026"))
    text = shown(client.get(f"/coverage/?by=duty&year=2026&department={cast.sales.pk}"))
    assert cast.sales.name in text and planned.obligation.label not in text
    Department.objects.filter(pk=cast.sales.pk).update(audience="platform")
    assert cast.sales.name not in shown(client.get(f"/coverage/?by=duty&department={cast.sales.pk}"))


def test_the_grid_goes_out_to_excel(cast: Cast, as_person: Callable, planned: Occurrence) -> None:
    answer = as_person(cast.ueno).get("/coverage.xlsx?by=duty&year=2026")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    found = {str(row[1]): row for row in book.active.iter_rows(values_only=True)}
    assert "1／1" in found[planned.obligation.label]


def test_strange_addresses_show_the_page_of_today(
    cast: Cast, as_person: Callable, planned: Occurrence
) -> None:
    client = as_person(cast.ueno)
    for wanted in (
        "by=x",
        "year=99999",
        "day=2026-13-40",
        "department=9e9",
        "by=duty&control=x",
        "standard=x",
    ):
        assert client.get(f"/coverage/?{wanted}").status_code == 200


def test_many_duties_ask_no_more_queries_than_few(
    cast: Cast, as_person: Callable, planned: Occurrence, django_assert_max_num_queries: Callable
) -> None:
    client = as_person(cast.ueno)
    client.get("/coverage/")  # the first page of a session writes it
    with django_assert_max_num_queries(12):
        client.get("/coverage/?by=control&year=2026")
