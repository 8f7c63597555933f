"""Verification: walk the whole ledger once and name the first entry that is not what was sealed.

Every body is hashed again and compared with its columns; the hashes are compared with the stored tiles and
must lead to every head ever signed and to every head kept elsewhere. That one sequence of leaves meets all
heads is also the proof that the heads are consistent with each other.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise

from django.db import connection, connections
from django.db.models import Max
from django.utils.translation import gettext as _

from sakimori.lib import merkle, notes

from . import keys, rows, triggers
from .models import Checkpoint, Leaf, Opening
from .report import Fault, Problem, Report, describe, name_unplaced
from .walk import Expected, Walk

RANGE = 100 * merkle.TILE_WIDTH
MOST_PROBLEMS = 100
_FORGOTTEN = """
    SELECT e.id, e.body FROM ledger_entry AS e
    WHERE NOT EXISTS (SELECT 1 FROM ledger_leaf AS l WHERE l.entry_id = e.id)
      AND NOT EXISTS (SELECT 1 FROM ledger_pending AS p WHERE p.entry_id = e.id)
    ORDER BY e.id LIMIT 100
"""
_WRONG_RECORD = """
    SELECT l."index" FROM ledger_entry AS e JOIN records_record AS r ON r.id = e.record_id
    JOIN ledger_leaf AS l ON l.entry_id = e.id WHERE r.number <> e.number ORDER BY l."index" LIMIT 100
"""


def verify(*, heads: Iterable[str] = (), processes: int = 1) -> Report:
    """Check the whole ledger; ``heads`` are texts of heads kept elsewhere (signed notes).

    More than one process needs a database that other processes can see, so not the tests' one.
    """
    report = Report()
    expected = [*_own_heads(report), *_foreign_heads(heads, report)]
    report.heads = len(expected)
    last = Leaf.objects.aggregate(last=Max("index"))["last"]
    report.entries = 0 if last is None else last + 1
    walk = Walk(expected)
    for checked in _ranges(report.entries, processes):
        report.problems += checked.problems[:MOST_PROBLEMS]
        walk.take(merkle.split(checked.leaves))
    found = walk.finish()
    damaged = {problem.index for problem in report.problems}
    report.problems += [p for p in found if p.fault is Fault.HEAD or p.index not in damaged]
    _check_protection(report)
    _check_records(report)
    _check_openings(report)
    report.problems = describe(report.problems)[:MOST_PROBLEMS]
    _check_waiting(report)
    return report


def _ranges(size: int, processes: int) -> Iterator[rows.Checked]:
    """Check the rows in ranges, in other processes where asked for, and give the outcomes in order."""
    spans = list(pairwise([*range(0, size, RANGE), size]))
    if processes == 1 or len(spans) < 2:
        yield from (rows.check_range(begin, end) for begin, end in spans)
        return
    connections.close_all()  # A connection must not be used on both sides of a fork.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(rows.check_range, *zip(*spans, strict=True))


def _own_heads(report: Report) -> Iterator[Expected]:
    """Read every stored head and check its signature."""
    verifier = keys.verifier()
    for size, root, note in (
        Checkpoint.objects.values_list("size", "root", "note").order_by("size").iterator()
    ):
        source = _("署名済みの先頭（%(size)s 件）") % {"size": f"{size:,}"}
        try:
            head = notes.Checkpoint.open(note, verifier)
        except notes.NoteError:
            sentence = _("%(source)sの署名が正しくありません。") % {"source": source}
            report.problems.append(Problem(size - 1, Fault.SIGNATURE, sentence))
            continue
        if (head.size, head.root) != (size, bytes(root)):
            sentence = _("%(source)sの列が署名された内容と食い違っています。") % {"source": source}
            report.problems.append(Problem(size - 1, Fault.SIGNATURE, sentence))
        yield Expected(head.size, head.root, source)


def _foreign_heads(heads: Iterable[str], report: Report) -> Iterator[Expected]:
    """Read the heads kept elsewhere; one that this ledger's key did not sign is a fault and still compared."""
    verifier = keys.verifier()
    for note in heads:
        text = note.rpartition("\n\n")[0] + "\n"
        try:
            head = notes.Checkpoint.parse(text)
        except notes.NoteError:
            sentence = _("外部に保管された先頭を読めません。ファイルを確かめてください。")
            report.problems.append(Problem(0, Fault.SIGNATURE, sentence))
            continue
        source = _("外部に保管された先頭（%(size)s 件）") % {"size": f"{head.size:,}"}
        try:
            notes.Checkpoint.open(note, verifier)
        except notes.NoteError:
            sentence = _("%(source)sは、この台帳の鍵で署名されたものではありません。") % {"source": source}
            report.problems.append(Problem(head.size - 1, Fault.SIGNATURE, sentence))
        yield Expected(head.size, head.root, source, foreign=True)


def _check_protection(report: Report) -> None:
    lost = triggers.missing(connection)
    if lost:
        report.problems.append(Problem(report.entries, Fault.TRIGGER, ", ".join(lost)))


def _check_records(report: Report) -> None:
    """Find entries that were hung on another record than the one they name."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_RECORD)
        report.problems += [Problem(index, Fault.COLUMNS, "record_id") for (index,) in cursor.fetchall()]


def _check_openings(report: Report) -> None:
    """Compare every opening that was not erased with its commitment."""
    columns = ("path", "salt", "value", "entry__body", "entry__place__index")
    for path, salt, value, body, index in Opening.objects.values_list(*columns).iterator():
        report.openings += 1
        commitment = hashlib.sha256(bytes(salt) + value.encode()).hexdigest()
        if commitment != _commitment(body, path):
            report.problems.append(Problem(index or 0, Fault.OPENING, path))


def _commitment(body: str, path: str) -> object:
    name, _slash, side = path.rpartition("/")
    try:
        return json.loads(body)["changes"][name][int(side)]["commit"]
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def _check_waiting(report: Report) -> None:
    """Check the entries that have no place in the tree yet."""
    report.pending, faults = rows.check_waiting()
    for entry_id, body, problem in faults:
        named = name_unplaced(entry_id, body)
        report.problems.append(Problem(report.entries, problem.fault, problem.detail, named))
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN)
        forgotten = cursor.fetchall()
    for entry_id, body in forgotten:
        report.problems.append(Problem(report.entries, Fault.UNSEALED, "", name_unplaced(entry_id, body)))
