"""The scope: five views, versions, and the units it covers at approval."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.organization.models import Scope
from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier.evidence import evidence_of
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.ledger.book import command
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

VIEWS = ("business", "organization", "location", "assets", "technology")
TEXTS = (*VIEWS, "exclusions", "systems", "no_diagram")


@command("scope.started", gettext_lazy("適用範囲の起案"), right="organization.change")
def start_scope(*, by: Actor) -> Scope:
    """Start the next version from the one in force."""
    if Scope.objects.filter(status__in=[Scope.Status.DRAFT, Scope.Status.SUBMITTED]).exists():
        raise NotAllowed(_("作成中の適用範囲があります。"), rule="organization.one_open_scope")
    former = Scope.objects.filter(status=Scope.Status.APPROVED).first()
    last = Scope.objects.aggregate(last=Max("version"))["last"] or 0
    scope = Scope(version=last + 1)
    for name in TEXTS:
        if former is not None:
            setattr(scope, name, getattr(former, name))
    scope.save()
    return scope


@command("scope.changed", gettext_lazy("適用範囲の記述"), right="organization.change")
def change_scope(scope: Scope, *, reason: str = "", by: Actor, **values: object) -> Scope:
    """Describe the scope in its five views, and the systems that its diagram names (V20-007, REG-007)."""
    _must_be_draft(scope)
    unknown = sorted(set(values) - set(TEXTS))
    if unknown:
        raise Invalid(dict.fromkeys(unknown, _("この項目は入力できません。")))
    for name, value in values.items():
        setattr(scope, name, value.strip() if isinstance(value, str) else value)
    scope.save()
    return scope


@command("scope.submitted", gettext_lazy("適用範囲の提出"), right="organization.change")
def submit_scope(scope: Scope, *, by: Person) -> Scope:
    """Send the version along its route (REG-006, REG-007).

    Refused while a view is blank, a unit is neither in nor out, or the systems are not shown by a diagram.
    """
    _must_be_draft(scope)
    problems = {name: _("この観点を記入してください。") for name in VIEWS if not getattr(scope, name)}
    if problems:
        raise Invalid(problems)
    if names := undecided():
        text = _("適用範囲の内か外かが決まっていません: %(names)s")
        raise NotAllowed(text % {"names": "、".join(names[:10])}, rule="organization.every_unit_decided")
    _require_diagram(scope)
    scope.units = {
        "departments": list(
            Department.objects.current().filter(in_scope=True).values_list("number", flat=True)
        ),
        "sites": list(Site.objects.current().filter(in_scope=True).values_list("number", flat=True)),
    }
    scope.status = Scope.Status.SUBMITTED
    scope.save()
    approvals.put_forward("scope-approval", {"summary": scope.business[:200]}, subject=scope, by=by)
    return scope


def _require_diagram(scope: Scope) -> None:
    """Refuse a version without a diagram or a reason for having none, and a diagram of nothing (REG-007)."""
    if not evidence_of(scope).exists():
        if not scope.no_diagram:
            text = _(
                "対象システムの図がありません。図を証跡ファイルとして添付するか、付けない理由を書いてください。"
            )
            raise NotAllowed(text, rule="organization.scope_diagram")
    elif not scope.systems:
        text = _("図に載せたシステムが書かれていません。図のとおりに1行に1つ書いてください。")
        raise NotAllowed(text, rule="organization.scope_systems")


def undecided() -> list[str]:
    """Return the names of departments and sites that are assigned neither in nor out of scope (REG-006)."""
    units = Department.objects.current().filter(in_scope=None).values_list("name", flat=True)
    return [*units, *Site.objects.current().filter(in_scope=None).values_list("name", flat=True)]


@command("scope.approved", gettext_lazy("適用範囲の承認"))
def approve_scope(scope: Scope, *, by: Actor) -> Scope:
    """Put the version in force and withdraw the former one."""
    for former in Scope.objects.filter(status=Scope.Status.APPROVED):
        _set_status(former, status=Scope.Status.SUPERSEDED, by=SYSTEM)
    scope.status, scope.approved_on = Scope.Status.APPROVED, clock.today()
    scope.save()
    return scope


@command("scope.status_changed", gettext_lazy("適用範囲の状態変更"))
def _set_status(scope: Scope, *, status: str, by: Actor) -> Scope:
    scope.status = status
    scope.save()
    return scope


def _must_be_draft(scope: Scope) -> None:
    if scope.status != Scope.Status.DRAFT:
        raise NotAllowed(_("作成中の適用範囲だけを変更できます。"), rule="organization.scope_frozen")


@approvals.on_approved("scope-approval")
def _approved(application: approvals.Application, *, by: Actor) -> None:
    approve_scope(Scope.objects.get(pk=application.subject_id or 0), by=by)


@hooks.on("application_returned")
@hooks.on("application_closed")
def _on_back(application: approvals.Application) -> None:
    if application.form == "scope-approval":
        _set_status(Scope.objects.get(pk=application.subject_id or 0), status=Scope.Status.DRAFT, by=SYSTEM)
