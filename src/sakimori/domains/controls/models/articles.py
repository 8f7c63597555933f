"""Which controls the articles of the shipped regulations state, and who keeps the regulation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache

from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS, Article, control
from sakimori.kernel.content.standards import STANDARDS

from .catalogue import Control, Standard

RULES = frozenset({"basic_policy", "policy", "regulation", "procedure"})
PROCEDURES = frozenset({"procedure"})
Place = tuple[str, str]  # slug of the standard, number of the control


def stated(levels: Collection[str] = RULES) -> dict[int, list[Article]]:
    """Return the controls that articles of documents of these levels state, with the articles (OPS-003, PRC-001)."""
    rows = Control.objects.current().filter(standard__source=Standard.Source.SHIPPED)
    found = {}
    for pk, slug, ref in rows.values_list("pk", "standard__slug", "ref"):
        articles = [a for a in _carriers().get((slug, ref), ()) if REGULATIONS[a.regulation].level in levels]
        if articles:
            found[pk] = articles
    return found


@cache
def _carriers() -> Mapping[Place, list[Article]]:
    """Return the articles by the controls they name; content does not change while the product runs."""
    slugs = {standard.key: standard.id for standard in STANDARDS}
    found: dict[Place, list[Article]] = defaultdict(list)
    for article in ARTICLES:
        for name in article.controls:
            node = control(name)
            if node is not None:
                found[slugs[name.partition(":")[0]], node.ref].append(article)
    return found
