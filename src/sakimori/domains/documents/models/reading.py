"""An edition as its readers see it: numbered articles, paragraphs and items, values in place, what each carries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext as _

from sakimori.kernel.content import parameters
from sakimori.kernel.content.catalogue import REQUIREMENTS, Requirement
from sakimori.kernel.content.duties import DUTIES, Duty
from sakimori.kernel.content.forms import FORMS, Form
from sakimori.kernel.content.parameters import PARAMETERS, Parameter
from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS, control
from sakimori.kernel.identity import access
from sakimori.kernel.obligations.models import Occurrence
from sakimori.kernel.policy import policy
from sakimori.kernel.policy.models import ParameterRevision
from sakimori.kernel.policy.wording import words
from sakimori.lib import provisions
from sakimori.lib.errors import Refused
from sakimori.lib.provisions import Item

from .differences import said
from .documents import Document
from .editions import Edition, EditionArticle

_TIERS = dict(Document.Level.choices)
_BLANKS = re.compile(r" (?=\{\{|\[\[)|(?<=\}\}|\]\]) ")


@dataclass(frozen=True)
class Value:
    """A parameter where it stands in a sentence, with what it was before."""

    parameter: Parameter
    words: str
    history: tuple[tuple[date, str], ...]
    is_table: bool


@dataclass(frozen=True)
class Part:
    """A stretch of a sentence: words, a value, or another article with its address."""

    text: str = ""
    value: Value | None = None
    url: tuple[int, str] | None = None  # document's key, article's key


@dataclass(frozen=True)
class Line:
    """A paragraph or an item: its mark, its depth, its stretches."""

    mark: str
    depth: int
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """Return the line as plain text."""
        return "".join(part.value.words if part.value else part.text for part in self.parts)


@dataclass(frozen=True)
class Shown:
    """One article as it is read, and beside it what it carries."""

    number: int
    chapter: str
    article: EditionArticle
    lines: tuple[Line, ...]
    tables: tuple[Value, ...]
    duties: tuple[tuple[Duty, date | None], ...]
    forms: tuple[Form, ...]
    controls: tuple[tuple[str, str], ...]
    requirements: tuple[Requirement, ...]

    @property
    def heading(self) -> str:
        """Return 第3条（採用時の確認）."""
        return _("第%(n)d条（%(t)s）") % {"n": self.number, "t": self.article.title}


def shown(edition: Edition) -> list[Shown]:
    """Return the articles of an edition; its own values once it is old, those in force or coming before."""
    articles = list(edition.articles.all())
    reader = _Reader(edition, articles)
    return [reader.article(number, article) for number, article in enumerate(articles, 1)]


class _Reader:
    """What the articles of one edition share: values, addresses, duties; read once."""

    def __init__(self, edition: Edition, articles: Iterable[EditionArticle]) -> None:
        rows = list(articles)
        self.edition, self.folder = edition, edition.document.slug
        self.numbers = {row.key: number for number, row in enumerate(rows, 1)}
        opening = [row for row in rows if row.chapter]
        self.chapters = {
            row.key: _("第%(n)d章　%(t)s") % {"n": number, "t": row.chapter}
            for number, row in enumerate(opening, 1)
        }
        self.documents = {
            slug: (pk, name)
            for slug, pk, name in Document.objects.exclude(slug="").values_list("slug", "pk", "name")
        }
        names = {name for row in rows for name in provisions.parameters(row.text)}
        self.history = _history(names)
        self.duties = duties_by_article()
        self.due = _next_days()
        self.forms: dict[str, list[Form]] = defaultdict(list)
        for form in FORMS:
            self.forms[form.article].append(form)

    def article(self, number: int, article: EditionArticle) -> Shown:
        lines = tuple(self._lines(article.text))
        values = [part.value for line in lines for part in line.parts if part.value]
        duties = [duty for address in article.carries for duty in self.duties.get(address, ())]
        return Shown(
            number, self.chapters.get(article.key, ""), article, lines,
            tables=tuple({v.parameter.id: v for v in values if v.is_table}.values()),
            duties=tuple((duty, self.due.get(duty.id)) for duty in duties),
            forms=tuple(form for address in article.carries for form in self.forms.get(address, ())),
            controls=tuple((name, _control_title(name)) for name in article.controls),
            requirements=tuple(REQUIREMENTS[name] for name in article.requirements if name in REQUIREMENTS),
        )  # fmt: skip

    def _lines(self, text: str) -> Iterable[Line]:
        try:
            paragraphs = provisions.read(text)
        except Refused:  # a draft in the middle of a change is still shown
            yield Line("", 0, (Part(text),))
            return
        for number, paragraph in enumerate(paragraphs, 1):
            mark = str(number) if len(paragraphs) > 1 else ""
            yield Line(mark, 0, self._parts(paragraph.text))
            yield from self._items(paragraph.items, 1)

    def _items(self, items: tuple[Item, ...], depth: int) -> Iterable[Line]:
        for number, item in enumerate(items, 1):
            yield Line(provisions.mark(depth, number), depth, self._parts(item.text))
            yield from self._items(item.items, depth + 1)

    def _parts(self, text: str) -> tuple[Part, ...]:
        close = _BLANKS.sub("", text)  # the source keeps names apart from words; people read 1年ごと
        return tuple(self._part(run) for run in provisions.runs(close))

    def _part(self, run: provisions.Run) -> Part:
        if run.kind == "parameter" and run.text in PARAMETERS:
            return Part(value=self._value(run.text))
        if run.kind == "article":
            return self._reference(run.text)
        return Part(run.text)

    def _reference(self, address: str) -> Part:
        folder, _slash, key = address.rpartition("/")
        folder = folder or self.folder
        if folder == self.folder and key in self.numbers:
            return Part(_("第%d条") % self.numbers[key], url=(self.edition.document_id, key))
        title = ARTICLES[f"{folder}/{key}"].title if f"{folder}/{key}" in ARTICLES else key
        if folder in self.documents:
            pk, name = self.documents[folder]
            return Part(f"{name}「{title}」", url=(pk, key))
        name = REGULATIONS[folder].title if folder in REGULATIONS else folder
        return Part(f"{name}「{title}」")

    def _value(self, name: str) -> Value:
        parameter, edition = PARAMETERS[name], self.edition
        if edition.is_draft and name in edition.changes:
            text = said(name, edition.changes[name])
        elif name in edition.values and edition.status != Edition.Status.IN_FORCE:
            text = said(name, edition.values[name])
        else:
            text = words(parameter, policy.value(name))
        if parameter.type == "table":
            return Value(parameter, _("別表「%s」") % parameter.title, (), is_table=True)
        return Value(parameter, text, self.history.get(name, ()), is_table=False)


def _history(names: Iterable[str]) -> dict[str, tuple[tuple[date, str], ...]]:
    found: dict[str, list[tuple[date, str]]] = defaultdict(list)
    rows = ParameterRevision.objects.filter(name__in=list(names)).order_by("-effective_on", "-pk")
    for name, day, value in rows.values_list("name", "effective_on", "value"):
        parameter = PARAMETERS[name]
        if parameter.type != "table":
            found[name].append((day, words(parameter, parameters.typed(parameter, value))))
    return {name: tuple(rows) for name, rows in found.items()}


def duties_by_article() -> Mapping[str, list[Duty]]:
    """Return the live duties by the address of their article."""
    found: dict[str, list[Duty]] = defaultdict(list)
    for duty in DUTIES:
        if not duty.retired and duty.article:
            found[duty.article].append(duty)
    return found


def _next_days() -> dict[str, date]:
    rows = Occurrence.objects.open().order_by().values_list("obligation__duty_id")
    return dict(rows.annotate(Min("due_on")))


def _control_title(name: str) -> str:
    node = control(name)
    return node.title if node else ""


def table_of(value: Value) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Return headings and rows of a table that an article refers to; roles and tiers by their titles."""
    columns = value.parameter.columns
    rows = policy.value(value.parameter.id) or ()
    return tuple(c.title for c in columns), [[_titled(row.get(c.id)) for c in columns] for row in rows]


def _titled(cell: Any) -> Any:
    if cell in access.roles():
        return access.role_title(cell)
    return _TIERS.get(cell, cell)


def preview_of(edition: Edition, article: EditionArticle) -> Shown:
    """Return how an article that is not stored yet would be read."""
    rows = [article if row.key == article.key else row for row in edition.articles.all()]
    number = next(place for place, row in enumerate(rows, 1) if row.key == article.key)
    return _Reader(edition, rows).article(number, article)
