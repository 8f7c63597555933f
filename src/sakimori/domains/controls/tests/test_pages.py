"""Every page of this domain, seen by those who may and refused to those who may not."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Standard, Statement, content
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.models import Person
from tests.cast import Cast

from .factories import control_of, decide_all, needed

Enter = Callable[[Person], Client]


@pytest.fixture
def office(as_person: Enter, cast: Cast) -> Client:
    return as_person(cast.ueno)


def page(client: Client, path: str, status: int = 200, **headers: Any) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def approved(draft: Statement, cast: Cast) -> Statement:
    rules.submit_statement(draft, by=cast.ueno)
    application = approvals.Application.objects.filter(subject_id=draft.pk).latest("pk")
    for person in (cast.ono, cast.aoki):
        approvals.decide(application, decision="approve", by=person)
    return Statement.objects.get(pk=draft.pk)


def test_the_tree_shows_areas_objectives_and_controls_to_every_employee(
    draft: Statement, as_person: Enter, cast: Cast
) -> None:
    text = page(as_person(cast.kato), f"/controls/standards/{draft.standard_id}/")
    assert all(word in text for word in ("方針", "方向づけ", "A.5.1.1", "証跡なし", "規程なし", "手順なし"))
    assert f"/controls/statements/{draft.pk}/" not in text  # statements are not for everyone


@pytest.mark.requirement("OPS-003")
def test_the_tree_shows_the_rule_section_per_control_and_lists_those_without(
    draft: Statement, office: Client, cast: Cast
) -> None:
    rules.name_article(control_of(draft.standard, "A.5.1.1"), article="運用規定 5.1", by=cast.ueno)
    whole = page(office, f"/controls/standards/{draft.standard_id}/")
    assert "運用規定 5.1" in whole
    without = page(office, f"/controls/standards/{draft.standard_id}/?only=no_article")
    assert "A.5.1.2" in without
    assert "A.5.1.1" not in without


def test_the_tree_takes_the_same_number_of_queries_for_any_standard(
    cast: Cast, office: Client, django_assert_max_num_queries: Any
) -> None:
    rules.install_shipped()
    standard = Standard.objects.get(slug="isms-v2-2003")
    office.get("/controls/")
    with django_assert_max_num_queries(30):
        page(office, f"/controls/standards/{standard.pk}/")


def test_the_page_of_a_control_tells_needs_proof_neighbours_and_statements(
    draft: Statement, office: Client, cast: Cast
) -> None:
    control = control_of(draft.standard, "A.5.1.1")
    item = needed(control, blocking=True)
    rules.record_test(
        control=control, method="抜取り", measured="10件中10件", result="effective", by=cast.ueno
    )
    text = page(office, f"/controls/control/{control.pk}/")
    assert all(
        word in text for word in (item.cause.number, "受容水準を超える", "抜取り", draft.label, "1件、")
    )


@pytest.mark.parametrize("tab", ["evidence", "comments", "history"])
def test_controls_and_statements_have_the_tabs_that_every_record_has(
    draft: Statement, office: Client, tab: str
) -> None:
    control = control_of(draft.standard, "A.5.1.1")
    for address in (f"/controls/control/{control.pk}/", f"/controls/statements/{draft.pk}/"):
        assert f"?tab={tab}" in page(office, address)
        page(office, f"{address}?tab={tab}")


@pytest.mark.parametrize(
    ("act", "data", "seen"),
    [
        ("article", {"article": "規程 7.2", "procedure": "手順 3"}, "規程 7.2"),
        ("test", {"method": "抜取り", "measured": "良", "result": "effective", "decision": "keep"}, "抜取り"),
        ("ground", {"reason": "law", "name": "不正競争防止法"}, "不正競争防止法"),
    ],
)
def test_the_office_acts_on_a_control(
    draft: Statement, office: Client, act: str, data: dict[str, str], seen: str
) -> None:
    control = control_of(draft.standard, "A.5.1.1")
    assert office.get(f"/controls/control/{control.pk}/{act}/").status_code == 200
    assert office.post(f"/controls/control/{control.pk}/{act}/", data).status_code == 302
    assert seen in page(office, f"/controls/control/{control.pk}/")


def test_a_refused_act_says_what_to_do(draft: Statement, office: Client) -> None:
    control = control_of(draft.standard, "A.5.1.1")
    data = {"method": "抜取り", "measured": "x", "result": "ineffective", "decision": "keep"}
    response = office.post(f"/controls/control/{control.pk}/test/", data)
    assert response.status_code == 422
    assert "見直しまたは廃止" in response.content.decode()


def test_an_employee_neither_acts_on_a_control_nor_opens_a_statement(
    draft: Statement, as_person: Enter, cast: Cast
) -> None:
    client = as_person(cast.kato)
    control = control_of(draft.standard, "A.5.1.1")
    assert client.post(f"/controls/control/{control.pk}/article/", {"article": "x"}).status_code == 403
    assert client.get(f"/controls/statements/{draft.pk}/").status_code == 404
    assert client.get(f"/controls/statements/{draft.pk}/sheet/").status_code == 404
    assert client.get("/controls/import/").status_code == 403


def test_an_auditor_reads_a_draft_and_changes_nothing(draft: Statement, as_person: Enter, cast: Cast) -> None:
    client = as_person(cast.sato)
    text = page(client, f"/controls/statements/{draft.pk}/")
    assert "提出する" not in text
    row = f"/controls/statements/{draft.pk}/rows/{control_of(draft.standard, 'A.5.1.1').pk}/"
    assert client.get(row).status_code == 403
    assert client.post(f"/controls/statements/{draft.pk}/fill/").status_code == 403


def test_a_row_is_decided_on_a_page_of_its_own_without_javascript(draft: Statement, office: Client) -> None:
    control = control_of(draft.standard, "A.5.1.1")
    address = f"/controls/statements/{draft.pk}/rows/{control.pk}/"
    assert "<html" in page(office, address)
    data = {"applicable": "yes", "reasons": ["risk", "law"], "reason": "法令対応"}
    assert office.post(address, data).status_code == 302
    row = draft.rows.get(control=control)
    assert (row.applicable, row.reasons, row.reason) == (True, ["risk", "law"], "法令対応")


def test_a_row_is_decided_in_its_place_and_moves_the_progress(draft: Statement, office: Client) -> None:
    control = control_of(draft.standard, "A.5.1.1")
    address = f"/controls/statements/{draft.pk}/rows/{control.pk}/"
    assert "<html" not in page(office, address, **{"HX-Request": "true"})
    data = {"applicable": "no", "reason": "対象なし", "impact": ""}
    wrong = office.post(address, data, headers={"HX-Request": "true"})
    assert "根拠を入力してください" in wrong.content.decode()
    data["impact"] = "影響しない"
    right = office.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert f'id="row-{control.pk}"' in right
    assert "2／4" in right


def test_the_second_of_two_people_deciding_one_row_is_told_and_overwrites_nothing(
    draft: Statement, office: Client, cast: Cast
) -> None:
    control = control_of(draft.standard, "A.5.1.1")
    address = f"/controls/statements/{draft.pk}/rows/{control.pk}/"
    seen = draft.rows.get(control=control).digest
    rules.decide_row(draft, control=control, applicable=True, reasons=["law"], reason="先の人", by=cast.ueno)
    response = office.post(
        address, {"applicable": "yes", "reasons": "risk", "reason": "後の人", "seen": seen}
    )
    assert "他の人が先に決めました" in response.content.decode()
    assert draft.rows.get(control=control).reason == "先の人"


def test_the_second_of_two_people_changing_a_control_is_told(
    draft: Statement, office: Client, cast: Cast
) -> None:
    control = control_of(draft.standard, "A.5.1.1")
    data = {"article": "後の人", "revision": str(control.revision)}
    rules.name_article(control, article="先の人", by=cast.ueno)
    response = office.post(f"/controls/control/{control.pk}/article/", data)
    assert "他の人が先に変更しました" in response.content.decode()
    assert control_of(draft.standard, "A.5.1.1").article == "先の人"


def test_many_rows_are_decided_with_one_reason(draft: Statement, office: Client) -> None:
    chosen = [control_of(draft.standard, f"A.5.1.{n}").pk for n in (1, 2)]
    data = {"row": chosen, "applicable": "yes", "reasons": "practice", "reason": "基本の対策"}
    response = office.post(f"/controls/statements/{draft.pk}/decide/", data, follow=True)
    assert "2件の採否を決定しました" in response.content.decode()
    assert draft.rows.filter(reason="基本の対策").count() == 2


@pytest.mark.parametrize("data", [{}, {"row": ["x"]}])
def test_a_bulk_decision_without_rows_changes_nothing(draft: Statement, office: Client, data: Any) -> None:
    response = office.post(f"/controls/statements/{draft.pk}/decide/", data, follow=True)
    assert "行を選んでから" in response.content.decode()


def test_a_refused_bulk_decision_changes_nothing_and_names_the_row(draft: Statement, office: Client) -> None:
    needed(control_of(draft.standard, "A.5.1.2"), blocking=True)
    chosen = [control_of(draft.standard, f"A.5.1.{n}").pk for n in (1, 2)]
    data = {"row": chosen, "applicable": "no", "reason": "対象なし", "impact": "なし"}
    text = office.post(f"/controls/statements/{draft.pk}/decide/", data, follow=True).content.decode()
    assert "一件も変更していません" in text
    assert "A.5.1.2" in text
    assert draft.rows.filter(applicable=None).count() == 3


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("show=undecided", "A.5.1.1"),
        ("show=excluded", ""),
        ("q=管理策2", "A.5.1.2"),
        ("area=A.5 方針", "A.5.1.1"),
    ],
)
def test_the_work_page_is_narrowed(draft: Statement, office: Client, query: str, shown: str) -> None:
    text = page(
        office, f"/controls/statements/{draft.pk}/?{query}", **{"HX-Request": "true", "HX-Target": "rows"}
    )
    assert "<html" not in text
    assert shown in text
    assert 'id="row-' in text or not shown


def test_the_work_page_takes_the_same_number_of_queries_for_4_and_for_114_rows(
    draft: Statement, office: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    rules.install_shipped()
    large = rules.start_statement(standard=Standard.objects.get(slug="iso27001-2013"), by=cast.ueno)
    for statement in (draft, large):
        office.get("/controls/")
        with django_assert_max_num_queries(32):
            page(office, f"/controls/statements/{statement.pk}/")


@pytest.mark.requirement("V20-025")
def test_the_submit_page_lists_what_is_missing_and_refuses(draft: Statement, office: Client) -> None:
    address = f"/controls/statements/{draft.pk}/submit/"
    text = page(office, address)
    assert text.count("採否が決まっていません") == 3
    assert "disabled" in text
    response = office.post(address, {"change_summary": ""})
    assert response.status_code == 422
    assert "3件" in response.content.decode()


def test_submitting_freezes_the_page(draft: Statement, office: Client) -> None:
    decide_all(draft)
    office.post(f"/controls/statements/{draft.pk}/submit/", {"change_summary": "初版"})
    text = page(office, f"/controls/statements/{draft.pk}/")
    assert Statement.objects.get(pk=draft.pk).frozen_hash in text
    assert "自動記入" not in text


def test_filling_from_the_page_tells_how_many(draft: Statement, office: Client) -> None:
    needed(control_of(draft.standard, "A.5.1.1"))
    text = office.post(f"/controls/statements/{draft.pk}/fill/", follow=True).content.decode()
    assert "1件を自動記入しました。残りの未決定は2件" in text


def test_the_difference_page_shows_what_a_version_changed(
    draft: Statement, office: Client, cast: Cast
) -> None:
    decide_all(draft)
    first = approved(draft, cast)
    second = rules.start_statement(standard=draft.standard, by=cast.ueno)
    control = control_of(draft.standard, "A.5.1.1")
    rules.decide_row(second, control=control, applicable=False, reason="廃止", impact="なし", by=cast.ueno)
    text = page(office, f"/controls/statements/{second.pk}/difference/{first.pk}/")
    assert "A.5.1.1" in text
    assert "A.5.1.2" not in text
    assert "<del>採用</del>" in text
    assert "<ins>除外</ins>" in text


# --- Excel -----------------------------------------------------------------------------------------------------------


def exported(office: Client, statement: Statement) -> openpyxl.Workbook:
    response = office.get(f"/controls/statements/{statement.pk}/sheet/")
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.content))


def taken(office: Client, statement: Statement, book: openpyxl.Workbook) -> str:
    target = io.BytesIO()
    book.save(target)
    upload = SimpleUploadedFile("soa.xlsx", target.getvalue())
    response = office.post(f"/controls/statements/{statement.pk}/take-over/", {"file": upload}, follow=True)
    return response.content.decode()


def fill_sheet(book: openpyxl.Workbook, **changes: str) -> Any:
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in range(3, 6):
        values = {
            "採否": "採用",
            "理由区分": "リスク・法令",
            "理由": f"理由{row}",
            "規程条項": f"{row}条",
        } | changes
        for head, value in values.items():
            sheet.cell(row, heads[head]).value = value
    return sheet


def test_a_statement_filled_in_excel_comes_back_whole(draft: Statement, office: Client) -> None:
    book = exported(office, draft)
    assert [cell.value for cell in book.worksheets[0][1]] == [
        "項番", "管理策", "採否", "理由区分", "理由", "除外の影響判断", "リスク番号", "実施状況", "規程条項", "証跡",
    ]  # fmt: skip
    fill_sheet(book)
    assert "4件を取り込みました" in taken(office, draft, book)
    line = content.lines(draft)[1]
    assert (line.row.applicable, line.row.reasons, line.row.reason) == (True, ["risk", "law"], "理由3")
    assert line.control.article == "3条"


def test_what_was_exported_comes_back_without_a_change(draft: Statement, office: Client) -> None:
    decide_all(draft, reasons=("risk", "practice"))
    before = [(r.control_id, r.applicable, r.reasons, r.reason) for r in draft.rows.order_by("pk")]
    taken(office, draft, exported(office, draft))
    assert [(r.control_id, r.applicable, r.reasons, r.reason) for r in draft.rows.order_by("pk")] == before


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("採否", "たぶん", "採否は「採用」か「除外」"),
        ("理由区分", "気分", "知らない区分"),
        ("理由", None, "理由を入力"),
        ("項番", "Z.9", "この適用宣言書にありません"),
        ("項番", "A.5.1.2", "行目にもあります"),
        ("採否", "除外", "根拠を入力"),
    ],
)
def test_one_wrong_row_stops_the_whole_sheet_and_is_named(
    draft: Statement, office: Client, column: str, value: str | None, told: str
) -> None:
    book = exported(office, draft)
    sheet = fill_sheet(book)
    heads = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(5, heads[column]).value = value
    text = taken(office, draft, book)
    assert told in text
    assert "5行目" in text
    assert draft.rows.filter(applicable=None).count() == 3


def test_a_clause_excluded_in_excel_is_refused(draft: Statement, office: Client) -> None:
    book = exported(office, draft)
    sheet = fill_sheet(book)
    heads = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, heads["採否"]).value = "除外"
    assert "適用除外にできません" in taken(office, draft, book)
    assert draft.rows.filter(applicable=None).count() == 3


def test_a_file_that_is_no_table_is_refused(draft: Statement, office: Client) -> None:
    upload = SimpleUploadedFile("soa.xlsx", b"%PDF-1.7")
    response = office.post(f"/controls/statements/{draft.pk}/take-over/", {"file": upload})
    assert response.status_code == 422
    assert "PDF" in response.content.decode()


# --- paper and OSCAL --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF"), ("docx", b"PK")])
def test_a_statement_is_printed(
    draft: Statement, office: Client, cast: Cast, form: str, start: bytes
) -> None:
    decide_all(draft)
    statement = approved(draft, cast)
    response = office.get(f"/controls/statements/{statement.pk}/paper.{form}")
    assert response.status_code == 200
    assert response.content.startswith(start)
    assert office.get(f"/controls/statements/{statement.pk}/paper.txt").status_code == 404


def test_a_statement_goes_out_as_a_component_definition(draft: Statement, office: Client) -> None:
    decide_all(draft)
    data = json.loads(office.get(f"/controls/statements/{draft.pk}/oscal.json").content)
    stated = data["component-definition"]["components"][0]["control-implementations"][0]
    assert [row["control-id"] for row in stated["implemented-requirements"]] == [
        "c_4",
        "A.5.1.1",
        "A.5.1.2",
        "A.5.1.3",
    ]


# --- other catalogues -------------------------------------------------------------------------------------------------

LIBRARY = """
urn: urn:example:risk:library:mini
locale: en
ref_id: MINI
name: Mini
version: 1
objects:
  framework:
    urn: urn:example:risk:framework:mini
    ref_id: MINI
    name: Mini framework
    requirement_nodes:
    - {urn: "urn:example:n:1", assessable: false, depth: 1, ref_id: "1", name: Basics}
    - {urn: "urn:example:n:1.1", parent_urn: "urn:Example:n:1", assessable: true, depth: 2, ref_id: "1.1", name: Locks}
"""


def test_a_catalogue_is_previewed_before_it_is_taken_over(office: Client, cast: Cast) -> None:
    upload = SimpleUploadedFile("mini.yaml", LIBRARY.encode())
    response = office.post("/controls/import/", {"file": upload})
    assert response.status_code == 302
    text = page(office, response.url)
    assert "Locks" in text
    assert not Standard.objects.filter(slug="urn:example:risk:framework:mini").exists()
    done = office.post(response.url, follow=True).content.decode()
    assert "を取り込みました" in done
    standard = Standard.objects.get(slug="urn:example:risk:framework:mini")
    assert [c.ref for c in standard.controls.order_by("position")] == ["1", "1.1"]
    again = office.post(response.url)
    assert again.status_code == 422
    assert "登録済み" in again.content.decode()


def test_a_broken_catalogue_is_refused_with_its_place(office: Client, cast: Cast) -> None:
    upload = SimpleUploadedFile("x.yaml", LIBRARY.replace("urn:Example:n:1", "urn:none").encode())
    response = office.post("/controls/import/", {"file": upload})
    assert response.status_code == 422
    assert "2件目" in response.content.decode()
    assert office.get(f"/controls/import/{'0' * 64}/").status_code == 404
