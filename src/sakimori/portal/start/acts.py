"""What each form of the guided start does; everything is recorded as done by the installer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sakimori.domains.organization import rules as organization
from sakimori.domains.organization.models import Scope
from sakimori.domains.people import rules as people
from sakimori.kernel.exchange import imports
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.exchange.report import Report
from sakimori.kernel.identity.actors import INSTALLER
from sakimori.kernel.identity.models import Company, Department, Person, Site
from sakimori.kernel.policy import policy
from sakimori.kernel.signin import accounts, passwords, policies
from sakimori.kernel.signin.models import Account
from sakimori.kernel.signin.secret import Secret
from sakimori.lib.errors import NotAllowed, Refused

from . import steps

Values = Mapping[str, Any]
SHEETS = {"units": "organization.departments", "people": "people.people", "ledger": "assets"}


def keep_company(values: Values) -> None:
    """Enter the company, or correct it."""
    company = Company.here()
    if company is None:
        organization.found_company(**values, by=INSTALLER)
    else:
        organization.change_company(company, **values, by=INSTALLER)


def adopt(values: Values) -> None:
    """Fix every parameter at the chosen preset."""
    policy.adopt_preset(values["preset"], by=INSTALLER)


def add_site(values: Values) -> None:
    """Add a site; what lies in the scope is decided later."""
    organization.add_site(**values, by=INSTALLER)


def add_department(values: Values) -> None:
    """Add a department."""
    organization.add_department(**values, by=INSTALLER)


def add_person(values: Values) -> None:
    """Add a person."""
    people.add_person(**values, by=INSTALLER)


def set_head(values: Values) -> None:
    """Name the head of a department."""
    unit: Department = values["unit"]
    organization.set_head(unit, head=values["head"], by=INSTALLER)


def appoint(values: Values) -> None:
    """Appoint without approval, because nobody can approve yet; the ledger says so."""
    if all(not steps.missing_accounts(role) for role in steps.NEEDED) and steps.BY_ID["roles"].is_done():
        raise NotAllowed(
            _("利用者の登録が済みました。以後の任命は、サインインして申請してください。"),
            rule="start.appoint",
        )
    reason = _("初期設定: 承認できる人がまだいないため、承認なしで記録した。")
    organization.appoint(**values, reason=reason, by=INSTALLER)


def keep_scope(values: Values) -> None:
    """Describe the scope as a draft, and put every department and site in or out of it."""
    stated = dict(values)
    chosen = {*stated.pop("departments"), *stated.pop("sites")}
    scope = Scope.objects.order_by("-version").first() or organization.start_scope(by=INSTALLER)
    organization.change_scope(scope, **stated, by=INSTALLER)
    for unit in Department.objects.current():
        if unit.in_scope != (unit in chosen):
            organization.change_department(unit, in_scope=unit in chosen, by=INSTALLER)
    for site in Site.objects.current():
        if site.in_scope != (site in chosen):
            organization.change_site(site, in_scope=site in chosen, by=INSTALLER)


def check_ledger(upload: Any, scale: str) -> ImportBatch:
    """Take a ledger in and compare it; nothing is stored in the register yet.

    Refuses a file without the columns it needs, and one whose scale must be said first.
    """
    batch = _take_in("ledger", upload)
    groups = imports.needed_scales(batch, imports.sheet_of(batch))
    if scale and groups:
        low, high = scale.split("-")
        given = dict.fromkeys(groups, (int(low), int(high)))
        batch = imports.choose(batch, tab=batch.tab, mapping=batch.mapping, scales=given, by=INSTALLER)
    return imports.dry_run(batch, by=INSTALLER)


def apply_ledger(pk: int) -> ImportBatch:
    """Take the rows of a checked ledger in; raises ImportBatch.DoesNotExist for a file of somebody else."""
    batch = ImportBatch.objects.get(pk=pk, sheet=SHEETS["ledger"], owner=None)
    return imports.apply(batch, by=INSTALLER)


def import_file(step: str, upload: Any) -> Report:
    """Take a file in where it is clear; else return what is wrong with it, and nothing is taken in."""
    batch = imports.dry_run(_take_in(step, upload), by=INSTALLER)
    found = imports.report(batch)
    if found.is_clean:
        imports.apply(batch, by=INSTALLER)
    return found


def _take_in(step: str, upload: Any) -> ImportBatch:
    batch = imports.upload(sheet=SHEETS[step], file=upload, file_name=upload.name or "", by=INSTALLER)
    missing = imports.guess(batch).missing
    if missing:
        names = "、".join(str(column.heading) for column in missing)
        raise Refused(
            _("必要な列が見つかりません: %(names)s。見出しを直すか、様式をダウンロードして使ってください。")
            % {"names": names},
            rule="start.columns",
        )
    return batch


def open_accounts() -> list[tuple[Account, str]]:
    """Open an account for every holder of a needed role; return the temporary passwords, shown only now."""
    opened = []
    for person in waiting():
        temporary = passwords.generate(policies.password_rule())
        opened.append((accounts.open_account(person, temporary=Secret(temporary), by=INSTALLER), temporary))
    return opened


def waiting() -> list[Person]:
    """Return the holders of the needed roles who have no account yet, each once."""
    found = {person.pk: person for role in steps.NEEDED for person in steps.missing_accounts(role)}
    return list(found.values())
