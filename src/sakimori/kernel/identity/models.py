"""People, departments, sites, and who holds which role in which period.

Roles are those of the regulations (content/roles.yaml); what they may read and do stands in content/access.yaml.
No rule here names a role but the two that follow from the organization: employee and department_head.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.records.models import Reach, Record, RecordQuerySet
from sakimori.lib import clock

from . import access
from .company import Company


class Site(Record):
    """拠点: a place where people work."""

    number_prefix = "STE"
    default_audience = "everyone"

    name = models.CharField(_("拠点名"), max_length=100, unique=True)
    address = models.CharField(_("所在地"), max_length=200, blank=True)
    in_scope = models.BooleanField(_("適用範囲"), null=True, blank=True)

    objects: ClassVar = RecordQuerySet["Site"].as_manager()

    class Meta:
        verbose_name = _("拠点一覧")

    def title(self) -> str:
        """Return the name."""
        return self.name


class Department(Record):
    """部署: a unit of the organization, its head, and whether it lies within the scope of the ISMS."""

    number_prefix = "DEP"
    default_audience = "everyone"

    code = models.CharField(_("部署コード"), max_length=20, unique=True)
    name = models.CharField(_("部署名"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("上位部署"), null=True, blank=True, related_name="children"
    )
    head = models.ForeignKey(
        "Person", models.PROTECT, verbose_name=_("部門長"), null=True, blank=True, related_name="heads"
    )
    site = models.ForeignKey(
        Site, models.PROTECT, verbose_name=_("拠点"), null=True, blank=True, related_name="departments"
    )
    in_scope = models.BooleanField(_("適用範囲"), null=True, blank=True)

    objects: ClassVar = RecordQuerySet["Department"].as_manager()

    class Meta:
        verbose_name = _("部署一覧")

    def title(self) -> str:
        """Return the name."""
        return self.name


class PersonQuerySet(RecordQuerySet["Person"]):
    """People."""

    def active(self, day: date | None = None) -> Self:
        """Keep the people who belong to the company on ``day`` (today when not given)."""
        day = day or clock.today()
        return self.filter(
            models.Q(joined_on=None) | models.Q(joined_on__lte=day),
            models.Q(left_on=None) | models.Q(left_on__gte=day),
            retired_at=None,
        )

    def holding(self, role: str, *, department: Department | None = None, day: date | None = None) -> Self:
        """Keep the active people who hold ``role`` on ``day``, for ``department`` or the whole company."""
        day = day or clock.today()
        if role == access.HEAD:
            heads = Department.objects.current().exclude(head=None)
            if department is not None:
                heads = heads.filter(pk=department.pk)
            return self.active(day).filter(pk__in=heads.values("head_id"))
        if role == access.EMPLOYEE:
            staff = self.active(day).exclude(category="external")
            return staff if department is None else staff.filter(department=department)
        held = Appointment.objects.in_force(day).filter(role__in=access.roles_within(role))
        if department is not None:
            held = held.filter(models.Q(department=department) | models.Q(department=None))
        return self.active(day).filter(pk__in=held.values("person_id"))


class Person(Record):
    """従業者: whoever works for the company, employed or not, and outsiders who use its systems (REG-008)."""

    class Category(models.TextChoices):
        """How the person belongs to the company."""

        OFFICER = "officer", _("役員")
        EMPLOYEE = "employee", _("正社員")
        CONTRACT = "contract", _("契約社員")
        TEMPORARY = "temporary", _("派遣・アルバイト")
        PARTNER = "partner", _("協力会社")
        EXTERNAL = "external", _("社外")

    number_prefix = "PSN"
    default_audience = "everyone"
    personal_fields = ("name", "kana", "email", "employee_number")

    employee_number = models.CharField(_("社員番号"), max_length=20, unique=True, null=True, blank=True)
    name = models.CharField(_("氏名"), max_length=100)
    kana = models.CharField(_("フリガナ"), max_length=100, blank=True)
    email = models.EmailField(_("メールアドレス"), blank=True)
    category = models.CharField(_("区分"), max_length=10, choices=Category, default=Category.EMPLOYEE)
    job_title = models.CharField(_("役職"), max_length=60, blank=True)
    site = models.ForeignKey(
        Site, models.PROTECT, verbose_name=_("勤務地"), null=True, blank=True, related_name="people"
    )
    joined_on = models.DateField(_("入社日"), null=True, blank=True)
    left_on = models.DateField(_("退職日"), null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="person",
    )

    objects: ClassVar = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("従業者名簿")

    def title(self) -> str:
        """Return the name."""
        return self.name

    def search_text(self) -> str:
        """Return name, reading, number and mail address."""
        return f"{self.name} {self.kana} {self.employee_number or ''} {self.email} {self.job_title}"

    @property
    def is_active(self) -> bool:
        """Tell whether the person belongs to the company today."""
        day = clock.today()
        joined = self.joined_on is None or self.joined_on <= day
        return joined and (self.left_on is None or self.left_on >= day) and self.retired_at is None

    def holdings(self, on: date | None = None) -> tuple[tuple[str, int | None], ...]:
        """Return the (role, department id or None) pairs held on ``on``; today's are kept on the object."""
        day = on or clock.today()
        known = self.__dict__.setdefault("_holdings", {})
        if day not in known:
            known[day] = self._read_holdings(day)
        held: tuple[tuple[str, int | None], ...] = known[day]
        return held

    def _read_holdings(self, day: date) -> tuple[tuple[str, int | None], ...]:
        if not self.is_active:
            return ()
        rows = Appointment.objects.in_force(day).filter(person_id=self.pk)
        headed = (
            Department.objects.current().filter(head_id=self.pk).annotate(as_role=models.Value(access.HEAD))
        )
        held = rows.values_list("role", "department_id").union(headed.values_list("as_role", "pk"), all=True)
        outside = self.category == self.Category.EXTERNAL  # he holds what he was appointed to
        return tuple(held) if outside else ((access.EMPLOYEE, self.department_id), *held)

    def roles(self, on: date | None = None) -> frozenset[str]:
        """Return the role ids held on ``on``, with the wider roles they count as."""
        return access.widened(role for role, _department in self.holdings(on))

    def holds(self, role: str, *, department_id: int | None = None, on: date | None = None) -> bool:
        """Tell whether the person holds ``role``, for ``department_id`` or the whole company."""
        within = access.roles_within(role)
        return any(
            held in within and (department_id is None or where in (None, department_id))
            for held, where in self.holdings(on)
        )

    def departments_below(self, places: frozenset[int]) -> tuple[int, ...]:
        """Return the given departments and all below them."""
        return _below(places)

    def forget_roles(self) -> None:
        """Drop what is remembered of roles, after an appointment changed."""
        self.__dict__.pop("_holdings", None)
        self.__dict__.pop("_reach", None)

    def reach(self) -> Reach:
        """Return how far the person's reading reaches today."""
        known: Reach | None = self.__dict__.get("_reach")
        if known is None:
            known = self.__dict__["_reach"] = access.reach_of(self.pk, self.holdings(), _below)
        return known


class AppointmentQuerySet(RecordQuerySet["Appointment"]):
    """Appointments."""

    def in_force(self, day: date | None = None) -> Self:
        """Keep the appointments that hold on ``day``."""
        day = day or clock.today()
        return self.filter(
            models.Q(ends_on=None) | models.Q(ends_on__gte=day), starts_on__lte=day, retired_at=None
        )


class Appointment(Record):
    """任命: a person holds a role, company-wide or for one department (``department``), for a period."""

    number_prefix = "APT"
    default_audience = "everyone"

    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("氏名"), related_name="appointments")
    role = models.CharField(_("役割"), max_length=40, db_index=True)
    starts_on = models.DateField(_("任命日"))
    ends_on = models.DateField(_("任期満了日"), null=True, blank=True)
    supervisor = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("監督者"), null=True, blank=True, related_name="supervises"
    )
    supervision = models.TextField(_("兼任時の監督方法"), blank=True)
    announced_on = models.DateField(_("周知日"), null=True, blank=True)

    objects: ClassVar = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("任命簿")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="appointment_ends_after_start",
            )
        ]

    def title(self) -> str:
        """Return role and name."""
        return f"{access.role_title(self.role)} {self.person.name}"


class Deputy(Record):
    """代理: someone acts for another in a period, with the reason (REG-049)."""

    number_prefix = "DPY"
    default_audience = "everyone"

    principal = models.ForeignKey(Person, models.PROTECT, verbose_name=_("本人"), related_name="deputies")
    deputy = models.ForeignKey(Person, models.PROTECT, verbose_name=_("代理人"), related_name="stands_in_for")
    starts_on = models.DateField(_("開始日"))
    ends_on = models.DateField(_("終了日"))
    reason = models.CharField(_("理由"), max_length=200)

    objects: ClassVar = RecordQuerySet["Deputy"].as_manager()

    class Meta:
        verbose_name = _("代理設定")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="deputy_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("deputy")), name="deputy_is_someone_else"
            ),
        ]

    def title(self) -> str:
        """Return both names."""
        return f"{self.principal.name} → {self.deputy.name}"


def _below(departments: frozenset[int]) -> tuple[int, ...]:
    """Return the given departments and all below them."""
    children = _children() if departments else {}
    found, queue = set(departments), list(departments)
    while queue:
        for child in children.get(queue.pop(), ()):
            if child not in found:
                found.add(child)
                queue.append(child)
    return tuple(sorted(found))


def _children() -> dict[int, list[int]]:
    tree: dict[int, list[int]] = {}
    for pk, parent in Department.objects.exclude(parent=None).values_list("pk", "parent_id"):
        tree.setdefault(parent, []).append(pk)
    return tree


__all__ = ["Appointment", "Company", "Department", "Deputy", "Person", "Site"]
