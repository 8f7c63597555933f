"""Items of a checklist as fields of a form: what is asked on the day, and what an answer amounts to.

A kept answer holds the question as it read, the value in force, and the judgement, so that the record stays true
when the article or the parameter changes.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.content.forms import Form, FormField
from sakimori.kernel.content.items import Item
from sakimori.kernel.content.parameters import PARAMETERS, Parameter, typed
from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS
from sakimori.kernel.identity.models import Person
from sakimori.kernel.policy import policy
from sakimori.kernel.policy.wording import names_of_rows, words
from sakimori.lib import clock, provisions
from sakimori.lib.dates import Cadence
from sakimori.lib.errors import Refused

CONFORMING, NONCONFORMING, NOT_APPLICABLE = "conforming", "nonconforming", "not_applicable"
JUDGEMENTS = {
    CONFORMING: gettext_lazy("適合"),
    NONCONFORMING: gettext_lazy("不適合"),
    NOT_APPLICABLE: gettext_lazy("対象外"),
}
SUMMARY = "_nonconforming"  # beside the answers of a checklist in which something is wrong
_LIMITS = {"least": gettext_lazy("%s以上"), "most": gettext_lazy("%s以内"), "exact": "%s"}
_LONGEST = 1000
_BLANKS = re.compile(r" (?=\{\{)|(?<=\}\}) ")

Source = Callable[[Person], Iterable[Item]]
SOURCES: dict[str, Source] = {}


def items(name: str) -> Callable[[Source], Source]:
    """Register a source ``person -> items`` that a checklist names in ``items_from``."""

    def register(source: Source) -> Source:
        known = SOURCES.setdefault(name, source)
        if known.__qualname__ != source.__qualname__:
            raise ValueError(f"items {name!r} is registered twice")
        return source

    return register


def live(form: Form, person: Person) -> Form:
    """Return the form with the items that its source asks of the person today."""
    if not form.items_from:
        return form
    asked = tuple(
        FormField(id=item.id, label=item.text, type="item", item=item)
        for item in SOURCES[form.items_from](person)
    )
    at = next((place for place, field in enumerate(form.fields) if field.id == "note"), len(form.fields))
    return dataclasses.replace(form, fields=(*form.fields[:at], *asked, *form.fields[at:]), items_from="")


def question(item: Item) -> str:
    """Return what is asked, with the values in force today."""
    runs = provisions.runs(_BLANKS.sub("", item.text))
    return "".join(_value(run.text) if run.kind == "parameter" else run.text for run in runs)


def _value(name: str) -> str:
    parameter, value = PARAMETERS[name], policy.value(name)
    if parameter.type == "table" and value:
        return names_of_rows(parameter, value)
    return words(parameter, value)


def standard(item: Item) -> str:
    """Return the value in force against which an answer is judged, in words; empty where the person judges."""
    if not item.parameter:
        return ""
    return str(_LIMITS.get(item.limit, "%s")) % _value(item.parameter)


def source_of(item: Item) -> str:
    """Return the article behind an item: システム管理規程「パスワード」."""
    article = ARTICLES[item.article]
    return _("%(regulation)s「%(article)s」") % {
        "regulation": REGULATIONS[article.regulation].title,
        "article": article.title,
    }


def answer(field: FormField, raw: Any) -> dict[str, str]:
    """Return the answer to an item as it is kept.

    ``raw``: a mapping of judgement, comment and, of a measured item, measured. Raises Refused where something is
    missing, above all the comment on what does not conform.
    """
    item = field.item
    assert item is not None
    given = raw if isinstance(raw, Mapping) else {}
    text = {name: str(given.get(name) or "").strip() for name in ("judgement", "measured", "comment")}
    asked = question(item)
    if any(len(value) > _LONGEST for value in text.values()):
        raise Refused(_("「%(q)s」は%(n)d字以内で入力してください。") % {"q": asked, "n": _LONGEST})
    judgement = _judgement(item, asked, text)
    if judgement == NONCONFORMING and not text["comment"]:
        because = _("（定めは%s）") % standard(item) if item.parameter else ""
        raise Refused(
            _("「%(q)s」は不適合です%(b)s。内容と処置を入力してください。") % {"q": asked, "b": because}
        )
    return {
        "asked": asked, "article": item.article, "standard": standard(item), "measured": text["measured"],
        "judgement": judgement, "comment": text["comment"],
    }  # fmt: skip


def _judgement(item: Item, asked: str, text: Mapping[str, str]) -> str:
    if text["judgement"] == NOT_APPLICABLE and not text["measured"]:
        return NOT_APPLICABLE
    if item.parameter:
        if not text["measured"]:
            raise Refused(_("「%s」の値を入力するか、対象外を選択してください。") % asked)
        return CONFORMING if _conforms(item, text["measured"]) else NONCONFORMING
    if text["judgement"] not in JUDGEMENTS:
        raise Refused(_("「%s」の適合・不適合・対象外を選択してください。") % asked)
    return text["judgement"]


def _conforms(item: Item, measured: str) -> bool:
    """Judge what was found against the parameter in force."""
    parameter = dataclasses.replace(PARAMETERS[item.parameter], minimum=None, maximum=None)
    found, wanted = (_comparable(parameter, raw) for raw in (measured, policy.value(item.parameter)))
    match item.limit:
        case "least":
            return bool(found >= wanted)
        case "most":
            return bool(found <= wanted)
    return bool(found == wanted)


def _comparable(parameter: Parameter, raw: Any) -> Any:
    """Return a value that compares; a duration as the moment that it reaches from now."""
    value = typed(parameter, raw)
    return value.after(clock.now()) if isinstance(value, Cadence) else value


def summary(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is wrong by a filled checklist: which items, and the role that puts them right; empty: nothing."""
    wrong = [
        field.item
        for field in form.fields
        if field.item is not None and answers[field.id]["judgement"] == NONCONFORMING
    ]
    if not wrong:
        return {}
    return {SUMMARY: {"items": [item.id for item in wrong], "role": _answering(wrong[0])}}


def _answering(item: Item) -> str:
    return item.answered_by or REGULATIONS[ARTICLES[item.article].regulation].owner
