"""What in the product answers a requirement: whatever names its id in its declaration."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.content.catalogue import REQUIREMENTS, Requirement
from sakimori.kernel.content.duties import DUTIES
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.content.regulations import REGULATIONS, articles_of
from sakimori.kernel.findings.registry import CHECKS
from sakimori.registers.base import registry

SORTS = {
    "register": _("台帳"), "form": _("書式"), "parameter": _("規程パラメータ"),
    "duty": _("義務"), "check": _("点検"), "article": _("規程"),
}  # fmt: skip
STATES = {
    "function": (_("製品機能あり"), "green"), "duty": (_("義務あり"), "blue"),
    "check": (_("点検あり"), "blue"), "article": (_("規程に定めあり"), "yellow"), "none": (_("未対応"), "gray"),
}  # fmt: skip
SOURCES = {
    "REG": _("規程集（前半）"), "SYS": _("規程集（後半）"), "OPS": _("管理策運用規定"),
    "JPM": _("業界標準モデル"), "V20": _("認証基準 Ver.2.0"), "PRC": _("実施手順"),
}  # fmt: skip


STANDARDS = {
    "V2": _("認証基準 Ver.2.0"), "2013": _("ISO/IEC 27001:2013"), "2022": _("ISO/IEC 27001:2022"),
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One declaration that names the requirement."""

    sort: str
    title: str

    @property
    def words(self) -> str:
        """Return the sort in words."""
        return str(SORTS[self.sort])


@functools.cache
def answers() -> Mapping[str, tuple[Answer, ...]]:
    """Return the answers by requirement; declarations do not change while the product runs."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for sort, title, requirements in _declared():
        for requirement in requirements:
            found[requirement].append(Answer(sort, title))
    return {key: tuple(rows) for key, rows in found.items()}


def state_of(requirement: Requirement) -> str:
    """Return whether a function answers it, else a duty, else a check, else only an article, else nothing."""
    sorts = {answer.sort for answer in answers().get(requirement.id, ())}
    if sorts & {"register", "form", "parameter"}:
        return "function"
    return next((sort for sort in ("duty", "check", "article") if sort in sorts), "none")


def source_of(requirement: Requirement) -> str:
    """Return the key of the source document."""
    return requirement.id.partition("-")[0]


def standards_of(requirement: Requirement) -> frozenset[str]:
    """Return the keys of the standards to whose controls it belongs."""
    return frozenset(control.partition(":")[0] for control in requirement.control)


@dataclass(frozen=True)
class Share:
    """How many requirements of one document or standard are answered, by state."""

    sort: str
    key: str
    title: str
    total: int
    counts: tuple[int, ...]  # in the order of STATES


@functools.cache
def shares() -> tuple[Share, ...]:
    """Return the count per source document, then per standard."""
    every = [(one, state_of(one)) for one in REQUIREMENTS]
    found = []
    for key, title in SOURCES.items():
        found.append(_share("source", key, str(title), [s for one, s in every if source_of(one) == key]))
    for key, title in STANDARDS.items():
        found.append(_share("standard", key, str(title), [s for one, s in every if key in standards_of(one)]))
    return tuple(found)


def _share(sort: str, key: str, title: str, states: list[str]) -> Share:
    return Share(sort, key, title, len(states), tuple(states.count(state) for state in STATES))


@functools.cache
def modules() -> tuple[str, ...]:
    """Return the modules that the catalogue names."""
    return tuple(sorted({requirement.module for requirement in REQUIREMENTS}))


def _declared() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for declared in registry.values():
        yield "register", declared.name(), declared.requirements
    for form in FORMS:
        yield "form", form.title, form.requirements
    for parameter in PARAMETERS:
        yield "parameter", parameter.title, parameter.requirements
    for duty in DUTIES:
        yield "duty", duty.title, duty.requirements
    for check in CHECKS.values():
        yield "check", str(check.label), check.requirements
    for regulation in REGULATIONS:
        yield "article", regulation.title, regulation.requirements
        for number, article in enumerate(articles_of(regulation.id), 1):
            title = _("%(document)s 第%(number)s条（%(title)s）")
            words = {"document": regulation.title, "number": number, "title": article.title}
            yield "article", str(title) % words, article.requirements
