"""Separation of duties: the one place that says who may never decide (PRC-016).

``check`` runs the table of rules below for whoever is about to decide; each rule has an id, which stands in
the ledger beside a refused attempt, and a sentence for the person refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.models import Person
from sakimori.lib.errors import SeparationOfDuties

from . import people
from .models import Application, Decision, Step


@dataclass(frozen=True)
class Act:
    """A decision about to be made: by whom, in whose place, on what."""

    person: Person
    acting_for: Person | None
    application: Application
    step: Step

    @property
    def hands(self) -> set[int]:
        """Return whose hand decides: the person, and the one in whose place he does."""
        return {self.person.pk} | ({self.acting_for.pk} if self.acting_for else set())


@dataclass(frozen=True)
class Rule:
    """One prohibition: its id, its sentence, and when it applies."""

    id: str
    sentence: object
    applies: Callable[[Act], bool]


def _own(act: Act) -> bool:
    return bool(act.person.pk == act.application.applicant_id)


def _own_by_deputy(act: Act) -> bool:
    return act.acting_for is not None and act.acting_for.pk == act.application.applicant_id


def _concerned(act: Act) -> bool:
    return act.application.barred.filter(pk__in=act.hands).exists()


def _decided(act: Act) -> list[Decision]:
    made = act.application.decisions.filter(round=act.application.round)
    return list(made.select_related("person", "acting_for"))


def _decided_before(act: Act) -> bool:
    return any(decision.person_id == act.person.pk for decision in _decided(act))


def _same_hand_twice(act: Act) -> bool:
    hands = {pk for d in _decided(act) for pk in (d.person_id, d.acting_for_id) if pk is not None}
    return bool(act.hands & hands)


def _below_the_applicant(act: Act) -> bool:
    return act.step.action == "approve" and people.is_below(act.person, act.application.applicant)


RULES: tuple[Rule, ...] = (
    Rule(
        "separation.own",
        gettext_lazy("申請者は、自分の申請を決裁できません。ほかの承認者に依頼してください。"),
        _own,
    ),
    Rule(
        "separation.own_by_deputy",
        gettext_lazy("申請者の代理として、その申請を決裁することはできません。"),
        _own_by_deputy,
    ),
    Rule(
        "separation.concerned",
        gettext_lazy("申請の対象者・作業者本人（またはその代理）は、この申請を決裁できません。"),
        _concerned,
    ),
    Rule(
        "separation.two_steps",
        gettext_lazy(
            "この申請の別の段階をすでに決裁しています。同じ人が二つの段階を決裁することはできません。"
        ),
        _decided_before,
    ),
    Rule(
        "separation.two_steps_by_deputy",
        gettext_lazy("代理人と本人が、同じ申請の二つの段階を決裁することはできません。"),
        _same_hand_twice,
    ),
    Rule(
        "separation.below",
        gettext_lazy(
            "申請者の部下は、その申請を承認できません。申請者の上長か、ほかの承認者に依頼してください。"
        ),
        _below_the_applicant,
    ),
)


def broken(
    person: Person, application: Application, step: Step, *, acting_for: Person | None = None
) -> Rule | None:
    """Return the first rule that forbids the decision, or None."""
    act = Act(person, acting_for, application, step)
    return next((rule for rule in RULES if rule.applies(act)), None)


def check(person: Person, application: Application, step: Step, *, acting_for: Person | None = None) -> None:
    """Raise SeparationOfDuties, with rule and sentence, unless the person may decide this step (PRC-016)."""
    rule = broken(person, application, step, acting_for=acting_for)
    if rule is not None:
        raise SeparationOfDuties(str(rule.sentence), rule=rule.id)


def capacity(person: Person, application: Application, step: Step) -> Person | None:
    """Return in whose place the person decides this step; None when in his own right.

    Raises SeparationOfDuties when every way is forbidden, with the first reason, or when it is not his step.
    """
    ways: list[Person | None] = []
    desk = people.desk_of(step)
    if desk.holders().filter(pk=person.pk).exists():
        ways.append(None)
    principals = people.principals_of(person)
    held = set(desk.holders().filter(pk__in=[p.pk for p in principals]).values_list("pk", flat=True))
    ways += [principal for principal in principals if principal.pk in held]
    if not ways:
        if person.pk == application.applicant_id:
            check(person, application, step)
        text = _("この段階を決裁できるのは %(desk)s です。") % {"desk": desk.label}
        raise SeparationOfDuties(text, rule="separation.not_assigned")
    for way in ways:
        if broken(person, application, step, acting_for=way) is None:
            return way
    check(person, application, step, acting_for=ways[0])
    return None
