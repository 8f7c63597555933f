"""Findings: plain rows, because a first import can bring a hundred thousand at once.

What people decide about a finding is entered in the ledger on the record that it is about.
"""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, Viewer
from sakimori.lib import clock

from .registry import CHECKS


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Keep the findings about records that the viewer may know of."""
        return self.filter(record__in=Record.objects.visible_to(viewer).values("pk"))

    def open(self) -> Self:
        """Keep what is to be put right."""
        return self.filter(state=Finding.State.OPEN)

    def standing(self) -> Self:
        """Keep what still offends, waived or not."""
        return self.exclude(state=Finding.State.CLOSED)

    def overdue(self, day: date | None = None) -> Self:
        """Keep what should have been put right."""
        return self.open().filter(due_on__lt=day or clock.today())

    def of(self, record: Record) -> Self:
        """Keep the findings about one record."""
        return self.filter(record_id=record.pk)

    def answered_by(self, person: Person) -> Self:
        """Keep what the person answers for: his records, else his department's, else those of his roles.

        A check may name the role itself, whoever owns the record.
        """
        places = [place for role, place in person.holdings() if role == access.HEAD]
        mine = models.Q(record__owner=person)
        ownerless = models.Q(record__owner=None)
        mine |= ownerless & models.Q(record__department__in=places)
        mine |= ownerless & models.Q(record__department=None, role__in=person.roles())
        by_role = [check.name for check in CHECKS.values() if check.answering]
        named = models.Q(role__in=person.roles() - {access.HEAD})
        named |= models.Q(role=access.HEAD, record__department__in=places)
        return self.filter(
            models.Q(check_name__in=by_role) & named | ~models.Q(check_name__in=by_role) & mine
        )


class Finding(models.Model):
    """指摘: one record that offends against one check, from when to when."""

    class State(models.TextChoices):
        """Whether it still offends, and whether that is allowed for a time."""

        OPEN = "open", _("未是正")
        WAIVED = "waived", _("例外承認中")
        CLOSED = "closed", _("是正済み")

    class Severity(models.TextChoices):
        """How much it matters."""

        CRITICAL = "critical", _("重大")
        MAJOR = "major", _("重要")
        MINOR = "minor", _("軽微")

    check_name = models.CharField(_("点検"), max_length=80)
    record = models.ForeignKey(Record, models.PROTECT, verbose_name=_("対象"), related_name="findings")
    severity = models.CharField(_("重大度"), max_length=10, choices=Severity)
    role = models.CharField(_("担当の役割"), max_length=40)
    state = models.CharField(_("状態"), max_length=6, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("検出日時"))
    due_on = models.DateField(_("是正期限"))
    closed_at = models.DateTimeField(_("是正日時"), null=True)
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("前回の指摘"),
        null=True,
        related_name="reopened_as",
        db_index=False,
    )
    waived_until = models.DateField(_("例外の期限"), null=True)
    waiver = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("例外の承認"), null=True, related_name="waives", db_index=False
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("指摘")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_name", "record"],
                condition=~models.Q(state="closed"),
                name="finding_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="waived")
                | models.Q(waiver__isnull=False, waived_until__isnull=False),
                name="finding_waived_by_approval",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "check_name"], name="finding_by_state"),
            models.Index(fields=["due_on"], condition=models.Q(state="open"), name="finding_due"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return what is wrong; the name itself for a check that was removed."""
        return str(CHECKS[self.check_name].label) if self.check_name in CHECKS else self.check_name

    @property
    def is_overdue(self) -> bool:
        """Tell whether it should have been put right."""
        return self.state == self.State.OPEN and self.due_on < clock.today()
