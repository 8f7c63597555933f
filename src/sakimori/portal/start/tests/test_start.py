"""From an empty installation to the first sign-in, as somebody at the console walks it."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from sakimori.domains.assets.models import Asset
from sakimori.domains.organization.models import Scope
from sakimori.kernel.identity.models import Appointment, Company, Department, Person, Site
from sakimori.kernel.ledger import book
from sakimori.kernel.policy.models import ParameterRevision
from sakimori.kernel.signin.models import Account
from sakimori.portal.start import code, steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(settings, tmp_path):
    """The code that the console shows."""
    settings.DATA_DIR = tmp_path
    call_command("setup_code")
    return code.path().read_text()


@pytest.fixture
def client(typed):
    client = Client()
    assert client.post(reverse("start"), {"code": typed.lower().replace("-", " ")}).status_code == 302
    return client


def text(answer, status=200):
    assert answer.status_code == status, answer
    return answer.content.decode()


def do(client, step, form, **values):
    data = {"form": form} | {f"{form}-{name}": value for name, value in values.items()}
    return client.post(reverse("start-step", args=[step]), data, follow=True)


def workbook(tmp_path, *rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "名簿.xlsx")
    return SimpleUploadedFile("名簿.xlsx", (tmp_path / "名簿.xlsx").read_bytes())


class TestCode:
    def test_every_page_of_an_empty_installation_leads_to_it(self, typed):
        for path in ("/", "/signin/login/", "/registers/people/"):
            assert Client().get(path)["Location"] == reverse("start")
        assert "設定コード" in text(Client().get(reverse("start")))

    def test_a_stranger_without_it_gets_nowhere(self, typed):
        stranger = Client()
        assert "設定コードが違います" in text(stranger.post(reverse("start"), {"code": "AAAA"}), 422)
        answer = stranger.post(
            reverse("start-step", args=["company"]), {"form": "company", "company-name": "乗っ取り"}
        )
        assert answer["Location"] == reverse("start") and Company.here() is None

    def test_lies_where_only_the_server_reads_it(self, typed):
        assert code.path().stat().st_mode & 0o077 == 0
        assert re.fullmatch(r"(?:[2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}", typed)

    def test_is_not_made_where_somebody_can_sign_in(self, settings, tmp_path, cast):
        settings.DATA_DIR = tmp_path
        Account.objects.create(person=cast.ueno, owner=cast.ueno)
        call_command("setup_code")
        assert not code.is_open()
        assert Client().get(reverse("start")).status_code == 404


def test_each_step_can_be_left_and_resumed(client, typed):
    assert steps.next_step() == "company"
    do(client, "company", "company", name="さくら精機株式会社")
    later = Client()
    assert later.post(reverse("start"), {"code": typed})["Location"].endswith("/parameters/")
    assert "さくら精機株式会社" in text(later.get(reverse("start-step", args=["company"])))


def test_a_faulty_file_is_told_cell_by_cell_and_nothing_is_taken_in(client, tmp_path):
    upload = workbook(tmp_path, ["社員番号", "氏名", "部署"], ["1", "青木 誠", "無い部"])
    answer = client.post(reverse("start-step", args=["people"]), {"form": "file", "file": upload})
    assert "無い部" in text(answer, 422) and not Person.objects.exists()


def test_the_walk_from_nothing_to_the_first_sign_in(client, tmp_path):
    do(client, "company", "company", name="さくら精機株式会社", representative="青木 誠")
    assert "parameters" in do(client, "company", "company", name="さくら精機株式会社").redirect_chain[-1][0]
    do(client, "parameters", "parameters", preset="regulations")
    assert ParameterRevision.objects.exists()
    do(client, "units", "site", name="本社")
    do(client, "units", "department", code="KEI", name="経営")
    do(client, "units", "department", code="SYS", name="情報システム部")
    upload = workbook(
        tmp_path, ["社員No", "名前", "所属", "雇用区分", "入社日"], ["1001", "青木 誠", "経営", "役員", "平成20年4月1日"],
        ["1002", "石田 隆", "経営", "役員", "2010/4/1"], ["1003", "上野 真理", "情報システム部", "正社員", ""],
        ["1004", "久保 翔", "情報システム部", "正社員", ""],
    )  # fmt: skip
    answer = client.post(
        reverse("start-step", args=["people"]), {"form": "file", "file": upload}, follow=True
    )
    assert "4件を取り込みました" in text(answer)
    people = {person.employee_number: person.pk for person in Person.objects.all()}
    do(client, "roles", "head", unit=Department.objects.get(code="KEI").pk, head=people["1001"])

    def appoint(role, number):
        return do(client, "roles", "role", role=role, person=people[number], starts_on="2026-04-01")

    assert "役員だけです" in text(appoint("committee_chair", "1003"), 422)
    for role, number in (("president", "1001"), ("committee_chair", "1002"), ("security_office", "1003")):
        appoint(role, number)
    assert "兼任できません" in text(appoint("platform_administrator", "1003"), 422)
    appoint("platform_administrator", "1004")
    made = Appointment.objects.get(role="president")
    entry = book.history(made)[0]
    assert entry.actor_label == "システム（初期設定）" and "承認できる人がまだいない" in entry.reason

    assert steps.next_step() == "scope"
    views = dict.fromkeys(("business", "organization", "location", "assets", "technology"), "本社の全業務")
    inside = [Department.objects.get(code="KEI").pk]
    assert "適用範囲を書く" in text(do(client, "scope", "scope", **views | {"location": ""}), 422)
    do(
        client,
        "scope",
        "scope",
        **views,
        departments=inside,
        sites=[Site.objects.get().pk],
        systems="基幹\n会計",
    )
    assert (Scope.objects.get().systems, Scope.objects.get().status) == (["基幹", "会計"], "draft")
    assert list(Department.objects.order_by("code").values_list("in_scope", flat=True)) == [True, False]
    take_the_ledger_in(client, tmp_path)

    assert client.post(reverse("start-finish"))["Location"].endswith("/accounts/")
    page = text(client.post(reverse("start-step", args=["accounts"]), {"form": "accounts"}))
    secrets = re.findall(r'start-secret">([^<]+)<', page)
    assert len(secrets) == Account.objects.count() == 4
    assert secrets[0] not in text(client.get(reverse("start-step", args=["accounts"])))
    assert "済みました" in text(appoint("incident_manager", "1003"), 422)

    assert client.post(reverse("start-finish"))["Location"] == reverse("account_login")
    assert not code.is_open() and client.get(reverse("start")).status_code == 404
    login = Client().post(reverse("account_login"), {"login": "1003", "password": page_secret(page, "1003")})
    assert login.status_code == 302


def take_the_ledger_in(client, tmp_path):
    """Check a ledger with a fault, the same without it, and take exactly that in."""
    assert steps.next_step() == "ledger"
    url = reverse("start-step", args=["ledger"])
    headings = ["No.", "情報資産名称", "管理部署", "機密性", "完全性", "可用性"]
    rows = [
        [1, "取締役会議事録", "経営", 3, 2, 1],
        [2, "予算書", "経営", 2, 2, 1],
        [3, "給与台帳", "無い部", 1, 1, 1],
    ]
    faulty = {"form": "file", "file": workbook(tmp_path, headings, *rows), "scale": "1-3"}
    assert "無い部" in text(client.post(url, faulty), 422) and not Asset.objects.exists()
    clean = {"form": "file", "file": workbook(tmp_path, headings, *rows[:2]), "scale": "1-3"}
    assert "2行を読みました。追加 2件" in text(client.post(url, clean)) and not Asset.objects.exists()
    assert "2件の情報資産を取り込みました" in text(client.post(url, {"form": "apply"}, follow=True))
    assert {asset.owner.label for asset in Asset.objects.all()} == {"青木 誠"}
    assert steps.next_step() == "accounts"


def page_secret(page, name):
    row = page.split(f"<code>{name}</code>")[1]
    return html.unescape(re.search(r'start-secret">([^<]+)<', row).group(1))
