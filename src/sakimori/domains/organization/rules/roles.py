"""Who holds which role: appointments by the book of roles, deputies, supervision of combined roles."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.organization.models import Supervision
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Appointment, Department, Deputy, Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .charts import keep_chart

UNAPPOINTED = {access.EMPLOYEE, access.HEAD}  # follow from the organization itself


def request_appointment(
    *,
    person: Person,
    role: str,
    department: Department | None,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    supervisor: Person | None = None,
    supervision: str = "",
    by: Person,
) -> approvals.Application:
    """Ask whoever appoints to the role; the role begins only with the approval (SYS-262, REG-047)."""
    check_appointment(person, role, department, starts_on, ends_on, supervisor, supervision)
    answers = {
        "person": person.number,
        "role": role,
        "department": department.number if department else "",
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else "",
        "supervisor": supervisor.number if supervisor else "",
        "supervision": supervision,
        "reason": reason,
    }
    return approvals.submit("role-appointment", answers, subject=person, by=by)


@command("role.appointed", gettext_lazy("任命"))
def appoint(
    *,
    person: Person,
    role: str,
    starts_on: date,
    department: Department | None = None,
    ends_on: date | None = None,
    supervisor: Person | None = None,
    supervision: str = "",
    application: approvals.Application | None = None,
    reason: str = "",
    by: Actor,
) -> Appointment:
    """Give a role to a person; refused against the book of roles (V20-145, PRC-015, SYS-253).

    A role that somebody must appoint to is refused without his approval on record.
    """
    check_appointment(person, role, department, starts_on, ends_on, supervisor, supervision)
    if isinstance(by, Person):
        _require_approval(role, application, by)
    appointment = Appointment.objects.create(
        person=person, role=role, department=department, starts_on=starts_on, ends_on=ends_on,
        supervisor=supervisor, supervision=supervision.strip(), owner=person,
    )  # fmt: skip
    person.forget_roles()
    keep_chart(by=by)
    return appointment


def _require_approval(role: str, application: approvals.Application | None, by: Person) -> None:
    """Refuse a person's appointing but by an approved application, or of a role that nobody appoints to."""
    if application is not None and application.form == "role-appointment" and application.is_approved:
        return
    access.require(by, "role.appoint")
    if appointer := access.roles()[role].appointed_by:
        text = _("%(role)sの任命には%(who)sの承認が要ります。任命の申請から進めてください。")
        facts = {"role": access.role_title(role), "who": access.role_title(appointer)}
        raise NotAllowed(text % facts, rule="organization.appointment_approved")


def check_appointment(
    person: Person,
    role: str,
    department: Department | None,
    starts_on: date,
    ends_on: date | None,
    supervisor: Person | None,
    supervision: str,
) -> None:
    """Raise Invalid or NotAllowed for whatever the book of roles forbids."""
    book = access.roles().get(role)
    if book is None or role in UNAPPOINTED:
        raise Invalid({"role": _("任命できる役割を選んでください。")})
    problems = _unfit(person, book)
    if book.per_department and department is None:
        problems["department"] = _("この役割は部署を指定してください。")
    if ends_on is not None and ends_on < starts_on:
        problems["ends_on"] = _("任期満了日は任命日以降にしてください。")
    if book.needs_supervisor and supervisor is None:
        problems["supervisor"] = _("%(role)sには監督する管理者を指定してください。") % {"role": book.title}
    if problems:
        raise Invalid(problems)
    _check_incompatible(person, role, starts_on, supervisor, supervision)


def _unfit(person: Person, book: access.Role) -> dict[str, str]:
    """Return why the person may not hold the role, if so."""
    facts = {"role": book.title, "code": book.department}
    if not person.is_active:
        return {"person": _("在籍していない人は任命できません。")}
    if book.officers_only and person.category != Person.Category.OFFICER:
        return {"person": _("%(role)sに任命できるのは役員だけです。") % facts}
    if book.department and not _belongs_to(person, book.department):
        return {"person": _("%(role)sに任命できるのは部署コード%(code)sの所属者だけです。") % facts}
    return {}


def _belongs_to(person: Person, code: str) -> bool:
    return Department.objects.filter(pk=person.department_id or 0, code=code).exists()


def conflicts(held: frozenset[str], role: str) -> list[access.Incompatible]:
    """Return the rows of the separation table that ``role`` breaks beside the roles already held."""
    new = access.widened([role])
    return [
        row
        for row in access.role_book().incompatible
        if set(row.roles) & new and set(row.roles) - new and set(row.roles) - new <= held
    ]


def _check_incompatible(
    person: Person, role: str, day: date, supervisor: Person | None, supervision: str
) -> None:
    held = person.roles(max(day, clock.today()))
    for row in conflicts(held, role):
        names = "・".join(access.role_title(name) for name in row.roles)
        facts = {"names": names, "reason": row.reason}
        if not row.exception:
            text = _("%(names)sの兼任は認められません（%(reason)s）。")
            raise NotAllowed(text % facts, rule="organization.incompatible_roles")
        if supervisor is None or not supervision.strip():
            text = _(
                "%(names)sは兼任できません（%(reason)s）。兼任させるには監督者と監督の方法を記録してください。"
            )
            raise NotAllowed(text % facts, rule="organization.incompatible_roles")
        if supervisor == person:
            raise Invalid({"supervisor": _("本人は自分の監督者になれません。")})


@command("role.ended", gettext_lazy("解任・任期満了"), right="role.appoint")
def end_appointment(appointment: Appointment, *, ends_on: date, reason: str, by: Actor) -> Appointment:
    """End a role on a day."""
    problems = {}
    if ends_on < appointment.starts_on:
        problems["ends_on"] = _("任命日より前にはできません。")
    if not reason.strip():
        problems["reason"] = _("理由を入力してください。")
    if problems:
        raise Invalid(problems)
    appointment.ends_on = ends_on
    appointment.save()
    appointment.person.forget_roles()
    keep_chart(by=by)
    return appointment


@command("role.announced", gettext_lazy("任命の周知"), right="role.appoint")
def announce(appointment: Appointment, *, by: Actor) -> Appointment:
    """Tell all staff of the appointment (PRC-009)."""
    appointment.announced_on = clock.today()
    appointment.save()
    people = list(Person.objects.active())
    context = {"role": access.role_title(appointment.role), "person": appointment.person.name}
    notices.send("organization.appointment", people, record=appointment, context=context)
    return appointment


@command("role.supervised", gettext_lazy("兼任の監督確認"))
def confirm_supervision(*, appointment: Appointment, observed: str, sound: bool, by: Person) -> Supervision:
    """Record what the supervisor of a combined role saw; nobody else may (OPS-011, PRC-017)."""
    if appointment.supervisor_id != by.pk:
        raise NotAllowed(_("任命簿に定めた監督者だけが確認できます。"), rule="organization.supervisor_only")
    if not observed.strip():
        raise Invalid({"observed": _("確認した内容を入力してください。")})
    return Supervision.objects.create(
        appointment=appointment, observed=observed.strip(), sound=sound, owner=by,
        department_id=appointment.department_id,
    )  # fmt: skip


@command("deputy.named", gettext_lazy("代理の設定"))
def name_deputy(
    *, principal: Person, deputy: Person, starts_on: date, ends_on: date, reason: str, by: Actor
) -> Deputy:
    """Let somebody act for another in a period (REG-049); for himself, or by the security office."""
    if isinstance(by, Person) and by != principal:
        access.require(by, "deputy.change", department_id=principal.department_id)
    row = Deputy(
        principal=principal, deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(),
        owner=principal,
    )  # fmt: skip
    _check_deputy(row)
    row.save()
    return row


def _check_deputy(row: Deputy) -> None:
    problems = {}
    if row.ends_on < row.starts_on:
        problems["ends_on"] = _("終了日は開始日以降にしてください。")
    elif row.ends_on > (latest := policy.value("deputies.longest").after(row.starts_on)):
        text = _("代理の期間は規程により%(day)sまでです。続けるときは、その後に改めて設定してください。")
        problems["ends_on"] = text % {"day": latest}
    if row.deputy == row.principal:
        problems["deputy"] = _("本人以外を選んでください。")
    elif not row.deputy.is_active:
        problems["deputy"] = _("在籍していない人は代理にできません。")
    if not row.reason.strip():
        problems["reason"] = _("代理の理由を入力してください。")
    if problems:
        raise Invalid(problems)


@command("deputy.ended", gettext_lazy("代理の終了"), right="deputy.change")
def end_deputy(deputy: Deputy, *, ends_on: date, by: Actor) -> Deputy:
    """End a deputy's time early."""
    if not deputy.starts_on <= ends_on <= deputy.ends_on:
        raise Invalid({"ends_on": _("代理の期間内の日付を入力してください。")})
    deputy.ends_on = ends_on
    deputy.save()
    return deputy


def existing_conflicts(day: date) -> list[tuple[Person, access.Incompatible, Appointment]]:
    """Return people who hold incompatible roles, with the appointment that should carry a supervision."""
    rows = Appointment.objects.in_force(day).select_related("person").order_by("starts_on")
    by_person: dict[int, list[Appointment]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    found = []
    for held in by_person.values():
        roles = access.widened(row.role for row in held)
        for pair in access.role_book().incompatible:
            if set(pair.roles) <= roles:
                latest = [r for r in held if access.widened([r.role]) & set(pair.roles)][-1]
                found.append((latest.person, pair, latest))
    return found


def vacancies(day: date) -> list[tuple[access.Role, Department | None, int]]:
    """Return (role, department, missing holders) wherever the book of roles asks for more (V20-069, REG-041)."""
    found: list[tuple[access.Role, Department | None, int]] = []
    units = list(Department.objects.current().select_related("head"))
    for role in access.roles().values():
        if not role.required:
            continue
        places: list[Department | None] = list(units) if role.per_department else [None]
        for unit in places:
            holders = _holders(role.id, unit, day)
            if holders < role.required:
                found.append((role, unit, role.required - holders))
    return found


def _holders(role: str, unit: Department | None, day: date) -> int:
    if role == access.HEAD:
        return int(unit is not None and unit.head is not None and unit.head.is_active)
    return Person.objects.holding(role, department=unit, day=day).count()


@approvals.on_approved("role-appointment")
def _approved(application: approvals.Application, *, by: Actor) -> None:
    answers = application.answers
    named = [answers["person"], answers.get("supervisor") or ""]
    people = {row.number: row for row in Person.objects.filter(number__in=named)}
    appoint(
        person=people[answers["person"]],
        role=answers["role"],
        department=Department.objects.filter(number=answers.get("department") or "").first(),
        starts_on=date.fromisoformat(answers["starts_on"]),
        ends_on=date.fromisoformat(answers["ends_on"]) if answers.get("ends_on") else None,
        supervisor=people.get(answers.get("supervisor") or ""),
        supervision=answers.get("supervision") or "",
        application=application,
        by=by,
    )
