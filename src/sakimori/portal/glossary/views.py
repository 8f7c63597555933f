"""The glossary: every term in our words, found by term, reading, English or meaning (REG-028)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sakimori.kernel.content.catalogue import GLOSSARY, Term
from sakimori.lib import japanese

_ROWS = ("あいうえお", "かきくけこがぎぐげご", "さしすせそざじずぜぞ", "たちつてとだぢづでど", "なにぬねの",
         "はひふへほばびぶべぼぱぴぷぺぽ", "まみむめも", "やゆよ", "らりるれろ", "わをん")  # fmt: skip


@dataclass(frozen=True)
class Row:
    """The terms whose reading begins in one row of the kana table."""

    title: str
    terms: tuple[Term, ...]


def glossary(request: HttpRequest) -> HttpResponse:
    """Show all terms by reading, or those that hold the words looked for."""
    words = request.GET.get("q", "").strip()
    found = [term for term in GLOSSARY if _matches(term, words)]
    facts = {"rows": _rows(found), "q": words, "count": len(found)}
    return render(request, "portal/glossary.html", facts)


def _matches(term: Term, words: str) -> bool:
    text = japanese.fold(" ".join((term.term, term.reading, term.english, term.meaning, *term.aliases)))
    return all(japanese.fold(word) in text for word in words.split())


def _rows(terms: list[Term]) -> list[Row]:
    ordered = sorted(terms, key=lambda term: (term.reading or term.term, term.id))
    groups: dict[str, list[Term]] = {}
    for term in ordered:
        first = (term.reading or term.term)[:1]
        title = next((row[0] for row in _ROWS if first in row), "A")
        groups.setdefault(title, []).append(term)
    return [Row(title, tuple(group)) for title, group in groups.items()]
