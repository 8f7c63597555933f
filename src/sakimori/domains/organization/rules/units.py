"""Departments and sites."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.ledger.book import command
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .charts import keep_chart


@command("site.added", gettext_lazy("拠点の登録"), right="organization.change")
def add_site(*, name: str, address: str = "", in_scope: bool | None = None, by: Actor) -> Site:
    """Add a place of work."""
    if not name.strip():
        raise Invalid({"name": _("拠点名を入力してください。")})
    if Site.objects.filter(name=name.strip()).exists():
        raise Invalid({"name": _("同じ名前の拠点があります。")})
    return Site.objects.create(name=name.strip(), address=address.strip(), in_scope=in_scope)


@command("site.changed", gettext_lazy("拠点の変更"), right="organization.change")
def change_site(site: Site, *, name: str, address: str, in_scope: bool | None, by: Actor) -> Site:
    """Change a place of work, or whether it lies within the scope."""
    site.name, site.address, site.in_scope = name.strip(), address.strip(), in_scope
    site.save()
    return site


@command("department.added", gettext_lazy("部署の登録"), right="organization.change")
def add_department(
    *,
    code: str,
    name: str,
    parent: Department | None = None,
    head: Person | None = None,
    site: Site | None = None,
    in_scope: bool | None = None,
    by: Actor,
) -> Department:
    """Add a department; the chart of the organization is kept as it was before."""
    unit = Department(parent=parent, head=head, site=site, in_scope=in_scope)
    _name(unit, code, name)
    unit.owner = head
    unit.save()
    keep_chart(by=by)
    return unit


@command("department.changed", gettext_lazy("部署の変更"), right="organization.change")
def change_department(
    unit: Department,
    *,
    code: str,
    name: str,
    parent: Department | None,
    site: Site | None,
    in_scope: bool | None,
    by: Actor,
) -> Department:
    """Change a department; a circle of departments is refused."""
    above, seen = parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == unit.pk:
            raise Invalid({"parent": _("自分自身または下位の部署を上位部署にはできません。")})
        seen.add(above.pk)
        above = above.parent
    _name(unit, code, name)
    unit.parent, unit.site, unit.in_scope = parent, site, in_scope
    unit.save()
    keep_chart(by=by)
    return unit


@command("department.head_set", gettext_lazy("部門長の変更"), right="organization.change")
def set_head(unit: Department, *, head: Person, by: Actor) -> Department:
    """Name the head of a department, who thereby answers for its assets by default."""
    if not head.is_active:
        raise Invalid({"head": _("在籍していない人は部門長にできません。")})
    unit.head = head
    unit.owner = head
    unit.save()
    head.forget_roles()
    keep_chart(by=by)
    return unit


@command("department.closed", gettext_lazy("部署の廃止"), right="organization.change")
def close_department(unit: Department, *, reason: str, by: Actor) -> Department:
    """Close a department that has neither people nor departments below it."""
    if Person.objects.active().filter(department=unit).exists():
        raise NotAllowed(
            _("在籍者がいる部署は廃止できません。先に異動させてください。"), rule="organization.empty_first"
        )
    if unit.children.current().exists():
        raise NotAllowed(_("下位の部署があるため廃止できません。"), rule="organization.empty_first")
    if not reason.strip():
        raise Invalid({"reason": _("廃止の理由を入力してください。")})
    unit.retired_at = clock.now()
    unit.save()
    keep_chart(by=by)
    return unit


def _name(unit: Department, code: str, name: str) -> None:
    unit.code, unit.name = code.strip(), name.strip()
    others = Department.objects.exclude(pk=unit.pk)
    problems = {}
    if not unit.code:
        problems["code"] = _("部署コードを入力してください。")
    elif others.filter(code=unit.code).exists():
        problems["code"] = _("同じ部署コードがあります。")
    if not unit.name:
        problems["name"] = _("部署名を入力してください。")
    elif others.filter(name=unit.name).exists():
        problems["name"] = _("同じ名前の部署があります。")
    if problems:
        raise Invalid(problems)
