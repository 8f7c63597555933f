"""One of everything that an address can name, owned by people who are not asking."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File

from sakimori.domains.assets.register import SHEET
from sakimori.domains.assets.rules import register_asset
from sakimori.domains.controls.models import Control, Statement
from sakimori.domains.controls.rules import start_statement
from sakimori.domains.controls.tests.factories import small_standard
from sakimori.domains.documents import rules as documents
from sakimori.domains.organization.rules import start_scope
from sakimori.domains.organization.rules.charts import draw_chart
from sakimori.domains.risk import rules as risks
from sakimori.domains.risk.models import Permit, Round
from sakimori.domains.training import rules as training
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier import comments, evidence, links
from sakimori.kernel.exchange import imports
from sakimori.kernel.findings.models import Finding
from sakimori.kernel.identity.models import Appointment, Person
from sakimori.kernel.ledger.models import Entry
from sakimori.kernel.obligations import plan
from sakimori.kernel.obligations.obligations import Occurrence
from sakimori.kernel.signin.models import Account
from sakimori.lib import clock
from sakimori.registers import tokens
from sakimori.registers.models import SavedView
from tests.cast import SINCE, Cast

LEDGER = Path(__file__).parents[1] / "data" / "asset-ledger-faulty.xlsx"

# The order of the letters in table.py.
ROLES: dict[str, Callable[[Cast], Person | None]] = {
    "anonymous": lambda cast: None,
    "employee": lambda cast: cast.kato,
    "department_head": lambda cast: cast.eto,
    "security_officer": lambda cast: cast.kimura,
    "security_office": lambda cast: cast.ueno,
    "committee_member": lambda cast: _appointed(cast, "committee_member"),
    "president": lambda cast: cast.aoki,
    "internal_auditor": lambda cast: _appointed(cast, "internal_auditor"),
    "external_auditor": lambda cast: cast.sato,
    "hr": lambda cast: cast.shimizu,
    "system_administrator": lambda cast: cast.kubo,
    "platform_administrator": lambda cast: _appointed(cast, "platform_administrator"),
}


def _appointed(cast: Cast, role: str) -> Person:
    """Return somebody of another department than the rows below, with this role alone."""
    person = Person.objects.create(
        name="原 直樹", kana="ハラ ナオキ", email="hara@sakura-seiki.example", employee_number="E-hara",
        category="employee", department=cast.production, site=cast.head_office, joined_on=SINCE,
        user=cast.kato.user.__class__.objects.create(username="hara"),
    )  # fmt: skip
    Appointment.objects.create(person=person, role=role, starts_on=SINCE, owner=person)
    return person


@dataclass(frozen=True)
class World:
    """The rows whose numbers stand in the addresses; all of 営業部 or of the whole company."""

    cast: Cast
    asset: Any
    risk: Any
    statement: Statement
    control: Control
    application: Any
    evidence: Any
    link: Any
    comment: Any
    token: Any
    view: SavedView
    batch: Any
    scope: Any
    chart: Any
    account: Account
    round: Any
    permit: Any
    occurrence: Any
    finding: Any
    document: Any
    draft: Any
    reading: Any

    def arguments(self, address: str) -> dict[str, Any]:
        """Return the numbers and words for an address, by its name."""
        return NAMED.get(address, lambda world: {})(self)


NAMED: dict[str, Callable[[World], dict[str, Any]]] = {
    "portal:requirement": lambda w: {"pk": "V20-013"},
    "portal:dashboard-print": lambda w: {"form": "pdf"},
    "portal:note": lambda w: {"size": 1},
    "portal:entry": lambda w: {"pk": Entry.objects.latest("pk").pk},
    "portal:proof": lambda w: {"pk": w.asset.pk},
    "portal:duty": lambda w: {"pk": w.occurrence.obligation_id},
    "portal:occurrence": lambda w: {"pk": w.occurrence.pk},
    "portal:finding": lambda w: {"pk": w.finding.pk},
    "applications:parameter": lambda w: {"name": "approvals.emergency"},
    "signin_demonstrate": lambda w: {"person_id": w.cast.ueno.pk},
    "signin_end_session": lambda w: {"session_id": 1},
    "mfa_remove_webauthn": lambda w: {"pk": 1},
    "mfa_edit_webauthn": lambda w: {"pk": 1},
    "signin_open": lambda w: {"person_id": w.cast.ono.pk},
    "signin_user": lambda w: {"account_id": w.account.pk},
    "signin_act": lambda w: {"account_id": w.account.pk, "action_id": "stop"},
    "applications:new": lambda w: {"form_id": "exception"},
    "start-step": lambda w: {"name": "company"},
    "start-template": lambda w: {"name": "people"},
    "controls:preview": lambda w: {"sha256": hashlib.sha256(b"").hexdigest()},
    "controls:act": lambda w: {"pk": w.control.pk, "act": "exclusion"},
    "controls:row": lambda w: {"pk": w.statement.pk, "control": w.control.pk},
    "controls:difference": lambda w: {"pk": w.statement.pk, "other": w.statement.pk},
    "controls:contrast": lambda w: {"pk": w.statement.pk, "other": w.statement.pk},
    "organization-kept-chart": lambda w: {"pk": w.chart.pk},
    "people-person": lambda w: {"pk": w.cast.kimura.pk},
    "registers:view_remove": lambda w: {"slug": "assets", "pk": w.view.pk},
    "registers:export": lambda w: {"slug": "assets", "form": "xlsx"},
    "registers:detail": lambda w: {"slug": "assets", "pk": w.asset.pk},
    "registers:change": lambda w: {"slug": "assets", "pk": w.asset.pk},
    "registers:act": lambda w: {"slug": "assets", "pk": w.asset.pk, "verb": "asset.confirmed"},
    "registers:import_run": lambda w: {"pk": w.batch.pk, "act": "apply"},
    "registers:lookup": lambda w: {"kind": "identity.person"},
    "registers:token_revoke": lambda w: {"pk": w.token.pk},
    "registers:evidence_withdraw": lambda w: {"pk": w.evidence.pk},
    "registers:unlink": lambda w: {"pk": w.link.pk},
    "registers:comment_withdraw": lambda w: {"pk": w.comment.pk},
    "dossier:evidence": lambda w: {"pk": w.evidence.pk},
    "api:act": lambda w: {"slug": "assets", "pk": w.asset.pk, "verb": "asset.confirmed"},
    **{name: lambda w: {"pk": w.control.standard_id} for name in ("controls:standard", "controls:start")},
    "controls:control": lambda w: {"pk": w.control.pk},
    **{
        f"controls:{name}": lambda w: {"pk": w.statement.pk}
        for name in ("statement", "decide", "fill", "submit", "sheet", "take_over", "oscal")
    },
    "controls:paper": lambda w: {"pk": w.statement.pk, "form": "docx"},
    **{
        f"applications:{name}": lambda w: {"pk": w.application.pk}
        for name in ("page", "decide", "withdraw", "resubmit")
    },
    **{
        f"organization-{name}-print": lambda w: {"form": "docx"} for name in ("chart", "roles")
    },
    **{name: lambda w: {"form": "docx"} for name in ("people-coverage-print", "asset-labels-print", "risk-plan-print")},
    **{
        f"organization-scope{name}": lambda w: {"pk": w.scope.pk} for name in ("", "-edit", "-submit")
    },
    "organization-scope-print": lambda w: {"pk": w.scope.pk, "form": "docx"},
    "risk-assess": lambda w: {"pk": w.asset.pk},
    **{name: lambda w: {"pk": w.risk.pk} for name in ("risk", "risk-analyse", "risk-plan", "risk-accept")},
    "risk-round": lambda w: {"pk": w.round.pk},
    "risk-round-print": lambda w: {"pk": w.round.pk, "form": "docx"},
    **{f"documents:{name}": lambda w: {"pk": w.document.pk} for name in ("document", "propose")},
    **{f"training:{name}": lambda w: {"pk": w.reading.pk} for name in ("read", "start", "confirm")},
    "training:test": lambda w: {"pk": w.reading.pk, "number": 1},
    "documents:edition": lambda w: {"pk": w.document.current.pk},
    "documents:paper": lambda w: {"pk": w.document.current.pk, "form": "docx"},
    "documents:difference": lambda w: {"pk": w.document.current.pk, "other": w.document.current.pk},
    "documents:difference_paper": lambda w: {"pk": w.draft.pk, "other": w.document.current.pk, "form": "docx"},
    **{f"documents:{name}": lambda w: {"pk": w.draft.pk} for name in ("describe", "submit", "drop", "mapping", "add")},
    "documents:article": lambda w: {"pk": w.draft.pk, "key": "scope"},
    "documents:act": lambda w: {"pk": w.draft.pk, "key": "scope", "act": "down"},
    "documents:value": lambda w: {"pk": w.draft.pk, "name": "use.attachment.megabytes"},
    "risk-permit": lambda w: {"pk": w.permit.pk},
    "risk-permit-print": lambda w: {"pk": w.permit.pk, "form": "docx"},
    **{
        f"registers:{name}": lambda w: {"slug": "assets"}
        for name in ("list", "add", "bulk", "views", "template", "import_start")
    },
    **{f"registers:{name}": lambda w: {"pk": w.batch.pk} for name in ("import", "import_choose", "import_difference")},
    **{
        f"registers:{name}": lambda w: {"pk": w.asset.pk}
        for name in ("record", "evidence_attach", "link", "comment")
    },
    **{f"api:{name}": lambda w: {"slug": "assets"} for name in ("rows", "create")},
    **{f"api:{name}": lambda w: {"slug": "assets", "pk": w.asset.pk} for name in ("row_of", "change", "row_history")},
}  # fmt: skip


def make_world(cast: Cast) -> World:
    """Store the rows."""
    office = cast.ueno
    asset = register_asset(
        name="見積書控え", department=cast.sales, storage="internal_server",
        confidentiality=3, integrity=2, availability=1, by=office,
    )  # fmt: skip
    risk = risks.identify(
        asset=asset, threat="ransomware", vulnerability="no_awareness", reason="同業他社の被害", situation="業務中",
        cause="知らない", path="添付", impact="使えなくなる", occurs_when="平日", by=office,
    )  # fmt: skip
    statement = start_statement(standard=small_standard(), by=office)
    with LEDGER.open("rb") as file:
        batch = imports.upload(sheet=SHEET.id, file=File(file), file_name=LEDGER.name, by=office)
    token, _secret = tokens.issue(
        office, name="集計", scope="write", expires_on=clock.today() + timedelta(days=30)
    )
    control = Control.objects.get(ref="A.5.1.1")
    document = documents.install_regulation(slug="system-use", by=office)
    return World(
        cast=cast,
        asset=asset,
        risk=risk,
        statement=statement,
        control=control,
        application=_application(cast, control),
        evidence=evidence.attach(asset, ContentFile(b"1"), file_name="a.txt", by=office),
        link=links.link(risk, asset, relation="related", by=office),
        comment=comments.comment(asset, text="確認しました", by=office),
        token=token,
        view=SavedView.objects.create(person=office, register="assets", name="私の表示", query=""),
        batch=batch,
        scope=start_scope(by=office),
        chart=draw_chart(by=office),
        account=Account.objects.create(person=cast.ishida, must_change=False),
        round=Round.objects.create(name="今年の評価", fiscal_year=clock.today().year),
        permit=Permit.objects.create(state_hash="0" * 64, count=0),
        occurrence=_duty_of_sales(cast),
        finding=Finding.objects.create(
            record=asset,
            check_name="assets.unclassified",
            severity="major",
            role="security_office",
            opened_at=clock.now(),
            due_on=clock.today(),
        ),
        document=document,
        draft=documents.propose(document=document, reason="直す", by=office),
        reading=_reading(cast, document),
    )


def _reading(cast: Cast, document: Any) -> Any:
    """Return what a member of 営業部 is to read, his test begun."""
    reading = training.ask(document.current, [cast.kato])[0]
    return training.start(reading, by=cast.kato)


def _duty_of_sales(cast: Cast) -> Any:
    """Return one day of a duty that the head of 営業部 answers for."""
    plan.adopt()
    plan.materialise()
    days = Occurrence.objects.open().filter(department=cast.sales, role="department_head")
    return days.order_by("due_on", "pk").first()


def _application(cast: Cast, control: Control) -> Any:
    answers = {"reason": "該当業務がない", "impact": "影響しない", "responsible": cast.eto.pk}
    return approvals.submit("soa-exclusion", answers, subject=control, by=cast.ueno)
