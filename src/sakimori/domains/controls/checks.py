"""What software can judge about controls and statements: each function returns the offenders."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.approvals.models import Application
from sakimori.kernel.findings import check
from sakimori.kernel.policy import policy

from .models import Control, Need, Statement, StatementRow
from .models.proof import evidence_of, oldest_signature


def _stated(*, applicable: bool) -> QuerySet[Control]:
    """Return what the statements in force apply, or exclude."""
    rows = StatementRow.objects.filter(statement__status=Statement.Status.APPROVED, applicable=applicable)
    found: QuerySet[Control] = Control.objects.current().selectable().filter(pk__in=rows.values("control_id"))
    return found


def _in_use() -> QuerySet[Control]:
    found: QuerySet[Control] = Control.objects.current().selectable()
    return found.filter(Q(standard__in_use=True) | Q(standard__source="company"))


@check(
    "controls.unjustified", _("リスクその他の理由のない、採用した管理策"), requirements=("V20-023", "PRC-001")
)
def unjustified(today: date) -> QuerySet[Control]:
    """Find applied controls that no risk, law, contract or practice needs."""
    return _stated(applicable=True).exclude(pk__in=Need.objects.standing().values("control_id"))


@check(
    "controls.unimplemented",
    _("採用したが、実施の証跡がないか古い管理策"),
    severity="major",
    requirements=("V20-029", "V20-075"),
)
def unimplemented(today: date) -> QuerySet[Control]:
    """Find applied controls that nothing recent shows to be in place."""
    applied = _stated(applicable=True)
    proofs = evidence_of(applied.values_list("pk", flat=True))
    return applied.filter(pk__in=[pk for pk, evidence in proofs.items() if not evidence.is_implemented])


@check("controls.no_owner", _("採用したが、責任者のいない管理策"), requirements=("V20-029",))
def no_owner(today: date) -> QuerySet[Control]:
    """Find applied controls for which nobody answers."""
    return _stated(applicable=True).filter(owner=None)


@check("controls.no_article", _("規程の条項が結び付いていない管理策"), requirements=("OPS-003",))
def no_article(today: date) -> QuerySet[Control]:
    """Find controls of the standards in use without a rule text; excluded ones need none."""
    return _in_use().filter(article="").exclude(pk__in=_stated(applicable=False).values("pk"))


@check("controls.no_procedure", _("実施手順が結び付いていない、採用した管理策"), requirements=("PRC-001",))
def no_procedure(today: date) -> QuerySet[Control]:
    """Find applied controls without a procedure."""
    return _stated(applicable=True).filter(procedure="")


@check(
    "controls.test_overdue", _("点検日を過ぎた管理策"), severity="major", requirements=("V20-075", "REG-322")
)
def test_overdue(today: date) -> QuerySet[Control]:
    """Find controls whose next test should have been made."""
    return Control.objects.current().filter(next_test_on__lt=today)


@check("controls.not_scheduled", _("点検日の決まっていない、採用した管理策"), requirements=("V20-075",))
def not_scheduled(today: date) -> QuerySet[Control]:
    """Find applied controls that nobody plans to test."""
    return _stated(applicable=True).filter(next_test_on=None)


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
