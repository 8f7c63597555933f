"""Who answers for an occurrence: always somebody, whoever moves, leaves or is away.

Nobody is written down when a duty is planned; role and department are, and they are resolved on the day. A
deputy stands beside his principal in his period. Where nobody holds the role, the head of the department or of
the next one above answers, then the office.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Department, Deputy, Person
from sakimori.lib import clock

from .models import Occurrence, OccurrenceQuerySet

OFFICE, CHAIR = "security_office", "committee_chair"
STANDING_IN = frozenset({access.HEAD, OFFICE, CHAIR})  # who answers where nobody holds the role
Pair = tuple[str, int | None]


def responsible(occurrence: Occurrence, day: date | None = None) -> list[Person]:
    """Return those who can do it on ``day``: the holders of the role, else who stands in, and their deputies."""
    day = day or clock.today()
    holders = _holders(occurrence, day)
    if not holders:
        holders = _heads_from(occurrence.department_id, day) or _in_role(OFFICE, day) or _in_role(CHAIR, day)
    return with_deputies(holders, day)


def superiors(occurrence: Occurrence, day: date | None = None) -> list[Person]:
    """Return those to whom lateness is reported first: the next head above those who are responsible."""
    day = day or clock.today()
    duty = occurrence.obligation.duty
    if duty.escalate_to:
        return with_deputies(_in_role(duty.escalate_to, day), day)
    concerned = {person.pk for person in responsible(occurrence, day)}
    place = occurrence.department_id
    if place is None:
        place = next((p.department_id for p in responsible(occurrence, day) if p.department_id), None)
    heads = _heads_from(place, day, besides=concerned)
    return with_deputies(heads or [p for p in _in_role(CHAIR, day) if p.pk not in concerned], day)


def committee(day: date | None = None) -> list[Person]:
    """Return those to whom lateness is reported last: the chair of the committee and the office."""
    day = day or clock.today()
    return with_deputies([*_in_role(CHAIR, day), *_in_role(OFFICE, day)], day)


def with_deputies(people: Iterable[Person], day: date) -> list[Person]:
    """Return the people and whoever acts for one of them on ``day``."""
    found = {person.pk: person for person in people}
    acting = Person.objects.active(day).filter(
        stands_in_for__principal__in=list(found), stands_in_for__in=deputies_on(day)
    )
    found.update({person.pk: person for person in acting})
    return list(found.values())


def deputies_on(day: date) -> QuerySet[Deputy]:
    """Return the deputyships in force."""
    return Deputy.objects.current().filter(starts_on__lte=day, ends_on__gte=day)


def open_for(person: Person, day: date | None = None) -> OccurrenceQuerySet:
    """Return what the person can do now, earliest due first: his own, his roles', his principals', the orphans'."""
    day = day or clock.today()
    mine = Q(pk__in=[])
    desks = [
        person,
        *Person.objects.active(day).filter(deputies__deputy=person, deputies__in=deputies_on(day)),
    ]
    for one in desks:
        mine |= _of(one, day)
    if any(one.roles(day) & STANDING_IN for one in desks):
        mine |= _orphans(desks, day)
    rows = Occurrence.objects.opened(day).filter(mine)
    return rows.select_related("obligation", "target", "department").order_by("due_on", "pk")


def unheld(day: date | None = None) -> list[Pair]:
    """Return the (role, department) pairs of open occurrences that nobody holds."""
    day = day or clock.today()
    wanted, held = _pairs(day)
    return sorted(
        (pair for pair in wanted if not _is_held(pair, held)), key=lambda pair: (pair[0], pair[1] or 0)
    )


def _of(person: Person, day: date) -> Q:
    places: dict[str, list[int | None]] = {}
    for role, department in person.holdings(day):
        for wider in access.widened([role]):
            places.setdefault(wider, []).append(department)
    found = Q(assignee=person)
    for role, departments in places.items():
        mine = Q(role=role, assignee=None)
        if None not in departments:
            # A duty of the whole company falls to a holder of the role in any department.
            mine &= Q(department_id__in=departments) | Q(department=None)
        found |= mine
    return found


def _holders(occurrence: Occurrence, day: date) -> list[Person]:
    if occurrence.assignee_id is not None:
        return list(Person.objects.active(day).filter(pk=occurrence.assignee_id))
    if occurrence.department_id is None:
        return _in_role(occurrence.role, day)
    department = Department.objects.filter(pk=occurrence.department_id).first()
    return list(Person.objects.all().holding(occurrence.role, department=department, day=day).distinct())


def _in_role(role: str, day: date) -> list[Person]:
    return list(Person.objects.all().holding(role, day=day).distinct())


def _heads_from(
    department: int | None, day: date, besides: set[int] | frozenset[int] = frozenset()
) -> list[Person]:
    """Return the first active head from the department upwards who is not among ``besides``."""
    seen: set[int] = set()
    while department is not None and department not in seen:
        seen.add(department)
        head = Person.objects.active(day).filter(heads=department).exclude(pk__in=besides).first()
        if head is not None:
            return [head]
        department = Department.objects.filter(pk=department).values_list("parent_id", flat=True).first()
    return []


def _orphans(desks: Iterable[Person], day: date) -> Q:
    """Return the condition for what nobody holds and one of these answers for; the same few queries for any number."""
    pairs, mine = unheld(day), {person.pk for person in desks}
    found = Q(pk__in=[])
    if not pairs:
        return found
    head = Case(When(head__in=Person.objects.active(day).values("pk"), then=F("head_id")))
    tree = {
        pk: (parent, lead) for pk, parent, lead in Department.objects.values_list("pk", "parent_id", head)
    }
    office = {person.pk for person in _in_role(OFFICE, day) or _in_role(CHAIR, day)}
    for role, department in pairs:
        lead = _first_head(tree, department)
        if mine & ({lead} if lead else office):
            found |= Q(role=role, department_id=department, assignee=None)
    return found


def _first_head(tree: dict[int, tuple[int | None, int | None]], department: int | None) -> int | None:
    seen: set[int] = set()
    while department in tree and department not in seen:
        seen.add(department)
        department, head = tree[department]
        if head is not None:
            return head
    return None


def _pairs(day: date) -> tuple[set[Pair], set[Pair]]:
    """Return the pairs of open occurrences, and the pairs that somebody holds, in one query: every home asks."""
    staff = Person.objects.active(day)
    active = staff.values("pk")
    open_ones = Occurrence.objects.opened(day).filter(assignee=None).order_by()
    appointed = Appointment.objects.in_force(day).filter(person__in=active)
    headed = Department.objects.current().filter(head__in=active)
    rows = _tagged(open_ones, "wanted", F("role"), "department_id").union(
        _tagged(appointed, "held", F("role"), "department_id"),
        _tagged(headed, "held", _text(access.HEAD), "pk"),
        _tagged(staff.exclude(department=None), "held", _text(access.EMPLOYEE), "department_id"),
    )
    wanted, held = set(), set()
    for tag, role, department in rows:
        if tag == "wanted":
            wanted.add((role, department))
        else:
            held |= {(wider, department) for wider in access.widened([role])}
    return wanted, held


def _tagged(rows: QuerySet[Any], tag: str, role: Combinable, department: str) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(tag_=_text(tag), role_=role)
    found: QuerySet[Any, Any] = named.values_list("tag_", "role_", department)
    return found


def _text(word: str) -> Value:
    return Value(word, output_field=CharField())


def _is_held(pair: Pair, held: set[Pair]) -> bool:
    role, department = pair
    if (role, None) in held or pair in held:
        return True
    return department is None and any(role == other for other, _place in held)
