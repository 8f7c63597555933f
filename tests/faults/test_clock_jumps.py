"""The clock jumps back an hour and ahead a month: the ledger keeps its order, no occurrence is doubled or lost."""

from datetime import datetime, timedelta

from sakimori.domains.assets import rules
from sakimori.kernel.ledger import book, seal, verify
from sakimori.kernel.ledger.models import Entry, Leaf
from sakimori.kernel.obligations import plan
from sakimori.kernel.obligations.models import Occurrence
from sakimori.lib import clock

START = datetime(2026, 9, 20, 9, tzinfo=clock.JAPAN)
JUMPS = (timedelta(0), timedelta(hours=-1), timedelta(days=31), timedelta(hours=-1), timedelta(minutes=5))


def test_the_ledger_keeps_the_order_of_the_acts_whatever_the_clock_says(cast) -> None:
    with clock.at(START):
        asset = rules.register_asset(name="契約書", department=cast.sales, storage="paper", by=cast.ueno)
    for number, jump in enumerate(JUMPS):
        with clock.at(START + jump):
            rules.change_asset(asset, remarks=f"{number}", reason="点検", by=cast.ueno)
            seal.seal()
    acts = [entry.changes for entry in reversed(book.history(asset))]
    assert len(acts) == 1 + len(JUMPS)
    order = Leaf.objects.order_by("index").values_list("entry_id", flat=True)
    assert list(order) == sorted(order)
    at = Entry.objects.filter(verb="asset.changed").order_by("id").values_list("at", flat=True)
    assert list(at) == [START + jump for jump in JUMPS]  # as the clock said it: nothing is smoothed
    report = verify.verify()
    assert (report.problems, report.pending, report.entries) == ([], 0, Entry.objects.count())


def slots() -> set[tuple[int, str]]:
    found = list(Occurrence.objects.values_list("obligation__duty_id", "slot", "due_on"))
    assert len(found) == len(set(found)) == len({row[:2] for row in found})
    return set(found)


def test_occurrences_are_neither_doubled_nor_lost_when_the_clock_jumps(cast) -> None:
    with clock.at(START):
        plan.materialise()
        undisturbed = slots()
    assert undisturbed
    with clock.at(START - timedelta(hours=1)):
        plan.materialise()
    assert slots() == undisturbed
    with clock.at(START + timedelta(days=31)):
        plan.materialise()
        ahead = slots()
    assert undisturbed < ahead
    with clock.at(START - timedelta(hours=1)):
        plan.materialise()
    assert slots() == ahead
    with clock.at(START + timedelta(days=31)):
        plan.materialise()
    assert slots() == ahead


def test_a_clock_that_jumps_over_midnight_and_back_plans_the_day_once(cast) -> None:
    midnight = START.replace(hour=0)
    with clock.at(midnight + timedelta(minutes=10)):
        plan.materialise()
        planned = slots()
    with clock.at(midnight - timedelta(minutes=50)):
        plan.materialise()
    with clock.at(midnight + timedelta(minutes=20)):
        plan.materialise()
    assert slots() == planned
