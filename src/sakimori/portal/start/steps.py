"""The steps of the guided start, and which are done: always read from the data, so that one may stop anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sakimori.domains.assets.models import Asset
from sakimori.domains.organization.models import Scope
from sakimori.domains.organization.rules.roles import vacancies
from sakimori.domains.organization.rules.scope import VIEWS, undecided
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Company, Department, Person, Site
from sakimori.kernel.policy.models import ParameterRevision
from sakimori.kernel.signin.models import Account
from sakimori.lib import clock

# Without these nobody could approve, keep the records, or let others in.
NEEDED = ("president", "committee_chair", "security_office", "platform_administrator")


@dataclass(frozen=True)
class Step:
    """One step."""

    id: str
    title: Promise
    lead: Promise
    is_done: Callable[[], bool]
    optional: bool = False  # the start can end without it


def _has_roles() -> bool:
    held = Appointment.objects.in_force(clock.today()).values_list("role", flat=True)
    return set(NEEDED) <= set(held)


def _has_accounts() -> bool:
    return all(not missing_accounts(role) for role in NEEDED)


def _has_scope() -> bool:
    scope = Scope.objects.order_by("-version").first()
    return scope is not None and all(getattr(scope, name) for name in VIEWS) and not undecided()


def missing_accounts(role: str) -> list[Person]:
    """Return the holders of a role who cannot sign in yet; the role itself may be vacant."""
    holders = Person.objects.holding(role)
    with_account = set(Account.objects.filter(person__in=holders).values_list("person_id", flat=True))
    return [person for person in holders if person.pk not in with_account]


STEPS = (
    Step(
        "company",
        _("会社"),
        _("帳票に印刷する会社の情報です。後から変えられます。"),
        lambda: Company.here() is not None,
    ),
    Step(
        "parameters",
        _("規程の値"),
        _("自社の運用に最も近いものを選びます。以後の変更は、申請と承認で行います。"),
        lambda: ParameterRevision.objects.exists(),
    ),
    Step(
        "units",
        _("拠点と部署"),
        _("拠点と部署を入力するか、部署をExcelから取り込みます。"),
        lambda: Site.objects.exists() and Department.objects.exists(),
    ),
    Step(
        "people",
        _("従業者"),
        _("人事の名簿をExcelのまま取り込みます。少人数なら入力もできます。"),
        lambda: Person.objects.exists(),
    ),
    Step(
        "roles",
        _("部門長と役割"),
        _("承認する人がまだいないため、初期設定として記録します。兼任できない役割は止まります。"),
        _has_roles,
    ),
    Step(
        "scope",
        _("適用範囲"),
        _(
            "ISMSの対象を5つの観点で書き、部署と拠点を内か外かに分けます。承認は、サインインしてから求めます。"
        ),
        _has_scope,
        optional=True,
    ),
    Step(
        "ledger",
        _("情報資産台帳"),
        _("お使いの情報資産台帳をExcelのまま選びます。取り込む前に、違いと誤りをすべて表示します。"),
        lambda: Asset.objects.exists(),
        optional=True,
    ),
    Step(
        "accounts",
        _("利用者"),
        _("最初にサインインする人に仮パスワードを発行します。"),
        lambda: _has_roles() and _has_accounts(),
    ),
)
BY_ID = {step.id: step for step in STEPS}


def next_step() -> str:
    """Return the first step that is not done; the last one when all are."""
    return next((step.id for step in STEPS if not step.is_done()), STEPS[-1].id)


def may_finish() -> bool:
    """Tell whether every step is done without which nobody could go on."""
    return all(step.is_done() for step in STEPS if not step.optional)


def gaps() -> list[tuple[str, str, int]]:
    """Return (role, title, missing) of the vacant roles that count for the whole company."""
    return [
        (role.id, role.title, missing) for role, unit, missing in vacancies(clock.today()) if unit is None
    ]


def needed_titles() -> list[str]:
    """Return the names of the roles without which the start cannot end."""
    return [access.role_title(role) for role in NEEDED]
