"""What software can judge about the organization: each function returns the offenders."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.approvals.models import Application
from sakimori.kernel.dossier.models import Evidence
from sakimori.kernel.findings import check
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Company, Department, Person, Site
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record
from sakimori.lib.dates import FiscalYear

from .models import Chart, Circumstance, Commitment, InterestedParty, Scope, Supervision
from .rules.roles import existing_conflicts, vacancies

SUPERVISED_EVERY = timedelta(days=92)
NETWORK = ("network_administrator", "operator")


def _company_unless(fine: bool) -> QuerySet[Company]:
    """Return the company as the offender where nothing smaller is to blame."""
    return Company.objects.none() if fine else Company.objects.all()


@check(
    "organization.vacant_role",
    _("担当者のいない役割がある"),
    severity="major",
    requirements=("V20-069", "PRC-008", "PRC-012", "JPM-009", "REG-031", "OPS-008", "SYS-008"),
)
def vacant_role(today: date) -> QuerySet[Company]:
    """Return the company, while a role of the book has fewer holders than it needs."""
    return _company_unless(not any(unit is None for _role, unit, _missing in vacancies(today)))


@check(
    "organization.no_officer",
    _("情報セキュリティ担当者のいない部署"),
    severity="major",
    requirements=("REG-041",),
)
def no_officer(today: date) -> QuerySet[Department]:
    """Return departments in which nobody is appointed as security officer."""
    return _departments_without("security_officer", today)


@check(
    "organization.no_head",
    _("部門長のいない部署"),
    severity="major",
    requirements=("REG-050", "PRC-012"),
)
def no_head(today: date) -> QuerySet[Department]:
    """Return departments without a head, or headed by somebody who left."""
    return _departments_without(access.HEAD, today)


def _departments_without(role: str, today: date) -> QuerySet[Department]:
    bare = [unit.pk for found, unit, _missing in vacancies(today) if unit is not None and found.id == role]
    return Department.objects.filter(pk__in=bare)


@check("organization.unrepresented", _("委員会に代表のいない部署"), requirements=("V20-105",))
def unrepresented(today: date) -> QuerySet[Department]:
    """Return departments within the scope of which neither head nor member sits in the committee."""
    seats = [role.id for role in access.roles().values() if role.committee_seat]
    seated = Appointment.objects.in_force(today).filter(role__in=seats).values("person_id")
    theirs = Person.objects.filter(pk__in=seated).exclude(department=None).values("department_id")
    units = Department.objects.current().exclude(in_scope=False)
    return units.exclude(Q(pk__in=theirs) | Q(head_id__in=seated))


@check(
    "organization.incompatible",
    _("監督の定めなく相反する役割を兼ねている"),
    severity="critical",
    requirements=("V20-145", "OPS-010", "PRC-015", "SYS-253", "REG-038"),
)
def incompatible(today: date) -> QuerySet[Appointment]:
    """Return appointments that make somebody hold incompatible roles, without supervisor and way of supervision."""
    bare = [
        row.pk
        for _person, pair, row in existing_conflicts(today)
        if not pair.exception or row.supervisor_id is None or not row.supervision
    ]
    return Appointment.objects.filter(pk__in=bare)


@check(
    "organization.unsupervised",
    _("兼任の監督が3か月確認されていない"),
    severity="major",
    requirements=("OPS-011", "PRC-017"),
)
def unsupervised(today: date) -> QuerySet[Appointment]:
    """Return combined roles that their supervisor has not looked over within three months."""
    combined = [row.pk for _person, _pair, row in existing_conflicts(today)]
    oldest = today - SUPERVISED_EVERY
    recent = Supervision.objects.filter(appointment=OuterRef("pk"), effective_on__gte=oldest)
    late = Appointment.objects.filter(pk__in=combined, starts_on__lt=oldest)
    return late.exclude(Exists(recent))


@check("organization.unsound", _("兼任の監督で問題が見つかった"), severity="major", requirements=("OPS-011",))
def unsound(today: date) -> QuerySet[Supervision]:
    """Return supervisions that found a fault and were not followed by a sound one."""
    better = Supervision.objects.filter(
        appointment=OuterRef("appointment"), pk__gt=OuterRef("pk"), sound=True
    )
    return Supervision.objects.current().filter(sound=False).exclude(Exists(better))


@check("organization.term_ends", _("任期満了が近い任命"), requirements=("JPM-009", "SYS-290"))
def term_ends(today: date) -> QuerySet[Appointment]:
    """Return appointments whose term ends within the days of notice that the regulation gives."""
    notice = timedelta(days=policy.value("roles.notice"))
    return Appointment.objects.in_force(today).filter(ends_on__lte=today + notice)


@check(
    "organization.term_over",
    _("任期が切れたまま後任のいない役割"),
    severity="major",
    requirements=("JPM-009", "REG-031"),
)
def term_over(today: date) -> QuerySet[Appointment]:
    """Return the last appointment to a role that the book requires and nobody holds any more."""
    empty = [role.id for role, unit, _missing in vacancies(today) if unit is None]
    held = Appointment.objects.in_force(today).filter(role=OuterRef("role"))
    later = Appointment.objects.filter(role=OuterRef("role"), pk__gt=OuterRef("pk"))
    over = Appointment.objects.current().filter(role__in=empty, ends_on__lt=today)
    return over.exclude(Exists(held)).exclude(Exists(later))


@check(
    "organization.single_holder",
    _("一人しかいない特権的な役割"),
    severity="major",
    requirements=("SYS-086", "OPS-010"),
)
def single_holder(today: date) -> QuerySet[Appointment]:
    """Return the only appointment to a role that two people must share."""
    shared = [role.id for role in access.roles().values() if role.required > 1 and not role.per_department]
    held = Appointment.objects.in_force(today).filter(role__in=shared)
    counted = held.order_by().values("role").annotate(people=Count("person", distinct=True))
    return held.filter(role__in=counted.filter(people=1).values("role"))


@check(
    "organization.not_approved",
    _("承認の記録のない任命"),
    severity="critical",
    requirements=("SYS-290", "SYS-262", "PRC-009"),
)
def not_approved(today: date) -> QuerySet[Appointment]:
    """Return administrators and operators of systems in office without an approved application for this very appointment."""
    roles = access.roles_within("system_administrator") | set(NETWORK)
    return without_approval(Appointment.objects.in_force(today).filter(role__in=roles))


def without_approval(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Keep the appointments to which no approved application led."""
    approved = Application.objects.filter(
        form="role-appointment", status=Application.Status.APPROVED, subject_id=OuterRef("person_id")
    )
    approved = approved.annotate(named=KeyTextTransform("role", "answers")).filter(named=OuterRef("role"))
    return rows.exclude(Exists(approved))


@check(
    "organization.no_supervisor",
    _("監督者のいないオペレータ"),
    severity="major",
    requirements=("REG-040",),
)
def no_supervisor(today: date) -> QuerySet[Appointment]:
    """Return holders of roles that need a supervising administrator, without one who still is in office."""
    guided = [role.id for role in access.roles().values() if role.needs_supervisor]
    administrators = Person.objects.holding("system_administrator", day=today).values("pk")
    officers = Person.objects.holding("system_security_officer", day=today).values("pk")
    watched = Q(supervisor__in=administrators) | Q(supervisor__in=officers)
    return Appointment.objects.in_force(today).filter(role__in=guided).exclude(watched)


@check("organization.unscoped", _("適用範囲の内外が決まっていない部署・拠点"), requirements=("REG-006",))
def unscoped(today: date) -> QuerySet[Record]:
    """Return departments and sites that are assigned neither in nor out of the scope."""
    units = Department.objects.current().filter(in_scope=None).values("pk")
    sites = Site.objects.current().filter(in_scope=None).values("pk")
    return Record.objects.filter(Q(pk__in=units) | Q(pk__in=sites))


@check(
    "organization.no_scope",
    _("承認された適用範囲がない"),
    severity="major",
    requirements=("V20-007", "REG-006"),
)
def no_scope(today: date) -> QuerySet[Company]:
    """Return the company, while no version of its scope was approved."""
    return _company_unless(Scope.objects.filter(status=Scope.Status.APPROVED).exists())


@check("organization.no_diagram", _("対象システムの図がない適用範囲"), requirements=("REG-007",))
def no_diagram(today: date) -> QuerySet[Scope]:
    """Return the scope in force, or under way, without a diagram attached."""
    drawn = Evidence.objects.filter(record=OuterRef("pk"), erased_at=None)
    live = Scope.objects.exclude(status=Scope.Status.SUPERSEDED)
    return live.exclude(Exists(drawn))


@check(
    "organization.no_commitment",
    _("今年度の経営陣のコミットメント表明がない"),
    severity="major",
    role="president",
    requirements=("REG-009",),
)
def no_commitment(today: date) -> QuerySet[Company]:
    """Return the company, while the president has not signed for this fiscal year."""
    year = FiscalYear.of(today).year
    return _company_unless(Commitment.objects.current().filter(fiscal_year=year).exists())


@check(
    "organization.chart_unconfirmed",
    _("確認されていない体制図"),
    role="committee_chair",
    requirements=("JPM-245", "REG-032"),
)
def chart_unconfirmed(today: date) -> QuerySet[Chart]:
    """Return the latest chart, while nobody confirmed it after the organization changed."""
    latest = Chart.objects.order_by("-pk").values("pk")[:1]
    return Chart.objects.filter(pk__in=list(latest.values_list("pk", flat=True)), confirmed_on=None)


@check("organization.context_blank", _("状況が書かれていない区分がある"), requirements=("REG-300",))
def context_blank(today: date) -> QuerySet[Company]:
    """Return the company, while a category of this year's worksheet is empty."""
    written = Circumstance.objects.current().filter(fiscal_year=FiscalYear.of(today).year)
    kinds = set(written.values_list("category", flat=True))
    return _company_unless(kinds == set(Circumstance.Category.values))


@check("organization.undecided", _("課題とするか決まっていない状況"), requirements=("REG-301",))
def undecided(today: date) -> QuerySet[Circumstance]:
    """Return circumstances of which nobody decided whether they are an issue."""
    return Circumstance.objects.current().filter(decision=Circumstance.Decision.PENDING)


@check("organization.unanswered_party", _("対応の決まっていない利害関係者の要求"), requirements=("REG-300",))
def unanswered_party(today: date) -> QuerySet[InterestedParty]:
    """Return interested parties whose expectation nobody answers."""
    return InterestedParty.objects.current().filter(answer="")
