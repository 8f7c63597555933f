"""Applications, the steps of their routes, and what was decided."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.content.forms import FORMS, Form
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import clock


class Application(Record):
    """申請: the answers to one form, about one exact state of its subject, on its way along a route."""

    class Status(models.TextChoices):
        """Where the application stands."""

        PENDING = "pending", _("承認待ち")
        RETURNED = "returned", _("差戻し")
        APPROVED = "approved", _("承認")
        REJECTED = "rejected", _("却下")
        WITHDRAWN = "withdrawn", _("引戻し")
        EXPIRED = "expired", _("失効")

    number_prefix = "APL"
    default_audience = "office"
    # Answers may tell about people: they enter the ledger as commitments, so that they can be erased.
    personal_fields = ("answers",)

    form = models.CharField(_("書式"), max_length=60, db_index=True)
    form_version = models.CharField(_("書式の版"), max_length=64, editable=False)
    applicant = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("申請者"), related_name="applied_for"
    )
    subject = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("対象"), null=True, blank=True, related_name="applications"
    )
    subject_digest = models.CharField(_("対象の内容のハッシュ値"), max_length=64, blank=True, editable=False)
    answers = models.JSONField(_("申請内容"), default=dict)
    status = models.CharField(_("状態"), max_length=10, choices=Status, default=Status.PENDING)
    round = models.PositiveSmallIntegerField(_("提出回数"), default=1)
    submitted_at = models.DateTimeField(_("申請日時"), default=clock.now)
    closed_at = models.DateTimeField(_("決裁日時"), null=True, blank=True)
    expires_on = models.DateField(_("失効日"))
    # After the fact, in an emergency: when it was done, and why it could not wait.
    done_on = models.DateField(_("緊急に実施した日"), null=True, blank=True)
    emergency = models.TextField(_("事後申請の理由"), blank=True)
    is_late = models.BooleanField(_("事後申請の期限超過"), default=False)
    # The applicant, the subject himself, the people whom the answers name as workers (PRC-016).
    barred = models.ManyToManyField(Person, related_name="barred_from", verbose_name=_("決裁できない人"))

    objects: ClassVar = RecordQuerySet["Application"].as_manager()

    class Meta:
        verbose_name = _("申請")
        indexes = [models.Index(fields=["status", "expires_on"], name="application_expiry")]

    def title(self) -> str:
        """Return the form's title, with what it is about."""
        title = FORMS[self.form].title if self.form in FORMS else self.form
        return f"{title}（{self.subject.label}）" if self.subject else title

    @property
    def is_approved(self) -> bool:
        """Tell whether every step was approved."""
        return self.status == self.Status.APPROVED

    @property
    def form_id(self) -> str:
        """Return the kind of record by which it is filed: its form's."""
        return self.form

    @property
    def is_open(self) -> bool:
        """Tell whether something can still be decided or changed."""
        return self.status in (self.Status.PENDING, self.Status.RETURNED)

    @property
    def closed_on(self) -> date:
        """Return the day in Japan on which it was closed; today while it is open."""
        return self.closed_at.astimezone(clock.JAPAN).date() if self.closed_at else clock.today()

    @property
    def form_piece(self) -> Form:
        """Return the form as it reads today; raise UnknownContent for one that was removed."""
        return FORMS[self.form]


class Step(models.Model):
    """One step of an application's route: whose it is, what he does, until when."""

    class State(models.TextChoices):
        """Where the step stands."""

        WAITING = "waiting", _("順番待ち")
        OPEN = "open", _("決裁待ち")
        APPROVED = "approved", _("承認")
        REJECTED = "rejected", _("却下")
        RETURNED = "returned", _("差戻し")
        BY_APPLYING = "applying", _("申請をもって署名")
        CLOSED = "closed", _("終了")

    application = models.ForeignKey(Application, models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField()
    stage = models.PositiveSmallIntegerField()  # steps of one stage stand side by side
    key = models.CharField(max_length=40)
    title = models.CharField(_("段階"), max_length=60)
    action = models.CharField(_("行為"), max_length=10)
    need = models.CharField(max_length=3)
    enough = models.BooleanField(default=False)
    role = models.CharField(_("役割"), max_length=40, blank=True)
    department = models.ForeignKey(Record, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("状態"), max_length=8, choices=State, default=State.WAITING)
    due_days = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("期限"), null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("決裁段階")
        ordering = ["application", "round", "stage", "pk"]
        constraints = [models.UniqueConstraint(fields=["application", "round", "key"], name="step_once")]
        indexes = [
            models.Index(
                fields=["role", "department"], name="step_by_role", condition=models.Q(state="open")
            ),
            models.Index(fields=["person"], name="step_by_person", condition=models.Q(state="open")),
            models.Index(fields=["due_on"], name="step_due", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.title}"

    @property
    def is_overdue(self) -> bool:
        """Tell whether the step should have been decided before today."""
        return self.state == self.State.OPEN and self.due_on is not None and self.due_on < clock.today()


class Decision(models.Model):
    """What one person decided at one step, for himself or for whom he stands in."""

    class Outcome(models.TextChoices):
        """What can be decided."""

        APPROVE = "approve", _("承認")
        REJECT = "reject", _("却下")
        RETURN = "return", _("差戻し")

    application = models.ForeignKey(Application, models.CASCADE, related_name="decisions")
    step = models.ForeignKey(Step, models.CASCADE, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="decisions")
    acting_for = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="decided_by_deputy"
    )
    outcome = models.CharField(_("決裁"), max_length=7, choices=Outcome)
    comment = models.TextField(_("意見"), blank=True)
    at = models.DateTimeField(_("日時"), default=clock.now)

    class Meta:
        verbose_name = _("決裁")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "round", "person"], name="decided_once_each"),
            models.UniqueConstraint(
                fields=["application", "round", "acting_for"], name="stood_in_for_once_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.person}"
