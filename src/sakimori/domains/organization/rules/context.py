"""Circumstances, issues, interested parties, the management's commitment, and work instructions."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.organization.models import Circumstance, Commitment, Instruction, InterestedParty
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock
from sakimori.lib.dates import FiscalYear
from sakimori.lib.errors import Invalid, NotAllowed


@command("circumstance.added", gettext_lazy("状況の記録"), right="organization.context")
def add_circumstance(*, category: str, content: str, by: Actor) -> Circumstance:
    """Note an external or internal circumstance of this fiscal year (REG-300)."""
    problems = {}
    if category not in Circumstance.Category.values:
        problems["category"] = _("区分を選んでください。")
    if not content.strip():
        problems["content"] = _("状況を入力してください。")
    if problems:
        raise Invalid(problems)
    year = FiscalYear.of(clock.today()).year
    return Circumstance.objects.create(category=category, content=content.strip(), fiscal_year=year)


@command("circumstance.decided", gettext_lazy("課題の判断"), right="organization.context")
def decide_circumstance(
    row: Circumstance, *, is_issue: bool, reason: str, issue: str = "", by: Actor
) -> Circumstance:
    """Make an issue of a circumstance, or set it aside, with the reason (REG-301)."""
    problems = {}
    if not reason.strip():
        problems["reason"] = _("判断の理由を入力してください。")
    if is_issue and not issue.strip():
        problems["issue"] = _("課題を入力してください。")
    if problems:
        raise Invalid(problems)
    row.decision = Circumstance.Decision.ISSUE if is_issue else Circumstance.Decision.DISMISSED
    row.reason, row.issue = reason.strip(), issue.strip() if is_issue else ""
    row.save()
    return row


@command("party.added", gettext_lazy("利害関係者の登録"), right="organization.context")
def add_party(
    *, name: str, expectation: str, answer: str = "", binding: bool = False, by: Actor
) -> InterestedParty:
    """Enter an interested party and what it expects."""
    party = InterestedParty()
    _fill_party(party, name, expectation, answer, binding)
    return party


@command("party.changed", gettext_lazy("利害関係者の変更"), right="organization.context")
def change_party(party: InterestedParty, *, reason: str = "", by: Actor, **values: object) -> InterestedParty:
    """Change an interested party."""
    stated = {"name": party.name, "expectation": party.expectation, "answer": party.answer}
    _fill_party(party, **{**stated, "binding": party.binding, **values})  # type: ignore[arg-type]
    return party


def _fill_party(party: InterestedParty, name: str, expectation: str, answer: str, binding: bool) -> None:
    problems = {}
    if not name.strip():
        problems["name"] = _("利害関係者を入力してください。")
    if not expectation.strip():
        problems["expectation"] = _("要求・期待を入力してください。")
    if problems:
        raise Invalid(problems)
    party.name, party.expectation = name.strip(), expectation.strip()
    party.answer, party.binding = answer.strip(), binding
    party.save()


@command("commitment.signed", gettext_lazy("コミットメントの表明"))
def commit(*, text: str, by: Person) -> Commitment:
    """Sign the management's statement of support for this fiscal year (REG-009); the president does."""
    require_president(by)
    if not text.strip():
        raise Invalid({"text": _("表明の文を入力してください。")})
    year = FiscalYear.of(clock.today()).year
    if Commitment.objects.filter(fiscal_year=year).exists():
        raise NotAllowed(_("今年度の表明は署名済みです。"), rule="organization.one_commitment_a_year")
    signed = Commitment.objects.create(fiscal_year=year, text=text.strip(), signed_on=clock.today(), owner=by)
    obligations.prove(signed, done_on=signed.signed_on)
    return signed


def require_president(person: Person) -> None:
    """Raise NotAllowed for everybody else."""
    if not person.holds("president"):
        raise NotAllowed(_("表明できるのは社長です。"), rule="organization.president_commits")


def require_instructor(person: Person) -> None:
    """Raise NotAllowed for who may not order work on systems."""
    if not person.holds("system_security_officer"):
        raise NotAllowed(
            _("作業を指示できるのはシステムセキュリティ責任者です。"), rule="organization.instructs"
        )


@command("instruction.given", gettext_lazy("作業指示"))
def give_instruction(*, work: str, worker: Person, verifier: Person, due_on: date, by: Person) -> Instruction:
    """Tell an administrator what to do; another one verifies it (REG-037, REG-038)."""
    require_instructor(by)
    problems = {}
    if not work.strip():
        problems["work"] = _("作業内容を入力してください。")
    if not (worker.holds("system_administrator") or worker.holds("operator")):
        problems["worker"] = _("作業者はシステム管理者またはオペレータから選んでください。")
    if verifier == worker:
        problems["verifier"] = _("作業者とは別の人が確認してください。")
    elif not verifier.holds("system_administrator"):
        problems["verifier"] = _("確認者はシステム管理者から選んでください。")
    if due_on < clock.today():
        problems["due_on"] = _("期限は今日以降にしてください。")
    if problems:
        raise Invalid(problems)
    return Instruction.objects.create(
        work=work.strip(), worker=worker, verifier=verifier, due_on=due_on, owner=by
    )


@command("instruction.reported", gettext_lazy("作業の完了報告"))
def report_work(instruction: Instruction, *, result: str, by: Person) -> Instruction:
    """Report the work as done; only the worker does."""
    if instruction.worker_id != by.pk:
        raise NotAllowed(_("報告できるのは作業者本人です。"), rule="organization.worker_reports")
    if not result.strip():
        raise Invalid({"result": _("作業の結果を入力してください。")})
    instruction.status, instruction.result = Instruction.Status.DONE, result.strip()
    instruction.save()
    return instruction


@command("instruction.verified", gettext_lazy("作業の確認"))
def verify_work(instruction: Instruction, *, by: Person) -> Instruction:
    """Verify reported work; only the named verifier does, never the worker (REG-038, REG-040)."""
    if instruction.verifier_id != by.pk:
        raise NotAllowed(_("確認できるのは指示書に定めた確認者です。"), rule="organization.verifier_verifies")
    if instruction.status != Instruction.Status.DONE:
        raise NotAllowed(_("完了報告の後に確認してください。"), rule="organization.report_first")
    instruction.status = Instruction.Status.VERIFIED
    instruction.save()
    return instruction
