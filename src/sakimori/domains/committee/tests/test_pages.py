"""Every page of the committee, as the people who use it see it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import workbook

from sakimori.domains.committee import rules
from sakimori.domains.committee.models import Decision, Meeting
from sakimori.domains.committee.register import DECISIONS
from sakimori.kernel.exchange import imports
from sakimori.kernel.identity.models import Person
from sakimori.kernel.obligations.obligations import Occurrence
from sakimori.lib import clock
from sakimori.lib.errors import Invalid
from tests.cast import Cast

from .conftest import TODAY, Hold, noted

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]


def typed(meeting: Meeting, **special: str) -> dict[str, object]:
    """Return the page of minutes as somebody typed it."""
    data: dict[str, object] = {"revision": meeting.revision, "remarks": "次回は七月"}
    for item in meeting.items.all():
        data |= {f"discussion-{item.pk}": "報告を受けた。", f"outcome-{item.pk}": "noted"}
    return data | special


@pytest.mark.requirement("PRC-010", "PRC-011", "V20-104")
def test_the_committee_page_shows_members_meetings_decisions_and_open_items_under_the_eight_duties(
    planned: Meeting, seated: Cast, as_person: SignIn
) -> None:
    rules.put_forward(name="取引先での漏えい", explanation="対応を話し合う", by=seated.eto)
    page = as_person(seated.eto).get("/committee/").content.decode()
    for duty in ("リスク対応計画の策定", "実行体制の構築", "管理策の実施", "教育・訓練", "運用の管理", "経営資源の管理",
                 "事象・インシデントの管理", "関連当局との連絡"):  # fmt: skip
        assert duty in page
    for words in (seated.ishida.name, planned.title(), "取引先での漏えい", "定足数 3 名", "開催 3か月 ごと"):
        assert words in page
    assert as_person(seated.kato).get("/committee/").status_code == 403


@pytest.mark.requirement("REG-051")
def test_the_office_picks_orders_and_adds_the_agenda_and_convenes(
    planned: Meeting, seated: Cast, as_person: SignIn
) -> None:
    topic = rules.put_forward(name="取引先での漏えい", explanation="対応を話し合う", by=seated.eto)
    client, url = as_person(seated.ueno), f"/committee/meetings/{planned.pk}/agenda/"
    key = next(one.key for one in rules.proposals(TODAY) if one.record and one.record.pk == topic.pk)
    assert key in client.get(url).content.decode()
    client.post(url + "take/", {"key": [key]})
    client.post(url + "add/", {"name": "入退室の方法", "task": "運用の管理"})
    last = planned.items.last()
    client.post(url + "up/", {"item": last.pk})
    assert [item.name for item in planned.items.all()][3:] == ["入退室の方法", "取引先での漏えい"]
    client.post(url + "drop/", {"item": last.pk})
    assert (
        "もう残っていません"
        in client.post(url + "take/", {"key": ["topics|0|なし"]}, follow=True).content.decode()
    )
    assert as_person(seated.eto).post(url + "add/", {"name": "横から"}).status_code == 403
    form = f"/registers/meetings/{planned.pk}/do/meeting.convened/"
    client.post(form, {"reason": "", "revision": Meeting.objects.get(pk=planned.pk).revision})
    assert "招集済み" in as_person(seated.eto).get(f"/committee/meetings/{planned.pk}/").content.decode()


def test_minutes_on_one_page_lose_nothing_when_refused_or_when_two_write(
    planned: Meeting, hold: Hold, seated: Cast, as_person: SignIn
) -> None:
    hold(planned)
    url = f"/committee/meetings/{planned.pk}/minutes/"
    first = planned.items.first()
    with clock.at(planned.held_on):
        client = as_person(seated.ueno)
        wrong = {f"outcome-{first.pk}": "decided", f"discussion-{first.pk}": "長く話し合った"}
        answer = client.post(url, typed(planned, **wrong))
        page = answer.content.decode()
        assert (
            answer.status_code == 409 and "決定の内容を入力してください" in page and "長く話し合った" in page
        )
        stale = typed(planned, **{f"discussion-{first.pk}": "後から書いた人の文"})
        assert client.post(url, typed(planned)).status_code == 302
        answer = client.post(url, stale)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "後から書いた人の文" in page and "保存されている審議" in page and "報告を受けた。" in page
        planned.refresh_from_db()
        again = stale | {"revision": planned.revision, "motion": "緊急の動議", "finish": "1"}
        assert client.post(url, again).url == url
    assert planned.items.last().name == "緊急の動議"
    first.refresh_from_db()
    assert first.discussion == "後から書いた人の文"


def test_the_chair_finds_attendance_minutes_and_confirmation_and_the_quorum_is_counted(
    planned: Meeting, seated: Cast, as_person: SignIn
) -> None:
    rules.convene(planned, by=seated.ueno)
    with clock.at(planned.held_on):
        office = as_person(seated.ueno)
        url = f"/committee/meetings/{planned.pk}/attendance/"
        assert "3 名の出席で成立" in office.get(url).content.decode()
        came = {f"present-{p.pk}": "on" for p in (seated.ishida, seated.eto)}
        page = office.post(url, came | {f"note-{seated.ono.pk}": "出張"}, follow=True).content.decode()
        assert "流会" in page and "出張" in page


@pytest.mark.requirement("REG-051", "V20-104")
def test_minutes_are_printed_in_house_form_with_the_boxes_of_who_prepared_and_confirmed(
    planned: Meeting, hold: Hold, seated: Cast, as_person: SignIn
) -> None:
    hold(planned)
    decided = {"outcome": "decided", "content": "VPN装置を更新する", "responsible": seated.kubo.pk}
    with clock.at(planned.held_on):
        rules.write_minutes(planned, entries=noted(planned, n1=decided), by=seated.ueno)
        rules.finish_minutes(planned, by=seated.ueno)
        rules.confirm_minutes(planned, by=seated.ishida)
    client = as_person(seated.aoki)
    answer = client.get(f"/committee/meetings/{planned.pk}/paper.docx")
    document = docx.Document(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(p.text for p in document.paragraphs), *cells])
    for words in (
        "議事録",
        "VPN装置を更新する",
        seated.kubo.name,
        seated.ueno.name,
        seated.ishida.name,
        "確認",
    ):
        assert words in text
    assert client.get(f"/committee/meetings/{planned.pk}/paper.pdf").content[:5] == b"%PDF-"
    assert client.get(f"/committee/meetings/{planned.pk}/paper.txt").status_code == 404


@pytest.mark.requirement("REG-033")
def test_others_see_only_the_decisions_that_are_theirs(
    planned: Meeting, hold: Hold, seated: Cast, as_person: SignIn
) -> None:
    hold(planned)
    special = {
        f"n{n}": {"outcome": "decided", "content": f"決定{n}", "responsible": who.pk}
        for n, who in ((1, seated.kato), (2, seated.kubo))
    }
    with clock.at(planned.held_on):
        rules.write_minutes(planned, entries=noted(planned, **special), by=seated.ueno)
        rules.finish_minutes(planned, by=seated.ueno)
        rules.confirm_minutes(planned, by=seated.ishida)
    client = as_person(seated.kato)
    mine, other = Decision.objects.get(owner=seated.kato), Decision.objects.get(owner=seated.kubo)
    assert client.get(f"/committee/meetings/{planned.pk}/").status_code == 404
    assert list(Decision.objects.visible_to(seated.kato)) == [mine]
    assert list(Decision.objects.visible_to(seated.sato).order_by("pk")) == [mine, other]


def test_decisions_of_earlier_minutes_come_in_from_excel_with_their_duties(
    seated: Cast, planned: Meeting
) -> None:
    file = io.BytesIO()
    due = TODAY + timedelta(days=9)
    sheet = workbook.Workbook()
    sheet.active.append(["議題", "決定の内容", "担当", "期日", "状態"])
    sheet.active.append(["VPN装置", "更新する", seated.kubo.name, due, "完了"])
    sheet.save(file)
    upload = SimpleUploadedFile("決定.xlsx", file.getvalue())
    batch = imports.upload(sheet=DECISIONS.id, file=upload, file_name="決定.xlsx", by=seated.ueno)
    imports.apply(imports.dry_run(batch, by=seated.ueno), by=seated.ueno)
    decision = Decision.objects.get()
    assert (decision.status, decision.owner_id) == ("open", seated.kubo.pk)  # never done by a sheet
    assert Occurrence.objects.get(target=decision).assignee == seated.kubo
    decision.due_on = due + timedelta(days=1)
    with pytest.raises(Invalid) as refusal:
        rules.complete_imported(decision)
    assert set(refusal.value.problems) == {"due_on"}
