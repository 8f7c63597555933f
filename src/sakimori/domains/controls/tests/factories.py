"""Rows for tests: one function per registered model, and a small standard to work on."""

from __future__ import annotations

from typing import Any

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Control, ControlTest, Ground, Mapping, Need, Standard, Statement
from sakimori.domains.controls.rules.catalogue import Line
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.records.models import Record


def small_lines(prefix: str = "A") -> list[Line]:
    """A clause, and one area with one objective and three controls."""
    return [
        Line(ref="4", kind="clause", name="組織の状況", gloss="立場を見定める。"),
        Line(ref=f"{prefix}.5", kind="area", name="方針", assessable=False),
        Line(ref=f"{prefix}.5.1", kind="objective", name="方向づけ", parent=f"{prefix}.5", assessable=False),
        *(
            Line(
                ref=f"{prefix}.5.1.{n}",
                kind="control",
                name=f"管理策{n}",
                parent=f"{prefix}.5.1",
                gloss="説明。",
            )
            for n in (1, 2, 3)
        ),
    ]


def small_standard(slug: str = "small", prefix: str = "A", **changes: Any) -> Standard:
    """Install the small standard."""
    facts: dict[str, Any] = {
        "name": f"小さな規格 {slug}", "short": slug, "lines": small_lines(prefix), "content_hash": "0" * 64,
    }  # fmt: skip
    return rules.install(slug=slug, by=SYSTEM, **(facts | changes))


def control_of(standard: Standard, ref: str) -> Control:
    """Return a node by its number."""
    found: Control = Control.objects.get(standard=standard, ref=ref)
    return found


def a_risk() -> Record:
    """Return a record that stands for a risk: this domain does not know what a risk is."""
    return Ground.objects.create(reason="risk", name="顧客名簿の持出し")


def needed(control: Control, *, reason: str = "risk", blocking: bool = False, **facts: Any) -> Need:
    """Let a risk, or a ground of another class, need the control."""
    cause = a_risk() if reason == "risk" else Ground.objects.create(reason=reason, name="個人情報保護法")
    return Need.objects.create(control=control, cause=cause, reason=reason, blocking=blocking, **facts)


def join(one: Control, other: Control, relation: str = Mapping.Relation.EQUAL) -> Mapping:
    """Let two controls correspond."""
    return Mapping.objects.create(source=one, target=other, relation=relation)


def decide_all(statement: Statement, **changes: Any) -> None:
    """Apply every control of the statement for a risk."""
    facts: dict[str, Any] = {"applicable": True, "reasons": ("risk",), "reason": "リスクへの対応"}
    rows = statement.rows.filter(control__excludable=True).select_related("control")
    verdicts = [rules.Verdict(control=row.control, **(facts | changes)) for row in rows]
    rules.decide_rows(statement, verdicts=verdicts, by=SYSTEM)


def make_standard(number: int) -> Standard:
    """A standard without nodes."""
    return Standard.objects.create(
        slug=f"standard-{number}", name=f"規格{number}", short=f"規格{number}", source="imported",
        content_hash="0" * 64,
    )  # fmt: skip


def make_control(number: int) -> Control:
    """One control of a common standard."""
    standard = Standard.objects.filter(slug="common").first() or Standard.objects.create(
        slug="common", name="共通規格", short="共通", source="imported", content_hash="0" * 64
    )
    return Control.objects.create(
        standard=standard, ref=f"A.{number}", position=number, control_kind="control", name=f"管理策{number}"
    )


def make_controltest(number: int) -> ControlTest:
    """A test that found the control working."""
    return ControlTest.objects.create(
        control=make_control(10_000 + number),
        method="台帳の抜取り",
        measured="10件中10件",
        result="effective",
    )


def make_ground(number: int) -> Ground:
    """A law."""
    return Ground.objects.create(reason="law", name=f"法令{number}", detail="安全管理措置")


def make_statement(number: int) -> Statement:
    """The first version for a standard of its own."""
    return Statement.objects.create(standard=make_standard(20_000 + number), version=1)
