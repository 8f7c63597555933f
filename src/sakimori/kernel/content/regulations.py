"""Regulations and their articles, ``content/regulations/<regulation>/regulation.yaml`` and ``articles.yaml``.

The regulation's id is its folder; an article is addressed ``regulation/article``, and its number is computed.
A folder may hold parameters only. Numbers stand in an article by the name of their parameter, never as digits.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.lib import provisions
from sakimori.lib.errors import Refused
from sakimori.lib.strictyaml import Place

from .catalogue import REQUIREMENTS
from .duties import FromParameter
from .parameters import PARAMETERS
from .shelf import Shelf
from .standards import STANDARDS, Node

Level = Literal["basic_policy", "policy", "regulation", "procedure"]
CLASSES = "assets.classes"
# A number that would have to change with a decision: digits, or a quantity in kanji. Names of standards and terms such
# as IPv6 or SHA-256 carry digits that no decision changes.
_STANDARD = re.compile(
    r"(?:ISO(?:/IEC)?|JIS [A-Z]|RFC|NIST SP)[  ]?[0-9-]+(?::[0-9]{4})?|[A-Za-z][A-Za-z.-]*-?[0-9]+"
)
_QUANTITY = re.compile(
    r"[0-9０-９]|(?<![一二三四五六七八九十百千万第])[一二三四五六七八九十百千]+"
    r"(?:か月|ヶ月|カ月|箇月|年|日|時間|週間|営業日|分間|秒|回|名|人(?!ひとり|一人|ひとりひとり)|件|割|文字|桁|世代|階層|段階|種類|倍)"
)


@dataclass(frozen=True, kw_only=True)
class Regulation:
    """One document of the set: what it is, who keeps it, who must know it."""

    title: str
    number: str
    level: Level
    under: str = ""
    owner: str
    audience: tuple[str, ...] = (access.EMPLOYEE,)
    public: bool = False
    classification: str = "internal"
    review: FromParameter = FromParameter(parameter="documents.review")
    purpose: str = ""
    requirements: tuple[str, ...] = ()
    place: Place = field(default=Place("content/regulations/none/regulation.yaml", 1), compare=False)

    @property
    def id(self) -> str:
        """Return the folder's name."""
        return self.place.file.split("/")[-2]


@dataclass(frozen=True, kw_only=True)
class Article:
    """One article (条): its text, and what it carries."""

    key: str = field(metadata={"key": "id"})
    chapter: str = ""
    title: str
    text: str
    requirements: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    place: Place = field(default=Place("content/regulations/none/articles.yaml", 1), compare=False)

    @property
    def regulation(self) -> str:
        """Return the folder of the regulation in which it stands."""
        return self.place.file.split("/")[-2]

    @property
    def id(self) -> str:
        """Return its address, ``regulation/article``."""
        return f"{self.regulation}/{self.key}"

    def references(self) -> list[str]:
        """Return the addresses of the articles it names."""
        found = provisions.references(self.text)
        return [name if "/" in name else f"{self.regulation}/{name}" for name in found]


def articles_of(regulation: str) -> list[Article]:
    """Return the articles of a regulation in their order."""
    return [article for article in ARTICLES if article.regulation == regulation]


def control(name: str) -> Node | None:
    """Return the control or clause that ``key:ref`` names; None for an unknown one.

    The catalogues write 2022:5.14 for its control A.5.14, so that a control goes before a clause of that number.
    """
    key, _colon, ref = name.partition(":")
    nodes = _nodes().get(key, {})
    return nodes.get(f"A.{ref}") or nodes.get(ref)


def _nodes() -> Mapping[str, Mapping[str, Node]]:
    return _nodes_below(str(settings.CONTENT_DIR))


@functools.cache
def _nodes_below(_root: str) -> Mapping[str, Mapping[str, Node]]:
    return {standard.key: {node.ref: node for node in standard.nodes} for standard in STANDARDS}


def written_numbers(text: str) -> list[str]:
    """Return the digits and quantities in an article's text that are no parameters, each with its surroundings."""
    bare = _STANDARD.sub("", provisions.words(text))
    return [bare[max(0, f.start() - 8) : f.end() + 8] for f in _QUANTITY.finditer(bare)]


def homeless() -> Iterator[tuple[Place, str]]:
    """Yield every folder that holds articles and no regulation."""
    for folder in sorted({article.regulation for article in ARTICLES} - set(REGULATIONS.all())):
        yield Place(f"content/regulations/{folder}", 1), _("regulation.yaml がありません。")


def _of_regulations(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    numbers: dict[str, str] = {}
    classes = {row["id"] for row in PARAMETERS[CLASSES].default} if CLASSES in PARAMETERS else set()
    for regulation in pieces.values():
        if numbers.setdefault(regulation.number, regulation.id) != regulation.id:
            yield regulation.place, _("文書番号「%s」が二重に使われています。") % regulation.number
        if classes and regulation.classification not in classes:
            yield (
                regulation.place,
                _("区分「%s」は assets.classes にありません。") % regulation.classification,
            )
        if regulation.under == regulation.id:
            yield regulation.place, _("under に自分自身は書けません。")
        if regulation.review.parameter not in PARAMETERS:
            yield regulation.place, _("パラメータ「%s」はありません。") % regulation.review.parameter
        yield from _of_names(regulation.place, (regulation.owner, *regulation.audience), regulation)


def _of_articles(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    nodes = _nodes()
    for article in pieces.values():
        for sentence in _of_text(article, pieces):
            yield article.place, sentence
        for name in article.controls:
            key, _colon, ref = name.partition(":")
            if ref not in nodes.get(key, {}) and f"A.{ref}" not in nodes.get(key, {}):
                yield article.place, _("管理策「%s」は規格にありません。") % name
        yield from _of_names(article.place, article.audience, article)


def _of_text(article: Article, pieces: Mapping[str, Any]) -> Iterable[str]:
    try:
        if not provisions.read(article.text):
            yield _("条文がありません。")
    except Refused as refused:
        yield f"{article.key}: {refused}"
    for name in provisions.parameters(article.text):
        if name not in PARAMETERS:
            yield _("パラメータ「%s」はありません。") % name
    for name in article.references():
        if name not in pieces:
            yield _("「%s」という条はありません。") % name


def _of_names(place: Place, roles: Iterable[str], piece: Regulation | Article) -> Iterable[tuple[Place, str]]:
    for role in roles:
        if role not in access.roles():
            yield place, _("役割「%s」は roles.yaml にありません。") % role
    for name in piece.requirements:
        if name not in REQUIREMENTS:
            yield place, _("要求事項「%s」はありません。") % name


REGULATIONS: Shelf[Regulation] = Shelf(
    "規程", "regulations/*/regulation.yaml", Regulation, named_by_file=False, check=_of_regulations
)
ARTICLES: Shelf[Article] = Shelf(
    "条", "regulations/*/articles.yaml", tuple[Article, ...],
    of_file=lambda rows: rows, named_by_file=False, check=_of_articles,
)  # fmt: skip
