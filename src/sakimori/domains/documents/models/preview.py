"""What a draft would change in behaviour if it came into force: computed, never guessed, written nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.content.parameters import PARAMETERS, Parameter
from sakimori.kernel.content.regulations import written_numbers
from sakimori.kernel.obligations import obligations
from sakimori.kernel.policy import policy
from sakimori.kernel.policy.wording import words
from sakimori.lib import clock
from sakimori.lib.errors import Refused

from .differences import said
from .editions import Edition


@dataclass(frozen=True)
class Effect:
    """One changed value: from, to, from when, and what follows for duties and for the rest of the product."""

    parameter: Parameter
    before: str
    after: str
    on: date
    duties: tuple[obligations.Forecast, ...]
    fault: str = ""

    @property
    def moved(self) -> int:
        """Return how many due days of the coming year come, go or move."""
        return sum(forecast.changed for forecast in self.duties)

    @property
    def sentence(self) -> str:
        """Return the effect in one sentence: 棚卸し: 1年 → 6か月。これから1年の期日 14 件が変わります。"""
        if self.fault:
            return self.fault
        facts = {"t": self.parameter.title, "b": self.before, "a": self.after, "n": self.moved}
        if not self.duties:
            return _("%(t)s: %(b)s → %(a)s") % facts
        if not self.moved:
            return _("%(t)s: %(b)s → %(a)s。これから1年の期日は変わりません。") % facts
        return _("%(t)s: %(b)s → %(a)s。これから1年の期日 %(n)d 件が変わります。") % facts


def effects(edition: Edition) -> list[Effect]:
    """Return what the changed values of an edition would do from its effective day, today where it has none."""
    day = max(edition.takes_effect_on or clock.today(), clock.today())
    return [_effect(name, raw, day) for name, raw in edition.changes.items() if name in PARAMETERS]


def _effect(name: str, raw: object, day: date) -> Effect:
    parameter = PARAMETERS[name]
    before = words(parameter, policy.value(name, on=day))
    try:
        return Effect(parameter, before, said(name, raw), day, tuple(obligations.forecast(name, raw, on=day)))
    except Refused as refused:
        return Effect(parameter, before, "", day, (), str(refused))


def remarks(edition: Edition) -> list[str]:
    """Return what a person should look at before he puts the draft forward: numbers that no parameter governs."""
    found = []
    for number, article in enumerate(edition.articles.all(), 1):
        if numbers := written_numbers(article.text):
            text = _(
                "第%(n)d条に数値が直書きされています（%(x)s）。製品の動きを変えるには値として定めてください。"
            )
            found.append(text % {"n": number, "x": "、".join(f"…{part}…" for part in numbers[:3])})
    return found


def forms_of(edition: Edition) -> list[str]:
    """Return the titles of the forms that stand on articles which the draft takes out."""
    if edition.based_on is None:
        return []
    kept = {address for row in edition.articles.all() for address in row.carries}
    gone = {address for row in edition.based_on.articles.all() for address in row.carries} - kept
    return [form.title for form in FORMS if form.article in gone]


@dataclass(frozen=True)
class Standing:
    """A parameter of a draft: what holds on the effective day, and what is proposed."""

    parameter: Parameter
    now: str
    proposed: str


def standing(edition: Edition, name: str) -> Standing:
    """Return how a parameter stands in a draft."""
    day = max(edition.takes_effect_on or clock.today(), clock.today())
    proposed = said(name, edition.changes[name]) if name in edition.changes else ""
    return Standing(PARAMETERS[name], words(PARAMETERS[name], policy.value(name, on=day)), proposed)
