"""Accounts: opened, changed, locked and closed by commands, each refusal named."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from sakimori.kernel import hooks
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.models import Entry
from sakimori.kernel.notices.models import Notice
from sakimori.kernel.signin import accounts, credentials, policies, reports, tasks
from sakimori.kernel.signin.models import Account, Session
from sakimori.kernel.signin.secret import Secret
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .conftest import NEXT, PASSWORD, account_of, person

pytestmark = pytest.mark.django_db


def verbs(account: Account) -> list[str]:
    return list(Entry.objects.filter(record_id=account.pk).order_by("id").values_list("verb", flat=True))


def test_an_administrator_opens_an_account_with_a_temporary_password(admin: Account) -> None:
    newcomer = person("小林 茂", "コバヤシ シゲル", "E2001", "kobayashi@example.jp")
    account = accounts.open_account(newcomer, temporary=Secret("Temporary-83-kite"), by=admin.person)
    assert account.must_change
    assert account.person.user is not None
    assert account.person.user.username == "E2001"
    assert account.person.user.check_password("Temporary-83-kite")
    assert verbs(account) == ["account.opened"]


def test_only_administrators_open_accounts(yamada: Account) -> None:
    newcomer = person("小林 茂", "コバヤシ シゲル", "E2001", "kobayashi@example.jp")
    with pytest.raises(NotAllowed) as refused:
        accounts.open_account(newcomer, temporary=Secret("Temporary-83-kite"), by=yamada.person)
    assert refused.value.rule == "access.platform.users"
    assert not Account.objects.filter(person=newcomer).exists()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"left_on": date(2021, 3, 31)}, "account.inactive"),
        ({"email": "YAMADA@example.jp"}, "account.email"),
        ({"email": "", "employee_number": None}, "account.name"),
    ],
)
def test_an_account_is_refused(admin: Account, yamada: Account, change: dict[str, object], rule: str) -> None:
    newcomer = person("小林 茂", "コバヤシ シゲル", "E2001", "kobayashi@example.jp")
    for name, value in change.items():
        setattr(newcomer, name, value)
    newcomer.save()
    with pytest.raises(NotAllowed) as refused:
        accounts.open_account(newcomer, temporary=None, by=admin.person)
    assert refused.value.rule == rule


def test_a_person_has_one_account(admin: Account, yamada: Account) -> None:
    with pytest.raises(NotAllowed) as refused:
        accounts.open_account(yamada.person, temporary=None, by=admin.person)
    assert refused.value.rule == "account.exists"


def test_no_password_enters_the_ledger(yamada: Account, admin: Account) -> None:
    accounts.reset_password(yamada, temporary=Secret("Another-55-Moss"), reason="失念", by=admin.person)
    bodies = " ".join(Entry.objects.values_list("body", flat=True))
    assert "Another-55-Moss" not in bodies
    assert PASSWORD not in bodies
    assert "argon2" not in bodies
    assert "md5$" not in bodies


def test_the_last_ten_passwords_are_refused_and_the_eleventh_is_not(yamada: Account) -> None:
    used = [PASSWORD] + [f"Harbor-{n}7-Quiet{n}" for n in range(10)]
    for password in used[1:]:
        credentials.change_password(yamada, new=Secret(password), by=yamada.person)
    assert policies.password_rule().history == 10
    for password in used[1:]:  # ten of them, the present one included
        with pytest.raises(Invalid):
            credentials.change_password(yamada, new=Secret(password), by=yamada.person)
    credentials.change_password(yamada, new=Secret(used[0]), by=yamada.person)


def test_a_reset_password_counts_as_used(yamada: Account, admin: Account) -> None:
    accounts.reset_password(yamada, temporary=Secret("Another-55-Moss"), reason="失念", by=admin.person)
    with pytest.raises(Invalid):
        credentials.change_password(yamada, new=Secret(PASSWORD), by=yamada.person)


def test_nobody_changes_the_password_of_another(yamada: Account, suzuki: Account) -> None:
    with pytest.raises(NotAllowed) as refused:
        credentials.change_password(yamada, new=Secret(NEXT), by=suzuki.person)
    assert refused.value.rule == "account.own"


def test_a_changed_password_ends_the_duty_to_change(admin: Account) -> None:
    newcomer = account_of(person("小林 茂", "コバヤシ シゲル", "E2001", "k@example.jp"), changed=False)
    assert newcomer in Account.objects.unchanged()
    credentials.change_password(newcomer, new=Secret(NEXT), by=newcomer.person)
    assert newcomer not in Account.objects.unchanged()
    assert newcomer.temporary_until is None


@pytest.mark.parametrize("name", ["reset_password", "disable", "enable", "unlock", "reset_factors"])
def test_every_act_on_an_account_needs_a_reason_and_the_right(
    yamada: Account, suzuki: Account, admin: Account, name: str
) -> None:
    act = getattr(accounts, name)
    extra = {"temporary": Secret("Another-55-Moss")} if name == "reset_password" else {}
    with pytest.raises(Invalid):
        act(yamada, reason=" ", by=admin.person, **extra)
    yamada = Account.objects.get(pk=yamada.pk)
    with pytest.raises(NotAllowed) as refused:
        act(yamada, reason="本人の依頼", by=suzuki.person, **extra)
    assert refused.value.rule == "access.platform.users"


def test_only_the_system_locks(yamada: Account, admin: Account) -> None:
    with pytest.raises(NotAllowed):
        accounts.lock(yamada, by=admin.person)


def test_an_administrator_does_not_unlock_himself(admin: Account) -> None:
    accounts.lock(admin, by=SYSTEM)
    with pytest.raises(NotAllowed) as refused:
        accounts.unlock(admin, reason="自分で確認", by=admin.person)
    assert refused.value.rule == "account.self"


def test_what_is_not_locked_is_not_unlocked(yamada: Account, admin: Account) -> None:
    with pytest.raises(NotAllowed) as refused:
        accounts.unlock(yamada, reason="依頼", by=admin.person)
    assert refused.value.rule == "account.unlocked"


def test_disabling_ends_the_sessions_and_enabling_lets_in_again(yamada: Account, admin: Account) -> None:
    Session.objects.create(account=yamada, key="a" * 32, means="password")
    accounts.disable(yamada, reason="休職", by=admin.person)
    assert not User.objects.get(username="E1001").is_active
    assert not yamada.sessions.exists()
    with pytest.raises(NotAllowed):
        accounts.disable(yamada, reason="休職", by=admin.person)
    accounts.enable(yamada, reason="復職", by=admin.person)
    assert User.objects.get(username="E1001").is_active


def test_who_left_is_not_enabled_again(yamada: Account, admin: Account) -> None:
    accounts.disable(yamada, reason="退職", by=admin.person)
    Person.objects.filter(pk=yamada.person_id).update(left_on=clock.today() - timedelta(days=1))
    with pytest.raises(NotAllowed) as refused:
        accounts.enable(Account.objects.get(pk=yamada.pk), reason="再開", by=admin.person)
    assert refused.value.rule == "account.inactive"


def test_the_account_of_a_person_who_leaves_is_disabled(yamada: Account) -> None:
    leaver = Person.objects.get(pk=yamada.person_id)
    leaver.left_on = clock.today() - timedelta(days=1)
    leaver.save()
    hooks.call("person_leaves", person=leaver)
    assert Account.objects.get(pk=yamada.pk).disabled_at is not None
    assert "account.disabled" in verbs(yamada)


def test_somebody_who_leaves_next_month_keeps_his_account(yamada: Account) -> None:
    leaver = Person.objects.get(pk=yamada.person_id)
    leaver.left_on = clock.today() + timedelta(days=30)
    leaver.save()
    hooks.call("person_leaves", person=leaver)
    assert Account.objects.get(pk=yamada.pk).disabled_at is None


def test_the_accounts_of_people_who_left_are_disabled_every_day(yamada: Account, suzuki: Account) -> None:
    Person.objects.filter(pk=yamada.person_id).update(left_on=clock.today() - timedelta(days=1))
    tasks.daily()
    assert Account.objects.get(pk=yamada.pk).disabled_at is not None
    assert Account.objects.get(pk=suzuki.pk).disabled_at is None


@pytest.mark.parametrize(("fixture", "demanded"), [("yamada", False), ("head", True), ("admin", True)])
def test_roles_demand_a_second_factor(request: pytest.FixtureRequest, fixture: str, demanded: bool) -> None:
    assert accounts.demands_second_factor(request.getfixturevalue(fixture)) is demanded


def test_a_second_factor_can_be_demanded_of_one_person(yamada: Account, admin: Account) -> None:
    accounts.demand_factor(yamada, demanded=True, reason="機密データを扱う", by=admin.person)
    assert accounts.demands_second_factor(yamada)


def test_the_report_names_who_lacks_a_second_factor_and_who_must_have_one(
    yamada: Account, head: Account
) -> None:
    report = reports.today()
    assert [(row.account, row.demanded) for row in report.without_factor] == [(head, True), (yamada, False)]
    assert [row.account for row in report.violating] == [head]


def test_the_report_names_who_still_has_a_temporary_password(yamada: Account) -> None:
    newcomer = account_of(person("小林 茂", "コバヤシ シゲル", "E2001", "k@example.jp"), changed=False)
    assert reports.today().unchanged == [newcomer]


def test_the_owner_is_told_once_before_the_password_expires(yamada: Account) -> None:
    expires = credentials.expires_on(yamada)
    assert expires is not None
    with clock.at(expires - timedelta(days=15)):
        tasks.daily()
    assert not Notice.objects.filter(kind="signin.password_expires").exists()
    with clock.at(expires - timedelta(days=14)):
        tasks.daily()
        tasks.daily()
    told = Notice.objects.get(kind="signin.password_expires")
    assert told.recipient_id == yamada.person_id
