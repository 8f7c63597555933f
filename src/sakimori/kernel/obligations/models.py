"""An obligation is the record of one duty of the content; its occurrences are the days on which it is due.

Occurrences are plain rows: thousands are planned ahead and follow from the rule. What is done about them is
entered in the ledger, on the obligation and on the record that proves it.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.content.duties import DUTIES, Duty
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import clock


class Obligation(Record):
    """義務: one duty of content/obligations/, from the day on which the company took it over."""

    number_prefix = "OBL"
    default_audience = "everyone"

    duty_id = models.CharField(_("義務ID"), max_length=100, unique=True)
    name = models.CharField(_("義務"), max_length=200)
    # What the plan was made from and how far; both tell whether there is anything to plan.
    plan_digest = models.CharField(max_length=64, blank=True, editable=False)
    targets_digest = models.CharField(max_length=64, blank=True, editable=False)
    planned_until = models.DateField(_("計画済みの日"), null=True, editable=False)

    objects: ClassVar = RecordQuerySet["Obligation"].as_manager()

    class Meta:
        verbose_name = _("義務一覧")

    def title(self) -> str:
        """Return what is to be done."""
        return self.name

    def search_text(self) -> str:
        """Return the name and what the duty says of itself."""
        if self.duty_id not in DUTIES:
            return self.name
        return f"{self.name} {self.duty.description} {self.duty.article}"

    @property
    def duty(self) -> Duty:
        """Return the duty as the content says it; raise UnknownContent for one that was removed."""
        return DUTIES[self.duty_id]


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Occurrences."""

    def open(self) -> Self:
        """Keep what is not closed."""
        return self.filter(state=Occurrence.State.OPEN)

    def opened(self, day: date) -> Self:
        """Keep what is not closed and may be worked on."""
        return self.open().filter(opens_on__lte=day)

    def overdue(self, day: date) -> Self:
        """Keep what should be closed."""
        return self.open().filter(due_on__lt=day)


class Occurrence(models.Model):
    """期日: one obligation, due once, for one target."""

    class State(models.TextChoices):
        """Whether something is still to be done."""

        OPEN = "open", _("未完了")
        DONE = "done", _("完了")
        VOID = "void", _("対象外")

    obligation = models.ForeignKey(
        Obligation, models.PROTECT, verbose_name=_("義務"), related_name="occurrences", db_index=False
    )
    slot = models.CharField(max_length=120, editable=False)  # target and nominal day: never planned twice
    target = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("対象"), null=True, related_name="occurrences_about"
    )
    nominal_on = models.DateField(_("定めの日"))
    opens_on = models.DateField(_("着手できる日"))
    due_on = models.DateField(_("期日"))
    due_at = models.DateTimeField(_("期限の時刻"), null=True)
    role = models.CharField(_("役割"), max_length=40, blank=True)
    department = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("部署"), null=True, related_name="+", db_index=False
    )
    assignee = models.ForeignKey(
        Person,
        models.PROTECT,
        verbose_name=_("担当者"),
        null=True,
        related_name="occurrences_assigned",
        db_index=False,
    )
    state = models.CharField(_("状態"), max_length=5, choices=State, default=State.OPEN)
    proof = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("証跡"), null=True, related_name="proves", db_index=False
    )
    done_on = models.DateField(_("実施日"), null=True)
    done_by = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("実施者"), null=True, related_name="+", db_index=False
    )
    closed_on = models.DateField(_("登録日"), null=True)  # when the product heard of it, not when it was done
    moved_from = models.DateField(_("変更前の期日"), null=True)
    moved_on = models.DateField(_("期日を変更した日"), null=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    # When somebody is to be told next, and up to when that was done; the daily run reads no other rows.
    contact_at = models.DateTimeField(null=True, editable=False)
    contacted_at = models.DateTimeField(null=True, editable=False)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("義務の期日")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["obligation", "slot"], name="occurrence_once"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(proof__isnull=False, done_on__isnull=False),
                name="occurrence_done_by_proof",
            ),
        ]
        indexes = [
            models.Index(
                fields=["contact_at"], condition=models.Q(state="open"), name="occurrence_to_contact"
            ),
            models.Index(
                fields=["role", "department", "opens_on"],
                condition=models.Q(state="open"),
                name="occurrence_of_role",
            ),
            models.Index(fields=["obligation", "nominal_on"], name="occurrence_by_day"),
            models.Index(fields=["department", "due_on"], name="occurrence_of_department"),
            models.Index(
                fields=["proof"], condition=models.Q(proof__isnull=False), name="occurrence_by_proof"
            ),
            models.Index(
                fields=["assignee"], condition=models.Q(assignee__isnull=False), name="occurrence_of_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation} {self.due_on}"

    @property
    def is_late(self) -> bool:
        """Tell whether it was done after its day."""
        return self.done_on is not None and self.done_on > self.due_on

    @property
    def is_filed_late(self) -> bool:
        """Tell whether it was done in time, but proved only afterwards."""
        return self.closed_on is not None and not self.is_late and self.closed_on > self.due_on

    def status(self, day: date | None = None) -> str:
        """Return done, late, void, future, open or overdue, as of ``day``."""
        day = day or clock.today()
        if self.state == self.State.DONE:
            return "late" if self.is_late else "done"
        if self.state == self.State.VOID:
            return "void"
        if day < self.opens_on:
            return "future"
        return "overdue" if self.due_on < day else "open"


class CoverageCell(models.Model):
    """How many occurrences of one duty, or of one department, were due on a day and closed on another.

    Derived from the occurrences, kept so that a year of a large company is read in one short query.
    """

    obligation = models.ForeignKey(Obligation, models.CASCADE, null=True, db_index=False)
    department = models.ForeignKey(Record, models.CASCADE, null=True, db_index=False, related_name="+")
    due_on = models.DateField()
    closed_on = models.DateField(null=True)
    moved_from = models.DateField(null=True)
    moved_on = models.DateField(null=True)
    standing = models.CharField(max_length=8)
    number = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["obligation", "due_on"], name="coverage_of_obligation"),
            models.Index(fields=["department", "due_on"], name="coverage_of_department"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.standing} {self.number}"


class CoverageStale(models.Model):
    """A month of a duty and of a department whose cells no longer follow the occurrences; written by a trigger."""

    obligation_id = models.BigIntegerField()
    department_id = models.BigIntegerField(null=True)
    month = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["obligation_id", "month", "department_id"], name="coverage_stale")]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.month}"
