"""What any form may name: the class of the information concerned, the roles and who appoints to them."""

from __future__ import annotations

from collections.abc import Callable

from sakimori.kernel.content.forms import Choice
from sakimori.kernel.identity import access
from sakimori.kernel.policy import policy

from .registry import Case, choices, condition

_FOLLOW_FROM_THE_ORGANIZATION = frozenset({access.EMPLOYEE, access.HEAD})


def class_rank(case: Case) -> int | None:
    """Return how high the information is classed, by the answer ``class`` or the subject's ``information_class``.

    The classes are the parameter ``assets.classes``; None where none is stated.
    """
    stated = case.answers.get("class") or getattr(case.subject, "information_class", None)
    ranks = {row["id"]: row["rank"] for row in policy.value("assets.classes")}
    found: int | None = ranks.get(stated)
    return found


@condition("class_is_secret")
def class_is_secret(case: Case) -> bool:
    """Tell whether the information is of the highest class (極秘, 関係者外秘)."""
    rank = class_rank(case)
    return rank is not None and rank == max(row["rank"] for row in policy.value("assets.classes"))


@condition("class_is_internal")
def class_is_internal(case: Case) -> bool:
    """Tell whether the information may not leave the company (社外秘 or above)."""
    return bool(class_rank(case))


@choices("identity.roles")
def appointable_roles() -> list[Choice]:
    """Return the roles to which people are appointed."""
    rows = access.roles().values()
    return [Choice(id=r.id, label=r.title) for r in rows if r.id not in _FOLLOW_FROM_THE_ORGANIZATION]


def _appointed_by(approver: str) -> Callable[[Case], bool]:
    """Return the condition that the answer ``role`` is one to which ``approver`` appoints; the chair by default."""

    def applies(case: Case) -> bool:
        return (access.roles()[case.answers["role"]].appointed_by or "committee_chair") == approver

    return applies


for _approver in {role.appointed_by for role in access.roles().values()} | {"committee_chair"}:
    condition(f"appointed_by.{_approver}")(_appointed_by(_approver))
