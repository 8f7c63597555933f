"""Differences between versions of a statement, and contrasts between statements of different standards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .catalogue import Control
from .content import decision_words, reason_words, said
from .crosswalk import neighbours
from .statements import Statement

COMPARED = {
    "applicable": gettext_lazy("採否"),
    "reasons": gettext_lazy("理由区分"),
    "reason": gettext_lazy("理由"),
    "impact": gettext_lazy("除外の影響判断"),
    "risks": gettext_lazy("リスク番号"),
    "article": gettext_lazy("規程条項"),
    "owner": gettext_lazy("責任者"),
    "state": gettext_lazy("実施状況"),
}
Part = Mapping[str, object]


@dataclass(frozen=True)
class Change:
    """One field that two versions state differently, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What two versions say differently of one control; ``before`` or ``after`` is None where it is missing."""

    ref: str
    name: str
    before: Part | None
    after: Part | None

    @property
    def kind(self) -> str:
        """Return ``added``, ``removed`` or ``changed``."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of what differs."""
        if self.before is None or self.after is None:
            return ()
        return tuple(key for key in COMPARED if self.before.get(key) != self.after.get(key))

    @property
    def changes(self) -> list[Change]:
        """Return what differs in words; for an added or removed control, all it says."""
        keys = self.fields if self.kind == "changed" else tuple(COMPARED)
        found = [Change(str(COMPARED[k]), words(k, self.before), words(k, self.after)) for k in keys]
        return [change for change in found if change.before or change.after]


def words(key: str, part: Part | None) -> str:
    """Return one field of what a statement says as people read it."""
    if part is None:
        return ""
    value = part.get(key)
    if key == "applicable":
        return decision_words(value)
    if key == "reasons":
        return "・".join(reason_words(value))
    if key == "state":
        return str(part.get("state_words") or "")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value or "")


def difference(before: Statement, after: Statement) -> list[Difference]:
    """Return where two versions of one standard's statement differ."""
    old = {str(row["control"]): row for row in said(before)}
    new = {str(row["control"]): row for row in said(after)}
    found = []
    for number in [*new, *(number for number in old if number not in new)]:
        row = new.get(number) or old[number]
        pair = Difference(str(row["ref"]), str(row["name"]), old.get(number), new.get(number))
        if pair.kind != "changed" or pair.fields:
            found.append(pair)
    return found


@dataclass(frozen=True)
class Contrast:
    """A control of one standard beside its counterparts in another, where the statements may disagree."""

    row: Part
    counterparts: tuple[Part, ...]
    indirect: bool = False  # the way leads over a third standard

    @property
    def verdict(self) -> str:
        """Return ``alone``, ``open``, ``agree`` or ``disagree``."""
        others = {row["applicable"] for row in self.counterparts}
        if not others:
            return "alone"
        if self.row["applicable"] is None or others == {None}:
            return "open"
        return "agree" if self.row["applicable"] in others else "disagree"

    @property
    def verdict_words(self) -> str:
        """Return the verdict as people read it."""
        return {
            "alone": _("対応なし"), "open": _("未決定あり"), "agree": _("一致"), "disagree": _("食い違い"),
        }[self.verdict]  # fmt: skip


def across(statement: Statement, other: Statement) -> list[Contrast]:
    """Return every control of ``statement`` with its counterparts in ``other``, by the crosswalk.

    Where no table joins the two standards, the way leads over a third one. The company's own controls, which
    stand in both, are left out.
    """
    theirs = {str(row["control"]): row for row in said(other)}
    mine = {str(row["control"]): row for row in said(statement)}
    wanted = [number for number, row in mine.items() if number not in theirs and row["kind"] == "control"]
    keys = dict(Control.objects.filter(number__in=wanted).values_list("number", "pk"))
    numbers = dict(Control.objects.filter(number__in=theirs).order_by("position").values_list("pk", "number"))
    near = neighbours(keys.values())
    found = []
    for number in wanted:
        reached = {pk: far for pk, far in near.get(keys.get(number, 0), {}).items() if pk in numbers}
        shortest = min(reached.values(), default=0)
        chosen = tuple(theirs[name] for pk, name in numbers.items() if reached.get(pk) == shortest)
        found.append(Contrast(mine[number], chosen, indirect=shortest > 1))
    return found
