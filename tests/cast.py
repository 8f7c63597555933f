"""The fixed cast: a small company whose people every test knows by name.

``cast`` gives all of them (``cast.ueno``, ``cast.sales``), each person and department is a fixture too, and
``as_person(ueno)`` is a test client signed in as that person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.test import Client

from sakimori.kernel.identity.models import Appointment, Department, Person, Site
from sakimori.kernel.signin.models import Account

SINCE = date(2020, 4, 1)


@dataclass(frozen=True)
class Cast:
    """さくら精機 in small: departments first, then people in the order of their names."""

    head_office: Site
    management: Department
    general_affairs: Department
    sales: Department
    production: Department
    systems: Department
    personnel: Department
    audit_office: Department
    aoki: Person  # 社長
    ishida: Person  # 委員長
    ueno: Person  # 事務局
    eto: Person  # 営業部の部門長
    ono: Person  # 製造部の部門長
    kato: Person  # 営業部の一般社員
    kimura: Person  # 営業部の情報セキュリティ担当者
    kubo: Person  # システム管理者（サーバ管理者）
    kobayashi: Person  # 内部監査責任者
    sato: Person  # 外部審査員
    shimizu: Person  # 人事
    suzuki: Person  # 元社員


_DEPARTMENTS = {
    "management": ("KEI", "経営"),
    "general_affairs": ("SOM", "総務部"),
    "sales": ("EIG", "営業部"),
    "production": ("SEI", "製造部"),
    "systems": ("SYS", "情報システム部"),
    "personnel": ("JIN", "人事部"),
    "audit_office": ("KAN", "内部監査室"),
}
_PEOPLE = {
    # name, kana, department, category, (role, of one's own department only)
    "aoki": ("青木 誠", "アオキ マコト", "management", "officer", ("president", False)),
    "ishida": ("石田 隆", "イシダ タカシ", "management", "officer", ("committee_chair", False)),
    "ueno": ("上野 真理", "ウエノ マリ", "general_affairs", "employee", ("security_office", False)),
    "eto": ("江藤 健", "エトウ ケン", "sales", "employee", None),
    "ono": ("大野 明", "オオノ アキラ", "production", "employee", None),
    "kato": ("加藤 由美", "カトウ ユミ", "sales", "employee", None),
    "kimura": ("木村 浩二", "キムラ コウジ", "sales", "employee", ("security_officer", True)),
    "kubo": ("久保 翔", "クボ ショウ", "systems", "employee", ("server_administrator", False)),
    "kobayashi": (
        "小林 京子",
        "コバヤシ キョウコ",
        "audit_office",
        "employee",
        ("internal_audit_manager", False),
    ),
    "sato": ("佐藤 一郎", "サトウ イチロウ", "", "external", ("external_auditor", False)),
    "shimizu": ("清水 恵", "シミズ メグミ", "personnel", "employee", ("hr", False)),
    "suzuki": ("鈴木 茂", "スズキ シゲル", "sales", "employee", None),
}
_HEADS = {"sales": "eto", "production": "ono"}


def make_cast() -> Cast:
    """Store the cast and return it."""
    office = Site.objects.create(name="本社", address="東京都大田区蒲田", in_scope=True)
    departments = {
        key: Department.objects.create(code=code, name=name, site=office, in_scope=True)
        for key, (code, name) in _DEPARTMENTS.items()
    }
    people = {key: _person(key, departments, office) for key in _PEOPLE}
    for department, head in _HEADS.items():
        departments[department].head = departments[department].owner = people[head]
        departments[department].save()
    Person.objects.filter(pk=people["suzuki"].pk).update(left_on=date(2024, 3, 31))
    people["suzuki"].refresh_from_db()
    return Cast(head_office=office, **departments, **people)


def _person(key: str, departments: dict[str, Department], office: Site) -> Person:
    name, kana, department, category, post = _PEOPLE[key]
    place = departments.get(department)
    user = get_user_model().objects.create(username=key, password=make_password(None))
    person = Person.objects.create(
        name=name,
        kana=kana,
        email=f"{key}@sakura-seiki.example",
        employee_number=f"E-{key}",
        category=category,
        department=place,
        site=office,
        joined_on=SINCE,
        user=user,
    )
    if post is not None:
        role, own = post
        Appointment.objects.create(
            person=person, role=role, department=place if own else None, starts_on=SINCE, owner=person
        )
    return person


@pytest.fixture
def cast(db: None) -> Cast:
    """The whole company."""
    return make_cast()


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """Return a function that gives a client signed in as a person."""

    def enter(person: Person) -> Client:
        Account.objects.get_or_create(person=person, defaults={"must_change": False})
        client = Client(raise_request_exception=True)
        client.force_login(person.user)
        session = client.session
        session["signin.second_factor"] = True  # as after a sign-in with both factors
        session.save()
        return client

    return enter


def _member(name: str) -> Callable[[Cast], object]:
    def member(cast: Cast) -> object:
        return getattr(cast, name)

    member.__doc__ = f"``cast.{name}``."
    return member


for _name in (*_DEPARTMENTS, *_PEOPLE):
    globals()[_name] = pytest.fixture(name=_name)(_member(_name))
