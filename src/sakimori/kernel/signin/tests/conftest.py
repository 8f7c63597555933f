"""The cast of these tests: an employee, a head of department and an administrator, each with an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Appointment, Department, Person
from sakimori.kernel.signin import accounts, credentials
from sakimori.kernel.signin.models import Account
from sakimori.kernel.signin.secret import Secret

PASSWORD = "Kettle-47-harbor"
NEXT = "Lantern_92-quiet"


def person(name: str, kana: str, number: str, mail: str, **more: object) -> Person:
    row = Person(name=name, kana=kana, employee_number=number, email=mail, joined_on=date(2020, 4, 1), **more)
    row.save()
    return row


def account_of(owner: Person, *, changed: bool = True) -> Account:
    """Open an account; with ``changed`` its owner has already replaced the temporary password by PASSWORD."""
    temporary = "Temporary-83-kite"
    account = accounts.open_account(owner, temporary=Secret(temporary), by=SYSTEM)
    account = Account.objects.get(pk=account.pk)
    if changed:
        credentials.change_password(account, new=Secret(PASSWORD), by=account.person)
    return Account.objects.select_related("person").get(pk=account.pk)


def appoint(owner: Person, role: str) -> None:
    Appointment(person=owner, role=role, starts_on=date(2024, 4, 1)).save()
    owner.forget_roles()


@pytest.fixture
def sales(db: None) -> Department:
    row = Department(code="SAL", name="営業部")
    row.save()
    return row


@pytest.fixture
def yamada(sales: Department) -> Account:
    """An employee without any role that demands a second factor."""
    return account_of(person("山田 太郎", "ヤマダ タロウ", "E1001", "yamada@example.jp", department=sales))


@pytest.fixture
def suzuki(sales: Department) -> Account:
    return account_of(person("鈴木 花子", "スズキ ハナコ", "E1002", "suzuki@example.jp", department=sales))


@pytest.fixture
def head(sales: Department) -> Account:
    """The head of sales: a role with mandatory second factor."""
    account = account_of(person("佐藤 一郎", "サトウ イチロウ", "E1003", "sato@example.jp", department=sales))
    sales.head = account.person
    sales.save()
    return account


@pytest.fixture
def admin(db: None) -> Account:
    """製品管理者."""
    account = account_of(person("高橋 誠", "タカハシ マコト", "E1009", "takahashi@example.jp"))
    appoint(account.person, "platform_administrator")
    return account


@pytest.fixture
def office(db: None) -> Person:
    """事務局."""
    row = person("中村 文", "ナカムラ アヤ", "E1010", "nakamura@example.jp")
    appoint(row, "security_office")
    return row


@pytest.fixture
def type_in(client: Client) -> Callable[..., object]:
    """Type a name and a password into the sign-in page, as a visitor with a browser of his own."""

    def send(name: str, password: str, *, browser: Client | None = None, **more: str) -> object:
        return (browser or client).post("/signin/", {"login": name, "password": password, **more})

    return send
