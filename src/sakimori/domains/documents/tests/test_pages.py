"""Every page of the documents, as the people who use it see it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import Document, Edition
from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity.models import Company, Person
from sakimori.lib import clock
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]


@pytest.fixture
def draft(control: Document, cast: Cast, tomorrow: date) -> Edition:
    """A revision that changes one article and one value."""
    edition = rules.propose(document=control, reason="見直しを早める", by=cast.ueno)
    rules.change_value(edition, name="documents.review", value="6か月", by=cast.ueno)
    rules.change_article(edition, key="penalties", title="違反", text="違反した者は処分する。", by=cast.ueno)
    return rules.describe(
        edition, reason="見直しを早める", takes_effect_on=tomorrow, material=True, by=cast.ueno
    )


def put_through(edition: Edition, cast: Cast) -> None:
    rules.submit_edition(edition, by=cast.ueno)
    application = Application.objects.get(form="document-revision", subject_id=edition.pk)
    for person in (cast.ono, cast.ishida):
        approvals.decide(application, decision="approve", by=person)
    with clock.at(clock.now() + timedelta(days=1)):
        rules.take_effect()


@pytest.mark.requirement("REG-193", "V20-047", "V20-054", "V20-055")
def test_an_employee_reads_a_whole_regulation_with_its_values_and_what_it_moves(
    shelf: dict[str, Document], cast: Cast, as_person: SignIn
) -> None:
    client = as_person(cast.kato)
    document = shelf["information-assets"]
    assert document.name in client.get("/documents/").content.decode()
    page = client.get(f"/documents/{document.pk}/").content.decode()
    assert "目次" in page and "第1条（" in page and "{{" not in page and "[[" not in page
    control = as_person(cast.ueno).get(f"/documents/{shelf['document-control'].pk}/").content.decode()
    assert "<small>次回" in control or "文書の見直し" in control
    assert (
        "文書改訂申請書" in control
        and "REG-181" in control
        and "別表「文書の作成・評価・承認・保管」" in control
    )


@pytest.mark.requirement("V20-058", "V20-059")
def test_an_old_edition_is_marked_and_hidden_from_those_who_only_read(
    draft: Edition, cast: Cast, as_person: SignIn
) -> None:
    former = draft.document.current
    assert former is not None
    put_through(draft, cast)
    page = as_person(cast.ueno).get(f"/documents/editions/{former.pk}/").content.decode()
    assert "これは旧版です" in page
    assert as_person(cast.kato).get(f"/documents/editions/{former.pk}/").status_code == 404
    compared = (
        as_person(cast.ueno).get(f"/documents/editions/{draft.pk}/difference/{former.pk}/").content.decode()
    )
    assert "第1版 → 第2版" in compared and "<ins>" in compared and "6か月" in compared
    assert (
        as_person(cast.ueno)
        .get(f"/documents/editions/{draft.pk}/difference/{former.pk}/paper.pdf")
        .content.startswith(b"%PDF")
    )


def test_a_draft_is_worked_on_in_the_browser_and_put_forward(
    control: Document, cast: Cast, as_person: SignIn, tomorrow: date
) -> None:
    client = as_person(cast.ueno)
    client.post(f"/documents/{control.pk}/propose/", {"reason": "直す"})
    edition = Edition.objects.get(status="draft")
    home = f"/documents/editions/{edition.pk}/"
    shown = client.post(
        f"{home}articles/disposal/",
        {"title": "廃棄", "text": "{{documents.review}} ごとに廃棄する。", "preview": "1"},
    )
    assert "1年" in shown.content.decode() and edition.articles.get(key="disposal").title == "文書の廃棄"
    wrong = client.post(f"{home}articles/disposal/", {"title": "廃棄", "text": "{{no.such}}"})
    assert "no.such" in wrong.content.decode() and wrong.status_code == 200
    client.post(f"{home}add/", {"title": "補足", "text": "補足を定める。", "after": "scope"})
    client.post(f"{home}articles/penalties/up/")
    client.post(f"{home}articles/disclosure/remove/")
    assert "期間は1以上" in client.post(f"{home}values/documents.review/", {"value": "0年"}).content.decode()
    client.post(f"{home}values/documents.review/", {"value": "6か月"})
    refused = client.post(f"{home}submit/").content.decode()
    assert "このままでは提出できません" in refused and "施行日を入力" in refused
    client.post(
        f"{home}describe/", {"reason": "早める", "takes_effect_on": tomorrow.isoformat(), "material": "on"}
    )
    page = client.get(f"{home}submit/").content.decode()
    assert "委員会の審議" in page and "期日" in page and "<del>" in page
    client.post(f"{home}submit/")
    edition.refresh_from_db()
    assert edition.status == Edition.Status.DELIBERATION
    assert "提出へ進む" not in client.get(home).content.decode()


def test_who_may_not_draft_reads_a_draft_at_most(draft: Edition, cast: Cast, as_person: SignIn) -> None:
    assert as_person(cast.kato).get(f"/documents/editions/{draft.pk}/").status_code == 404
    answer = as_person(cast.kobayashi).get(f"/documents/editions/{draft.pk}/articles/disposal/")
    assert answer.status_code == 403


def test_an_own_file_is_taken_in_and_its_articles_are_mapped(
    shelf: dict[str, Document], cast: Cast, as_person: SignIn
) -> None:
    document = docx.Document()
    for text in (
        "就業規則",
        "第1条（文書の廃棄）文書を廃棄するときは、承認を受ける。",
        "第2条（雑則）別に定める。",
    ):
        document.add_paragraph(text)
    file = io.BytesIO()
    document.save(file)
    client = as_person(cast.ueno)
    asked = {
        "code": "X-1", "name": "就業規則", "level": "regulation", "keeper": "hr", "reason": "取込み",
        "above": shelf["security-policy"].pk,
    }  # fmt: skip
    bad = SimpleUploadedFile("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert "パスワード" in client.post("/documents/import/", {**asked, "file": bad}).content.decode()
    assert not Document.objects.filter(code="X-1").exists()
    good = SimpleUploadedFile("a.docx", file.getvalue())
    answer = client.post("/documents/import/", {**asked, "file": good}, follow=True)
    edition = Edition.objects.get(document__code="X-1")
    assert "文書管理規程「文書の廃棄」" in answer.content.decode()
    client.post(f"/documents/editions/{edition.pk}/mapping/", {"carries-own-1": "document-control/disposal"})
    assert edition.articles.get(key="own-1").carries == ["document-control/disposal"]


@pytest.mark.requirement("OPS-001", "OPS-002", "V20-055")
def test_a_document_is_printed_in_house_form_and_the_set_as_one_file(
    draft: Edition, cast: Cast, as_person: SignIn
) -> None:
    put_through(draft, cast)
    copy = rules.place_copy(document=draft.document, place="守衛室", holder=cast.kubo, by=cast.ueno)
    client = as_person(cast.ueno)
    word = docx.Document(
        io.BytesIO(client.get(f"/documents/editions/{draft.pk}/paper.docx?copy={copy.pk}").content)
    )
    head = "".join(p.text for p in word.sections[0].header.paragraphs)
    assert draft.document.code in head and "第2版" in head and "配付番号：1" in head
    body = "\n".join(p.text for p in word.paragraphs)
    assert "改訂履歴" in body and "第1条（" in body
    boxes = {cell.text for cell in word.tables[0]._cells}
    assert {"作成", "評価", "承認"} <= boxes and any(cast.ishida.name in text for text in boxes)
    history = [[cell.text for cell in row.cells] for row in word.tables[1].rows]
    assert [row[0] for row in history[1:]] == ["第1版", "第2版"]
    archive = zipfile.ZipFile(io.BytesIO(client.get("/documents/set.zip").content))
    assert len(archive.namelist()) == Document.objects.in_force().count() + 1
    assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist() if name.endswith(".pdf"))


@pytest.mark.requirement("REG-023", "PRC-006", "REG-015")
def test_only_the_basic_policy_is_shown_to_the_public(shelf: dict[str, Document], client: Client) -> None:
    Company.objects.create(name="さくら精機株式会社", representative="青木 誠")
    page = client.get("/documents/public/")
    assert page.status_code == 200
    assert shelf["basic-policy"].name in page.content.decode() and "青木 誠" in page.content.decode()
    assert client.get(f"/documents/{shelf['basic-policy'].pk}/").status_code == 302
    Document.objects.filter(pk=shelf["basic-policy"].pk).update(public=False)
    assert shelf["basic-policy"].name not in client.get("/documents/public/").content.decode()


def test_the_office_takes_over_what_is_missing_of_the_shipped_set(
    shelf: dict[str, Document], cast: Cast, as_person: SignIn
) -> None:
    assert "まだ採用していません" not in as_person(cast.kato).get("/documents/").content.decode()
    assert as_person(cast.kato).post("/documents/install/").status_code == 403
    client = as_person(cast.ueno)
    assert "まだ採用していません" in client.get("/documents/").content.decode()
    client.post("/documents/install/")
    assert not rules.missing_shipped()
    orphans = Document.objects.exclude(level="basic_policy").filter(above=None)
    assert not orphans.exists()
    assert all(row.current and row.current.articles.exists() for row in Document.objects.all())
