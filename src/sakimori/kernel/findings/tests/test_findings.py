from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.test import TestCase
from django_q.models import OrmQ
from pytest_django import Settings

from sakimori.kernel import hooks
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.dossier import evidence, files
from sakimori.kernel.dossier.tests import cast
from sakimori.kernel.findings import acts, check, checks, models, registry, runner, telling
from sakimori.kernel.findings import findings as f
from sakimori.kernel.findings.models import Finding
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.ledger import book
from sakimori.kernel.notices.models import Notice
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 14)


def without_address(today: date) -> QuerySet[Site]:
    """Return sites without an address."""
    return Site.objects.current().filter(address="")


@pytest.fixture(autouse=True)
def one_check(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "CHECKS", {})
    for module in (runner, f, models):
        monkeypatch.setattr(module, "CHECKS", registry.CHECKS)
    check("test.address", "所在地のない拠点", severity="major", requirements=("V20-013",))(without_address)
    with clock.at(DAY):
        yield


@pytest.fixture
def bad() -> Site:
    return cast.row(cast.person("山田 太郎"), address="")


def states() -> list[str]:
    return list(Finding.objects.order_by("pk").values_list("state", flat=True))


def correct(row: Site, address: str) -> None:
    Site.objects.filter(pk=row.pk).update(address=address)


def test_each_offender_gets_one_finding_with_severity_and_day(bad: Site) -> None:
    cast.row(name="支社", address="大阪")
    outcome = f.run()
    found = Finding.objects.get()
    assert (outcome.opened, found.record_id, found.title) == (1, bad.pk, "所在地のない拠点")
    assert (found.severity, found.due_on) == ("major", date(2026, 9, 28))


def test_running_again_changes_nothing(bad: Site) -> None:
    f.run()
    assert f.run() == f.Outcome()
    assert states() == ["open"]


def test_what_was_put_right_closes_and_what_comes_back_is_a_new_finding(bad: Site) -> None:
    f.run()
    correct(bad, "東京")
    assert f.run().closed == 1
    correct(bad, "")
    f.run()
    first, second = Finding.objects.order_by("pk")
    assert (first.state, second.state, second.previous) == ("closed", "open", first)
    assert [row.pk for row in f.findings_of(bad)] == [second.pk, first.pk]


def test_findings_of_a_check_that_was_removed_are_closed(bad: Site) -> None:
    f.run()
    registry.CHECKS.clear()
    assert f.run().closed == 1


def test_after_an_import_only_the_registers_concerned_are_checked(bad: Site) -> None:
    assert runner.run_for(["identity.person"]).opened == 0
    assert runner.run_for(["identity.site"]).opened == 1


def test_an_import_asks_for_its_checks_once_it_is_committed(bad: Site) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        hooks.call("records_imported", records=[bad])
    assert OrmQ.objects.count() == 1


def test_domains_hear_of_opening_and_closing(bad: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, int]] = []
    for name in ("finding_opened", "finding_closed"):
        monkeypatch.setitem(
            hooks._hearers, name, [lambda finding, name=name: heard.append((name, finding.record_id))]
        )
    f.run()
    correct(bad, "東京")
    f.run()
    assert heard == [("finding_opened", bad.pk), ("finding_closed", bad.pk)]


def test_a_name_is_given_to_one_check_and_a_severity_must_exist() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        check("test.address", "別の点検")(checks.disposal_due)
    with pytest.raises(ValueError, match="severity"):
        check("test.other", "別の点検", severity="awful")  # type: ignore[arg-type]


def test_a_check_must_return_records() -> None:
    check("test.wrong", "誤り")(lambda today: Finding.objects.all())
    with pytest.raises(TypeError, match="no record"):
        f.run(names=["test.wrong"])


def test_the_database_refuses_two_standing_findings_of_one_check_about_one_record(bad: Site) -> None:
    f.run()
    row = Finding.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(state="waived")


def test_the_number_of_statements_does_not_grow_with_the_register(
    bad: Site, django_assert_max_num_queries: object
) -> None:
    for number in range(60):
        cast.row(name=f"拠点{number}", address="東京" if number % 2 else "")
    f.run()
    assert Finding.objects.count() == 31
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        f.run()


# --- waivers ----------------------------------------------------------------------------------------------


def application(subject: Site, status: str = "approved", last: str = "2027-03-31") -> Application:
    return Application.objects.create(
        form="exception", applicant=cast.person("申請者"), subject=subject, status=status,
        expires_on=date(2026, 12, 31),
        answers={"article": "test.address 所在地のない拠点", "period": ["2026-09-14", last]},
    )  # fmt: skip


@pytest.fixture
def office() -> Person:
    return cast.person("事務局 花子", None, "security_office")


@pytest.mark.requirement("REG-345")
def test_an_approved_exception_lets_a_finding_stand_until_its_day(bad: Site, office: Person) -> None:
    f.run()
    approved = application(bad)
    found = f.waive(Finding.objects.get(), application=approved, until=date(2027, 3, 31), by=office)
    assert (found.state, found.waived_until, found.waiver_id) == ("waived", date(2027, 3, 31), approved.pk)
    assert book.history(bad)[0].verb == "finding.waived"
    assert f.run() == f.Outcome()
    with clock.at(date(2027, 4, 1)):
        assert f.run().expired == 1
        assert telling.tell() == telling.tell() == 1
    assert states() == ["open"]
    assert Notice.objects.get(kind="findings.waiver_ended").recipient.name == "山田 太郎"


def test_a_waived_finding_that_was_put_right_closes(bad: Site, office: Person) -> None:
    f.run()
    f.waive(Finding.objects.get(), application=application(bad), until=date(2027, 3, 31), by=office)
    correct(bad, "東京")
    f.run()
    assert states() == ["closed"]


def test_an_approved_form_that_names_the_check_waives_by_itself(bad: Site) -> None:
    f.run()
    acts.waive_by_form(application(bad))
    assert Finding.objects.get().waived_until == date(2027, 3, 31)


def test_a_waiver_needs_an_approval_of_this_record_within_the_longest_time(bad: Site, office: Person) -> None:
    f.run()
    found = Finding.objects.get()
    other = cast.row(name="支社")
    cases = [
        (application(bad, "pending"), date(2027, 3, 31), "承認された申請"),
        (application(other), date(2027, 3, 31), "別の記録"),
        (application(bad), date(2026, 9, 13), "過去の日"),
        (application(bad), date(2027, 9, 15), "1年まで"),
    ]
    for approved, until, sentence in cases:
        with pytest.raises(NotAllowed, match=sentence):
            f.waive(found, application=approved, until=until, by=office)
    with pytest.raises(NotAllowed, match="権限"):
        f.waive(found, application=application(bad), until=date(2027, 3, 31), by=cast.person("平社員"))


def test_a_closed_finding_cannot_be_waived(bad: Site, office: Person) -> None:
    f.run()
    correct(bad, "東京")
    f.run()
    with pytest.raises(NotAllowed, match="是正されて"):
        f.waive(Finding.objects.get(), application=application(bad), until=date(2027, 1, 1), by=office)


# --- who answers ------------------------------------------------------------------------------------------


def test_the_owner_answers_else_the_head_of_the_department_else_the_role() -> None:
    head = cast.person("営業部長")
    sales = Department.objects.create(code="SLS", name="営業部", head=head)
    owner, office = cast.person("持ち主"), cast.person("事務局 花子", None, "security_office")
    rows = {"a": cast.row(owner, sales, address=""), "b": cast.row(None, sales, name="支社", address="")}
    rows["c"] = cast.row(name="工場", address="")
    f.run()
    answered = {person.name: [x.record_id for x in f.open_for(person)] for person in (owner, head, office)}
    assert answered == {"持ち主": [rows["a"].pk], "営業部長": [rows["b"].pk], "事務局 花子": [rows["c"].pk]}


def test_one_notice_a_day_tells_how_many(bad: Site) -> None:
    cast.row(Person.objects.get(name="山田 太郎"), name="支社", address="")
    f.run()
    assert telling.tell() == 1
    telling.tell()
    (notice,) = Notice.objects.all()
    assert (notice.recipient.name, "2件" in notice.subject) == ("山田 太郎", True)


def test_what_becomes_overdue_is_told_once(bad: Site) -> None:
    f.run()
    for days in (14, 15, 16, 17):
        with clock.at(DAY + timedelta(days=days)):
            telling.tell()
    assert Notice.objects.filter(kind="findings.overdue").count() == 1


def test_the_summary_counts_what_one_may_know(bad: Site) -> None:
    hidden = cast.row(name="秘密の拠点", address="", audience="hr")
    f.run()
    (all_of_it,) = f.summary()
    (known,) = f.summary(Person.objects.get(name="山田 太郎"))
    assert (all_of_it.open, known.open, known.overdue) == (2, 1, 0)
    assert not Finding.objects.visible_to(Person.objects.get(name="山田 太郎")).filter(record=hidden).exists()


# --- checks over the mechanisms -----------------------------------------------------------------------------


@pytest.mark.requirement("V20-226", "OPS-106")
def test_a_damaged_evidence_file_is_a_critical_finding(
    bad: Site, tmp_path: object, settings: Settings
) -> None:
    settings.MEDIA_ROOT = tmp_path
    made = evidence.attach(bad, ContentFile(b"%PDF-1.7\n"), file_name="a.pdf", by=SYSTEM)
    assert not checks.evidence_damaged(DAY)
    files.path_of(made.sha256).unlink()
    evidence.recheck()
    assert [record.pk for record in checks.evidence_damaged(DAY)] == [bad.pk]


@pytest.mark.requirement("PRC-148")
def test_a_record_whose_time_is_over_is_proposed_for_disposal(bad: Site) -> None:
    Site.objects.filter(pk=bad.pk).update(keep_until=DAY)
    assert not checks.disposal_due(DAY)
    assert [record.pk for record in checks.disposal_due(DAY + timedelta(days=1))] == [bad.pk]


@pytest.mark.requirement("SYS-192")
def test_empty_and_stale_registers_are_told_from_living_ones(bad: Site) -> None:
    with clock.at(date(2024, 1, 10)):
        Department.objects.create(code="OLD", name="古い部署")
    found = {register.kind: register for register in f.completeness()}
    assert (found["identity.site"].state, found["identity.site"].count) == ("alive", 1)
    assert found["identity.department"].state == "stale"
    assert found["identity.deputy"].state == "empty"
    assert f.completeness()[0].state == "empty"
