"""What software can judge about controls and statements: each function returns the offenders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.approvals.models import Application
from sakimori.kernel.findings import check
from sakimori.kernel.policy import policy

from .models import Control, Need, Reason, Statement, StatementRow
from .models.articles import PROCEDURES, stated
from .models.crosswalk import whole_neighbours
from .models.proof import oldest_signature, proved


def _stated(*, applicable: bool) -> QuerySet[Control]:
    """Return what the statements in force apply, or exclude."""
    rows = StatementRow.objects.filter(statement__status=Statement.Status.APPROVED, applicable=applicable)
    found: QuerySet[Control] = Control.objects.current().selectable().filter(pk__in=rows.values("control_id"))
    return found


def _missing(there: Collection[int]) -> QuerySet[Control]:
    """Return the applied controls for which nothing is there, neither for themselves nor for a whole counterpart.

    What several standards ask for alike is one piece of work: it is listed once, under the standard installed first.
    """
    homes = dict(_stated(applicable=True).values_list("pk", "standard_id"))
    counterparts = whole_neighbours(homes)
    have = set(there)
    wrong = {pk for pk in homes if pk not in have and not have & counterparts[pk].keys()}
    once = [
        pk for pk in wrong if not any(homes[other] < homes[pk] for other in counterparts[pk].keys() & wrong)
    ]
    return Control.objects.filter(pk__in=once)


def _all(**facts: object) -> QuerySet[Control]:
    found: QuerySet[Control] = Control.objects.current().filter(**facts)
    return found


@check(
    "controls.unjustified", _("リスクその他の理由のない、採用した管理策"), requirements=("V20-023", "PRC-001")
)
def unjustified(today: date) -> QuerySet[Control]:
    """Find applied controls whose stated risk, law or contract is not there; a practice is its own reason."""
    rows = StatementRow.objects.filter(statement__status=Statement.Status.APPROVED, applicable=True)
    practice = {pk for pk, reasons in rows.values_list("control_id", "reasons") if Reason.PRACTICE in reasons}
    return _missing(practice | set(Need.objects.standing().values_list("control_id", flat=True)))


@check(
    "controls.unimplemented",
    _("採用したが、実施の証跡がないか古い管理策"),
    severity="major",
    requirements=("V20-029", "V20-075"),
)
def unimplemented(today: date) -> QuerySet[Control]:
    """Find applied controls that nothing recent shows to be in place."""
    return _missing(proved(dict(_stated(applicable=True).values_list("pk", "standard_id"))))


@check("controls.no_owner", _("採用したが、責任者のいない管理策"), requirements=("V20-029",))
def no_owner(today: date) -> QuerySet[Control]:
    """Find applied controls for which nobody answers."""
    return _missing(_all(owner__isnull=False).values_list("pk", flat=True))


@check("controls.no_article", _("規程の条項が結び付いていない、採用した管理策"), requirements=("OPS-003",))
def no_article(today: date) -> QuerySet[Control]:
    """Find applied controls that neither an article of the regulations states nor a person has tied to one."""
    return _missing({*stated(), *_all().exclude(article="").values_list("pk", flat=True)})


@check("controls.no_procedure", _("実施手順が結び付いていない、採用した管理策"), requirements=("PRC-001",))
def no_procedure(today: date) -> QuerySet[Control]:
    """Find applied controls that no procedure states and for which none is named."""
    return _missing({*stated(PROCEDURES), *_all().exclude(procedure="").values_list("pk", flat=True)})


@check(
    "controls.test_overdue", _("点検日を過ぎた管理策"), severity="major", requirements=("V20-075", "REG-322")
)
def test_overdue(today: date) -> QuerySet[Control]:
    """Find controls whose next test should have been made."""
    return Control.objects.current().filter(next_test_on__lt=today)


@check("controls.not_scheduled", _("点検日の決まっていない、採用した管理策"), requirements=("V20-075",))
def not_scheduled(today: date) -> QuerySet[Control]:
    """Find applied controls that nobody plans to test."""
    return _missing(_all(next_test_on__isnull=False).values_list("pk", flat=True))


@check(
    "controls.excluded_against_risk",
    _("除外したが、受容水準を超えるリスクに必要で、有効な署名のない管理策"),
    severity="critical",
    requirements=("V20-003",),
)
def excluded_against_risk(today: date) -> QuerySet[Control]:
    """Find excluded controls that a risk above the level needs, without a signature or with one whose time is over."""
    needed = Need.objects.standing().filter(blocking=True)
    old = Application.objects.filter(closed_at__date__lt=oldest_signature(today))
    lapsed = Q(exclusion=None) | Q(exclusion__in=old.values("pk"))
    unsigned = StatementRow.objects.filter(
        lapsed, statement__status=Statement.Status.APPROVED, applicable=False
    )
    return Control.objects.current().filter(
        pk__in=needed.values("control_id"), statement_rows__in=unsigned.values("pk")
    )


@check(
    "controls.statement_old", _("見直しの時期を過ぎた適用宣言書"), severity="major", requirements=("V20-025",)
)
def statement_old(today: date) -> QuerySet[Statement]:
    """Find statements in force that were not revised within the time the regulation allows."""
    oldest = policy.value("soa.review").after(today, -1)
    return Statement.objects.current().filter(status=Statement.Status.APPROVED, approved_on__lt=oldest)


@check("controls.no_statement", _("有効な適用宣言書のない、適用宣言の対象規格"), requirements=("V20-025",))
def no_statement(today: date) -> QuerySet[Control]:
    """Find the first nodes of standards in use without a statement in force."""
    stated = Statement.objects.filter(status=Statement.Status.APPROVED).values("standard_id")
    return Control.objects.current().filter(standard__in_use=True, position=0).exclude(standard__in=stated)
