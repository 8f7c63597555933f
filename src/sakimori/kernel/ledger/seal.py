"""Sealing: the entries written since the last head become leaves of the tree, and a new head is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from sakimori.lib import clock, merkle, notes
from sakimori.lib.errors import Refused

from . import keys
from .models import Checkpoint, Entry, Leaf, Pending, Tile

BATCH = 20_000
_LOCK = 0x5EA1  # any number, the same in every process of one database
_NUMBER_PENDING = """
    INSERT INTO ledger_leaf ("index", entry_id)
    SELECT %s + ROW_NUMBER() OVER (ORDER BY entry_id) - 1, entry_id
    FROM (SELECT entry_id FROM ledger_pending ORDER BY entry_id LIMIT %s) AS batch
"""
_DROP_SEALED = """
    DELETE FROM ledger_pending WHERE entry_id IN (SELECT entry_id FROM ledger_leaf WHERE "index" >= %s)
"""
_QUEUE_AGAIN = """
    INSERT INTO ledger_pending (entry_id)
    SELECT e.id FROM ledger_entry AS e
    WHERE NOT EXISTS (SELECT 1 FROM ledger_leaf AS l WHERE l.entry_id = e.id)
      AND NOT EXISTS (SELECT 1 FROM ledger_pending AS p WHERE p.entry_id = e.id)
"""


@dataclass(frozen=True)
class Head:
    """A signed head, as papers print it and auditors keep it."""

    size: int
    root: bytes
    note: str
    at: datetime

    @property
    def root_hex_short(self) -> str:
        """Return the first 16 hexadecimal digits of the root, for paper."""
        return self.root.hex()[:16]


def latest_head() -> Head | None:
    """Return the newest head; None before the first seal."""
    found = Checkpoint.objects.order_by("-size").first()
    return None if found is None else Head(found.size, bytes(found.root), found.note, found.at)


def seal(batch: int = BATCH) -> int:
    """Seal every entry that waits and return how many there were.

    Several workers may call this at once: one seals, the others find nothing left. Raises Refused when the
    tree on disk is not the one that was signed last, because a head that contradicts an older one must never
    be signed.
    """
    sealed = 0
    while fresh := _seal_batch(batch):
        sealed += fresh
    return sealed


def tree(size: int) -> merkle.Tree:
    """Return the tree over the first ``size`` leaves, read from the stored tiles."""
    return merkle.Tree(size, _load_tile)


def rebuild() -> None:
    """Write the tiles and the queue anew from the entries, as after a restore or damage to a tile.

    Raises Refused when the entries do not lead to the last signed head.
    """
    with transaction.atomic():
        _lock()
        head = latest_head()
        Tile.objects.all().delete()
        fresh = merkle.Tree(0, lambda level, index: b"")
        leaves = Leaf.objects.filter(index__lt=head.size if head else 0).order_by("index")
        fresh.extend(bytes(leaf) for leaf in leaves.values_list("entry__leaf", flat=True).iterator(BATCH))
        _store(fresh)
        _check_extends(fresh, head)
        with connection.cursor() as cursor:
            cursor.execute(_QUEUE_AGAIN)


def _seal_batch(limit: int) -> int:
    if not Pending.objects.exists():
        return 0
    signer = keys.signer()
    with transaction.atomic():
        _lock()
        head = latest_head()
        size = head.size if head else 0
        grown = tree(size)
        _check_extends(grown, head, signer.verifier)
        fresh = _number(size, limit)
        if not fresh:
            return 0
        leaves = Entry.objects.filter(place__index__gte=size).order_by("place__index")
        grown.extend(bytes(leaf) for leaf in leaves.values_list("leaf", flat=True).iterator(limit))
        _store(grown)
        root = grown.root()
        note = signer.sign(str(notes.Checkpoint(signer.name, grown.size, root)))
        Checkpoint.objects.create(size=grown.size, root=root, note=note, at=clock.now())
    return fresh


def _number(size: int, limit: int) -> int:
    """Give the waiting entries their places and return how many got one."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER_PENDING, [size, limit])
        fresh = int(cursor.rowcount)
        cursor.execute(_DROP_SEALED, [size])
    return fresh


def _lock() -> None:
    """Hold the right to seal until the transaction ends; SQLite's only writer holds it already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _check_extends(found: merkle.Tree, head: Head | None, verifier: notes.Verifier | None = None) -> None:
    if head is None:
        return
    try:
        if verifier is not None:
            notes.Checkpoint.open(head.note, verifier)
        sound = found.root(head.size) == head.root
    except (merkle.DamagedTreeError, notes.NoteError, IndexError):
        sound = False
    if not sound:
        raise Refused(
            _(
                "証跡台帳が最後に署名した先頭（%(size)s 件）と一致しないため、封印を止めました。"
                "./sakimori verify で食い違いの場所を確かめてください。"
            )
            % {"size": head.size},
            rule="ledger.head",
        )


def _load_tile(level: int, index: int) -> bytes:
    hashes = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
    return bytes(hashes or b"")


def _store(grown: merkle.Tree) -> None:
    tiles = [Tile(level=level, index=index, hashes=h) for (level, index), h in grown.changed.items()]
    Tile.objects.bulk_create(
        tiles,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes"],
    )
