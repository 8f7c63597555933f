"""The company, its departments and sites."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Company, Department, Person, Site
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .charts import keep_chart


@command("company.founded", gettext_lazy("会社情報の登録"), right="organization.change")
def found_company(*, name: str, by: Actor, **values: object) -> Company:
    """Enter the company whose ISMS this is; there is one."""
    if Company.here() is not None:
        raise NotAllowed(
            _("会社情報は登録済みです。変更から直してください。"), rule="organization.one_company"
        )
    company = Company(name=name.strip())
    _assign(company, values, ("representative", "address", "business", "paper_class"))
    _require_name(company.name)
    company.save()
    return company


@command("company.changed", gettext_lazy("会社情報の変更"), right="organization.change")
def change_company(company: Company, *, reason: str = "", by: Actor, **values: object) -> Company:
    """Change what stands on every paper."""
    _assign(company, values, ("name", "representative", "address", "business", "paper_class"))
    _require_name(company.name)
    company.save()
    return company


def _require_name(name: str) -> None:
    if not name:
        raise Invalid({"name": _("会社名を入力してください。")})


@command("site.added", gettext_lazy("拠点の登録"), right="organization.change")
def add_site(*, name: str, address: str = "", in_scope: bool | None = None, by: Actor) -> Site:
    """Add a place of work."""
    site = Site(name=name.strip(), address=address.strip(), in_scope=in_scope)
    _check_site(site)
    site.save()
    return site


@command("site.changed", gettext_lazy("拠点の変更"), right="organization.change")
def change_site(site: Site, *, reason: str = "", by: Actor, **values: object) -> Site:
    """Change a place of work, or whether it lies within the scope."""
    _assign(site, values, ("name", "address", "in_scope"))
    _check_site(site)
    site.save()
    return site


def _check_site(site: Site) -> None:
    if not site.name:
        raise Invalid({"name": _("拠点名を入力してください。")})
    if Site.objects.exclude(pk=site.pk).filter(name=site.name).exists():
        raise Invalid({"name": _("同じ名前の拠点があります。")})


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
    """Add a department; the chart of the organization as it was before is kept."""
    unit = Department(
        code=code.strip(), name=name.strip(), parent=parent, head=head, site=site, in_scope=in_scope
    )
    check_department(unit)
    unit.owner = head
    unit.save()
    keep_chart(by=by)
    return unit


@command("department.changed", gettext_lazy("部署の変更"), right="organization.change")
def change_department(unit: Department, *, reason: str = "", by: Actor, **values: object) -> Department:
    """Change a department; a circle of departments is refused."""
    _assign(unit, values, ("code", "name", "parent", "site", "head", "in_scope"))
    check_department(unit)
    unit.owner = unit.head
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


def check_department(unit: Department) -> None:
    """Raise Invalid for what no department may be: nameless, its own superior, headed by somebody who left."""
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
    if unit.pk and unit.pk in _above(unit):
        problems["parent"] = _("自分自身または下位の部署を上位部署にはできません。")
    if unit.head is not None and not unit.head.is_active:
        problems["head"] = _("在籍していない人は部門長にできません。")
    if problems:
        raise Invalid(problems)


def _above(unit: Department) -> set[int]:
    parents = dict(Department.objects.exclude(parent=None).values_list("pk", "parent_id"))
    found: set[int] = set()
    key = unit.parent_id
    while key is not None and key not in found:
        found.add(key)
        key = parents.get(key) if key != unit.pk else None
    return found


def _assign(row: Record, values: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Set the given columns, texts without blanks around them; refuse any other name."""
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise Invalid(dict.fromkeys(unknown, _("この項目は入力できません。")))
    for name, value in values.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
