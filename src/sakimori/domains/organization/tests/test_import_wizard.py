"""The import wizard: nothing is left out of the difference, columns can be changed, large files go to a worker."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from sakimori.kernel import hooks
from sakimori.kernel.exchange import background, imports
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.jobs.models import Progress

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("部署.xlsx", target.getvalue())


def departments(count):
    return workbook(("部署コード", "部署名"), *((f"Q{n:05}", f"第{n}営業所") for n in range(1, count + 1)))


@pytest.fixture
def send(as_person, ueno):
    """Upload a file of departments as the security office; return the client and the batch."""

    def send(upload):
        client = as_person(ueno)
        answer = client.post(reverse("registers:import_start", args=["departments"]), {"file": upload})
        assert answer.status_code == 302, answer.content.decode()
        return client, ImportBatch.objects.get()

    return send


def page(client, batch, query="", status=200):
    answer = client.get(reverse("registers:import", args=[batch.pk]) + query)
    assert answer.status_code == status
    return answer.content.decode()


def do(client, batch, act, **values):
    return client.post(reverse("registers:import_run", args=[batch.pk, act]), values)


class TestDifference:
    def test_every_new_row_can_be_reached_and_the_page_says_how_many_it_shows(self, send):
        client, batch = send(departments(240))
        first, second = page(client, batch), page(client, batch, "?new=2")
        assert "240件中 1〜200件目" in first and "第200営業所" in first and "第201営業所" not in first
        assert "240件中 201〜240件目" in second and "第240営業所" in second

    def test_the_whole_difference_goes_to_excel(self, send):
        client, batch = send(departments(240))
        answer = client.get(reverse("registers:import_difference", args=[batch.pk]))
        sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        new = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] == "追加"]
        assert len(new) == 240 and new[-1][3] == "第240営業所"

    def test_columns_found_by_themselves_can_still_be_changed(self, send):
        client, batch = send(workbook(("部署コード", "部署名", "備考"), ("Q1", "第1営業所", "支店")))
        assert "列の対応を確かめる・変える" in page(client, batch)
        assert "列の対応を確かめる" in page(client, batch, "?step=columns")
        chosen = {"tab": batch.tab, "col.A": "code", "col.C": "name"}
        client.post(reverse("registers:import_choose", args=[batch.pk]), chosen)
        assert "支店" in page(client, batch)


class TestWorker:
    @pytest.fixture
    def large(self, monkeypatch):
        monkeypatch.setattr(background, "LARGE_BYTES", 0)
        monkeypatch.setattr(background, "LARGE_ROWS", 1)

    def test_takes_in_a_large_file_and_takes_it_back(self, send, large, django_capture_on_commit_callbacks):
        with override_settings(Q_CLUSTER={"sync": True}):
            with django_capture_on_commit_callbacks(execute=True):
                client, batch = send(departments(3))
            assert "第3営業所" in page(client, batch)
            with django_capture_on_commit_callbacks(execute=True):
                do(client, batch, "apply")
            assert imports.sheet_of(batch).model.objects.current().filter(code__startswith="Q0").count() == 3
            with django_capture_on_commit_callbacks(execute=True):
                do(client, batch, "undo", reason="別の会社のファイル")
            batch.refresh_from_db()
            assert batch.state == ImportBatch.State.UNDONE

    def test_is_watched_until_it_is_done_and_nobody_interferes(self, send, large):
        client, batch = send(departments(3))
        waiting = page(client, batch)
        assert 'http-equiv="refresh"' in waiting and "この画面を閉じても処理は続きます" in waiting
        assert "この取込は処理中です" in do(client, batch, "check").content.decode()

    def test_killed_in_the_middle_leaves_nothing_and_does_it_once_when_begun_again(
        self, send, large, monkeypatch
    ):
        client, batch = send(departments(3))
        self.run(batch, "check")
        do(client, batch, "apply")
        model = imports.sheet_of(batch).model
        with monkeypatch.context() as patch:
            patch.setitem(hooks._hearers, "records_imported", [self.die])
            with pytest.raises(SystemExit):
                self.run(batch, "apply")
        assert not model.objects.filter(code__startswith="Q0").exists()
        for _again in range(2):
            self.run(batch, "apply")
        assert model.objects.filter(code__startswith="Q0").count() == 3
        batch.refresh_from_db()
        assert (batch.state, batch.work.state) == (ImportBatch.State.APPLIED, Progress.State.DONE)

    def test_a_refusal_becomes_the_sentence_on_the_page(self, send, large):
        client, batch = send(departments(3))
        self.run(batch, "check")
        do(client, batch, "apply")
        model = imports.sheet_of(batch).model
        model.objects.create(code="Q00001", name="先に登録")
        self.run(batch, "apply")
        assert "もう一度確認してから" in page(client, batch, status=422)

    @staticmethod
    def die(**facts):
        raise SystemExit

    @staticmethod
    def run(batch, act):
        batch.refresh_from_db()
        background.run(batch.pk, act, "", batch.work.owner_id, batch.work_id)
