"""Checklists, ``content/checklists/ID.yaml``: questions by article, compiled to a form that files a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.lib import provisions
from sakimori.lib.strictyaml import Place

from .catalogue import REQUIREMENTS
from .forms import CHECKLIST_PREFIX, FORMS, Form, FormField
from .items import Item
from .parameters import PARAMETERS
from .regulations import ARTICLES
from .shelf import Shelf

_MEASURED = {"choice": ("choice",), "number": ("int", "decimal", "duration")}
_LONGEST = 60  # an id is a name on the page


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """One list of questions about an area, answered on one day by one of ``applicants``."""

    id: str
    title: str
    category: str = "点検"
    description: str = ""
    article: str = ""
    audience: str = "office"
    applicants: tuple[str, ...]
    items: tuple[Item, ...] = ()
    items_from: str = ""  # a source registered in Python: the items then follow from who asks
    departments: bool = False  # its items are also asked of every department that their articles address
    requirements: tuple[str, ...] = ()
    place: Place = field(default=Place("content", 1), compare=False)


def compiled(checklist: Checklist) -> Form:
    """Return the form of the record that a filled checklist is."""
    day = FormField(id="done_on", label=_("実施日"), type="date", future=False)
    asked = (FormField(id=item.id, label=item.text, type="item", item=item) for item in checklist.items)
    note = FormField(id="note", label=_("全体についての所見"), type="textarea", required=False)
    carried = (name for item in checklist.items for name in item.requirements)
    return Form(
        id=checklist.id, title=checklist.title, category=checklist.category, prefix=CHECKLIST_PREFIX,
        kind="record", description=checklist.description, audience=checklist.audience,
        applicants=checklist.applicants, fields=(day, *asked, note), items_from=checklist.items_from,
        article=checklist.article, place=checklist.place,
        requirements=tuple(dict.fromkeys((*checklist.requirements, *carried))),
    )  # fmt: skip


def of_departments() -> list[Item]:
    """Return the items that are asked of departments, of all checklists."""
    return [item for checklist in CHECKLISTS if checklist.departments for item in checklist.items]


def _problems(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    for checklist in pieces.values():
        for sentence in _of_checklist(checklist):
            yield checklist.place, sentence
        for item in checklist.items:
            for sentence in _of_item(item):
                yield checklist.place, f"{item.id}: {sentence}"


def _of_checklist(checklist: Checklist) -> Iterable[str]:
    if not checklist.items and not checklist.items_from:
        yield _("点検項目（items）がありません。")
    for role in checklist.applicants:
        if role not in access.roles():
            yield _("役割「%s」は roles.yaml にありません。") % role
    if checklist.article and checklist.article not in ARTICLES:
        yield _("「%s」という条はありません。") % checklist.article
    yield from _of_requirements(checklist.requirements)


def _of_item(item: Item) -> Iterable[str]:
    if len(item.id) > _LONGEST:
        yield _("id は%d字以内にしてください。") % _LONGEST
    if item.article not in ARTICLES:
        yield _("「%s」という条はありません。") % item.article
    for name in provisions.parameters(item.text):
        if name not in PARAMETERS:
            yield _("パラメータ「%s」はありません。") % name
    if item.answered_by and item.answered_by not in access.roles():
        yield _("役割「%s」は roles.yaml にありません。") % item.answered_by
    yield from _of_measure(item)
    yield from _of_requirements(item.requirements)


def _of_measure(item: Item) -> Iterable[str]:
    kinds = _MEASURED.get(item.expects, ())
    if bool(kinds) != bool(item.parameter):
        yield _("parameter は expects が choice・number の項目に必要で、他には書けません。")
    elif item.parameter and item.parameter not in PARAMETERS:
        yield _("パラメータ「%s」はありません。") % item.parameter
    elif item.parameter and PARAMETERS[item.parameter].type not in kinds:
        yield _("パラメータ「%s」は、この expects では測れません。") % item.parameter
    if (item.expects == "number") != bool(item.limit):
        yield _("limit は expects が number の項目に必要で、他には書けません。")


def _of_requirements(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if name not in REQUIREMENTS:
            yield _("要求事項「%s」はありません。") % name


CHECKLISTS: Shelf[Checklist] = Shelf("チェックリスト", "checklists/*.yaml", Checklist, check=_problems)
FORMS.include(CHECKLISTS, compiled)
