"""What is searched of every record, folded; the indexes over it are the database's own (see ``store``)."""

from __future__ import annotations

from django.db import models

from sakimori.kernel.records.models import Record


class Entry(models.Model):
    """The folded words of one record: what it is called, and everything by which it is found."""

    # Rows of an undone import vanish from under their entries; an entry without its record finds nothing.
    record = models.OneToOneField(
        Record, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="search_entry"
    )
    label = models.TextField()
    text = models.TextField()
    scope = models.CharField(max_length=90)  # by whom it may be found: audience/department/owner

    def __str__(self) -> str:
        return self.label
