"""What people decide about a finding: to let it stand for a time, by an approved application."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import SYSTEM, Actor, System
from sakimori.kernel.ledger.book import command
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from .models import Finding

EXCEPTION = "exception"  # the form


def waive(finding: Finding, *, application: Application, until: date, by: Actor) -> Finding:
    """Let a finding stand until a day, as an approved application decided (REG-345).

    Raises NotAllowed for an application that was not approved or is about another record, a day in the past
    or beyond the longest waiver, or a finding that is closed.
    """
    if not isinstance(by, System):
        access.require(by, "finding.waive")
    found = Finding.objects.select_related("record").get(pk=finding.pk)
    if found.state == Finding.State.CLOSED:
        raise NotAllowed(_("この指摘は既に是正されています。"), rule="findings.closed")
    if not application.is_approved:
        raise NotAllowed(_("例外の適用には、承認された申請が必要です。"), rule="findings.approved")
    if application.subject_id != found.record_id:
        raise NotAllowed(_("この申請は別の記録についてのものです。"), rule="findings.subject")
    _within(until)
    _waive(target=found.record, finding=found, title=found.title, application=application, until=until, by=by)
    finding.refresh_from_db()
    return finding


@command("finding.waived", gettext_lazy("指摘の例外適用"))
def _waive(
    *, target: Record, finding: Finding, title: str, application: Record, until: date, by: Actor
) -> Record:
    Finding.objects.filter(pk=finding.pk).update(
        state=Finding.State.WAIVED, waived_until=until, waiver_id=application.pk
    )
    return target


def _within(until: date) -> None:
    longest = policy.value("findings.waiver.longest")
    if until < clock.today():
        raise NotAllowed(_("例外の期限に過去の日は指定できません。"), rule="findings.past", field="until")
    if until > longest.after(clock.today()):
        text = _("例外の適用は%sまでです。") % longest.label
        raise NotAllowed(text, rule="findings.longest", field="until")


@hooks.on("application_approved")
def waive_by_form(application: Record) -> None:
    """Waive the findings that an approved exception names: its article begins with the check's name."""
    if not isinstance(application, Application) or application.form_id != EXCEPTION:
        return
    if application.subject_id is None:
        return
    article = str(application.answers.get("article", ""))
    last = min(date.fromisoformat(application.answers["period"][1]), _latest())
    if last < clock.today():
        return
    for finding in Finding.objects.standing().filter(record_id=application.subject_id):
        if article.split(" ")[0] == finding.check_name:
            waive(finding, application=application, until=last, by=SYSTEM)


def _latest() -> date:
    latest: date = policy.value("findings.waiver.longest").after(clock.today())
    return latest
