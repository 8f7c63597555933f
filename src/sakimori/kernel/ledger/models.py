"""Tables of the ledger. Only this package touches them; everything else calls ``book``.

``Entry.body`` is what is sealed; the columns beside it only make it findable, and verification compares
the two. Values that may have to be erased enter the body as commitments; their openings lie apart.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One act: append-only, kept so by database triggers."""

    at = models.DateTimeField(_("日時"), db_index=True)
    verb = models.CharField(_("操作"), max_length=60)
    actor = models.ForeignKey(  # the indexes below begin with it, and with the record: one of its own would be the second
        "identity.Person",
        models.PROTECT,
        verbose_name=_("実施者"),
        null=True,
        related_name="+",
        db_index=False,
    )
    # An import may be undone and its rows removed; what was written about them stays.
    record = models.ForeignKey(
        "records.Record",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="entries",
    )
    number = models.CharField(_("番号"), max_length=24)
    body = models.TextField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("証跡")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["record", "-id"], name="entry_of_record"),
            models.Index(fields=["verb", "-at", "-id"], name="entry_by_verb"),
            models.Index(fields=["actor", "-at", "-id"], name="entry_by_actor"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.verb} {self.number}"


class Opening(models.Model):
    """The erasable half of a committed value: without it the commitment says nothing."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="openings")
    path = models.CharField(max_length=80)
    salt = models.BinaryField(max_length=16)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "path"], name="opening_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.path}"


class Pending(models.Model):
    """An entry that waits for its seal. A database trigger puts it here with the entry.

    A queue and not a high-water mark: on PostgreSQL an entry with a lower id may be committed after one with
    a higher id, and a mark would pass it by.
    """

    entry_id = models.PositiveBigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"#{self.entry_id}"


class Leaf(models.Model):
    """The place of an entry in the tree, in the order of sealing; append-only."""

    index = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="place")

    class Meta:
        ordering = ["index"]

    def __str__(self) -> str:
        return f"{self.index}: #{self.entry_id}"


class Tile(models.Model):
    """Up to 256 hashes of the tree side by side (tlog-tiles); a cache, rebuilt from the entries at will."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed head of the tree; append-only."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField(_("日時"))

    class Meta:
        verbose_name = _("台帳の先頭")
        ordering = ["size"]

    def __str__(self) -> str:
        return f"{self.size}"
