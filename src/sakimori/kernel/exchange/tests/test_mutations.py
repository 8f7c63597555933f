"""Whatever is uploaded: it is taken in, its faults are named, or it is refused with a sentence."""

from datetime import date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.kernel.exchange import imports
from sakimori.kernel.identity.models import Person
from sakimori.lib.errors import Refused
from sakimori.lib.tests.test_sheets_refusals import mutate_parts

from .conftest import DATA, Send
from .ledger import SHEET, Holding

GOOD = (DATA / "asset-ledger.xlsx").read_bytes()
HEADINGS = tuple(str(col.heading) for col in SHEET.all_columns)
CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1)),
    st.sampled_from(
        ["営業部", "1", "２", "有", "書類", "令和8年13月1日", "=1+1", "HLD-00001", "\x00", "1e5"]
    ),
)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def attempt(send: Send, what: object, by: Person, *arguments: object) -> None:
    before = Holding.objects.count()
    try:
        batch = imports.dry_run(send(what, *arguments), by=by)
        for problem in imports.report(batch).problems:
            assert problem.sentence.endswith("。")
            assert problem.row > 0
        imports.apply(batch, by=by)
    except Refused as refused:
        assert str(refused).endswith("。")
        assert Holding.objects.count() == before


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(rows=st.lists(st.lists(CELLS, min_size=len(HEADINGS), max_size=len(HEADINGS)), min_size=1, max_size=6))
def test_any_cells_are_taken_in_or_named(send: Send, ueno: Person, rows: list[list[object]]) -> None:
    attempt(send, rows, ueno, HEADINGS)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(seed=st.integers(0, 10**9))
def test_a_damaged_workbook_is_taken_in_or_refused(send: Send, ueno: Person, seed: int) -> None:
    attempt(send, mutate_parts(GOOD, seed), ueno)
