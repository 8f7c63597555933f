"""The demonstration company loads as a whole, through the rules, once."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from sakimori.domains.assets.models import Asset
from sakimori.domains.controls.models import ControlTest, Statement
from sakimori.domains.risk.models import Acceptance, Permit, Risk, Round, Treatment
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.dossier.models import Evidence
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.findings.models import Finding
from sakimori.kernel.identity.models import Appointment, Department, Person
from sakimori.kernel.ledger.models import Checkpoint, Entry
from sakimori.kernel.ledger.verify import verify
from sakimori.kernel.obligations.models import Occurrence
from sakimori.kernel.signin import demonstration
from sakimori.lib import clock

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def statuses(model, column="status"):
    return set(model.objects.values_list(column, flat=True))


def people_and_roles():
    assert Person.objects.exclude(category="external").filter(left_on=None).count() >= 119
    assert (
        Person.objects.filter(name__contains="𠮷").exists()
        and Person.objects.filter(name__contains="髙").exists()
    )
    shown = {card.role for card in demonstration.cards()}
    for role in demonstration.ROLES:
        assert Person.objects.holding(role).exists(), role
    assert len(shown) == len(demonstration.ROLES)
    officers = Appointment.objects.filter(role="security_officer").values("department")
    assert list(Department.objects.exclude(pk__in=officers).values_list("code", flat=True)) == ["QA"]
    assert Appointment.objects.filter(ends_on__lt=clock.today()).exists()


def registers():
    assert Asset.objects.current().count() >= 230
    assert statuses(ImportBatch, "state") == {"mapped", "applied", "undone"}
    assert Risk.objects.count() >= 150
    assert statuses(Round) == {"open", "closed"}
    assert statuses(Treatment) == set(Treatment.Status.values)
    assert statuses(Acceptance) == set(Acceptance.Status.values)
    assert statuses(Permit) == {"valid", "superseded"}
    assert Treatment.objects.filter(status="approved", due_on__lt=clock.today()).exists()
    assert {"approved", "pending", "returned", "rejected", "withdrawn"} <= statuses(Application)
    assert Entry.objects.filter(verb="application.refused").exists()
    assert Application.objects.filter(decisions__acting_for__isnull=False).exists()
    assert {"open", "closed", "waived"} == statuses(Finding, "state")
    of_controls = Finding.objects.filter(state="open", check_name__startswith="controls.")
    assert 20 < of_controls.count() < 150  # each something that somebody can do


def controls():
    found = Counter(Statement.objects.values_list("version", "status"))
    assert found == {(1, "approved"): 3, (2, "submitted"): 1, (2, "draft"): 1}
    draft = Statement.objects.get(status="draft")
    assert draft.rows.filter(applicable=None).exists()
    assert ControlTest.objects.filter(result="ineffective").exists()
    assert Evidence.objects.count() >= 25


def duties():
    states = Counter(Occurrence.objects.values_list("state", flat=True))
    assert states["done"] > 200
    late = Occurrence.objects.filter(state="done", done_on__gt=F("due_on"))
    assert late.exists()
    assert Occurrence.objects.filter(state="open", due_on__lt=clock.today()).exists()
    slots = Occurrence.objects.values_list("obligation_id", "target_id", "slot")
    assert len(slots) == len(set(slots))


def ledger():
    report = verify()
    assert not report.problems
    assert report.heads >= 5 and not report.pending
    assert Checkpoint.objects.count() == report.heads


def test_the_company_is_whole_and_refused_a_second_time():
    call_command("demo")
    people_and_roles()
    registers()
    controls()
    duties()
    ledger()
    with pytest.raises(CommandError, match="空のデータベース"):
        call_command("demo")
