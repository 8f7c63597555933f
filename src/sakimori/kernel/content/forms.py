"""Forms: applications (with a route) and occasional records (without one), ``content/forms/ID.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.lib.strictyaml import Place

from .items import Item
from .shelf import Shelf

CHECKLIST_PREFIX = "CHK"  # of all checklists together

FieldType = Literal[
    "text", "textarea", "date", "period", "choice", "multi-choice", "number", "money", "person",
    "department", "record", "file", "yes-no", "item",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value to choose."""

    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class When:
    """Ask a field only where another one has one of these answers."""

    field_: str = field(metadata={"key": "field"})
    is_: tuple[str, ...] = field(metadata={"key": "is"})


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One question of a form."""

    id: str
    label: str
    type: FieldType
    required: bool = True
    choices: tuple[Choice, ...] = ()
    choices_from: str = ""  # a source of choices registered in Python, or a parameter that is a table
    kind: str = ""  # of a record field: the kind of record
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = 0  # 0: 200 for a text, 4,000 for a textarea
    future: bool = True  # False: the day cannot lie ahead
    past: bool = True  # False: the day cannot lie back
    help: str = ""
    when: When | None = None
    item: Item | None = None  # of an item: what is checked, and against what


@dataclass(frozen=True, kw_only=True)
class RouteStep:
    """One step of a route: whose, what he does, in which parallel group, until when.

    The people are named by ``role`` or ``role_from`` (held ``of`` the company or a department), by the answer to
    ``person_field``, or as the ``owner`` of the subject.
    """

    id: str
    title: str
    action: Literal["prepare", "evaluate", "approve", "confirm"]
    role: str = ""
    role_from: str = ""  # a named source of the role, registered in Python
    person_field: str = ""
    owner: bool = False
    of: Literal["company", "applicant_department", "subject_department"] = "company"
    parallel: str = ""  # steps that follow each other with the same word stand side by side
    enough: bool = False  # beside others: its approval alone closes them
    need: Literal["all", "any"] = "any"  # of the people of this step: everyone, or whoever comes first
    by_applying: bool = False  # where the person is the applicant, the application is his signature
    due_days: int = 0  # business days; 0: the parameter approvals.due
    when: str = ""  # a named condition, registered in Python
    minimum: Decimal | None = None  # only from this amount on
    amount_field: str = ""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an application is about: a record of this kind, of any kind when blank."""

    kind: str
    required: bool = True
    several: bool = False  # more than one application about it may be open
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form: its questions, its route, what its approval does, where the duty comes from."""

    id: str
    title: str
    category: str
    prefix: str
    kind: Literal["application", "record"] = "application"
    description: str = ""
    audience: str = "office"
    applicants: tuple[str, ...] = (access.EMPLOYEE,)  # roles that may apply
    subject: Subject | None = None
    listed: bool = True  # False: filed from the page of its subject only
    corrected: Literal["here", "at_subject"] = "here"  # where a returned one is corrected and sent again
    fields: tuple[FormField, ...] = ()
    items_from: str = ""  # a source of further items registered in Python, of the person who files
    check: str = ""  # a named check across the answers, registered in Python
    route: tuple[RouteStep, ...] = ()
    separate: tuple[str, ...] = ()  # fields naming people who may not decide: the workers, the beneficiary
    on_approved: str = ""  # what the approval does, as a sentence; a function is then registered for the form
    retroactive: bool = True  # may be applied for after the fact, in an emergency
    expires_after_days: int = 0  # calendar days without a decision; 0: the parameter approvals.expiry
    reported: bool = False  # to the committee: its records come on the agenda of the next meeting
    requirements: tuple[str, ...] = ()
    article: str = ""
    place: Place = field(default=Place("content", 1), compare=False)

    def field_named(self, field_id: str) -> FormField:
        """Return a field; raise KeyError for an unknown one."""
        return {f.id: f for f in self.fields}[field_id]

    def step_named(self, step_id: str) -> RouteStep:
        """Return a step of the route; raise KeyError for an unknown one."""
        return {s.id: s for s in self.route}[step_id]


def _problems(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    prefixes: dict[str, str] = {}
    for form in pieces.values():
        for sentence in _of_form(form):
            yield form.place, sentence
        if form.prefix == CHECKLIST_PREFIX:
            continue
        if (other := prefixes.setdefault(form.prefix, form.id)) != form.id:
            yield (
                form.place,
                _("番号の接頭辞「%(p)s」は「%(f)s」でも使われています。") % {"p": form.prefix, "f": other},
            )


def _of_form(form: Form) -> Iterable[str]:
    yield from _of_ids(form)
    if (form.kind == "application") != bool(form.route):
        yield _(
            "申請書（kind: application）には決裁経路（route）が必要で、記録（kind: record）には書けません。"
        )
    if form.audience not in access.table().audiences:
        yield _("公開範囲「%s」は access.yaml にありません。") % form.audience
    fields = {f.id: f for f in form.fields}
    for field_ in form.fields:
        yield from _of_field(field_, fields)
    for step in form.route:
        yield from _of_step(step, fields)
    for name in form.separate:
        if name not in fields or fields[name].type != "person":
            yield _("separate の「%s」は、人を選ぶ項目ではありません。") % name


def _of_ids(form: Form) -> Iterable[str]:
    for ids, what in (([f.id for f in form.fields], "fields"), ([s.id for s in form.route], "route")):
        for twice in {i for i in ids if ids.count(i) > 1}:
            yield _("%(where)s の id「%(id)s」が二重に使われています。") % {"where": what, "id": twice}


def _of_field(field_: FormField, fields: Mapping[str, FormField]) -> Iterable[str]:
    chosen = field_.type in ("choice", "multi-choice")
    if chosen != bool(field_.choices or field_.choices_from):
        yield (
            _("項目「%s」: choices は choice・multi-choice の項目に必要で、他の型には書けません。")
            % field_.id
        )
    if (field_.type == "record") != bool(field_.kind):
        yield _("項目「%s」: kind は record の項目に必要で、他の型には書けません。") % field_.id
    if (field_.type == "item") != (field_.item is not None):
        yield _("項目「%s」: item は item の項目に必要で、他の型には書けません。") % field_.id
    if field_.when is not None and field_.when.field_ not in fields:
        yield _("項目「%(id)s」: when の「%(f)s」という項目はありません。") % {
            "id": field_.id,
            "f": field_.when.field_,
        }


def _of_step(step: RouteStep, fields: Mapping[str, FormField]) -> Iterable[str]:
    if bool(step.role) + bool(step.role_from) + bool(step.person_field) + step.owner != 1:
        yield _("段階「%s」: role・role_from・person_field・owner のどれか一つを指定してください。") % step.id
    if step.role and step.role not in access.roles():
        yield _("段階「%(id)s」: 役割「%(r)s」は roles.yaml にありません。") % {"id": step.id, "r": step.role}
    for name, wanted in ((step.person_field, ("person",)), (step.amount_field, ("money", "number"))):
        if name and (name not in fields or fields[name].type not in wanted):
            yield _("段階「%(id)s」: 項目「%(f)s」がないか、型が合いません。") % {"id": step.id, "f": name}
    if (step.minimum is None) != (step.amount_field == ""):
        yield _("段階「%s」: minimum と amount_field は一緒に指定してください。") % step.id


FORMS: Shelf[Form] = Shelf("申請書式", "forms/*.yaml", Form, check=_problems)
