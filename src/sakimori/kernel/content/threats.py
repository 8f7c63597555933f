"""Threats, vulnerabilities and typical risks, ``content/threats/``: proposals, never risks by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

from sakimori.lib.strictyaml import Place

from .shelf import Shelf
from .standards import STANDARDS

Property = Literal["confidentiality", "integrity", "availability"]
AssetKind = Literal["information", "computer", "network", "software", "facility", "service", "people"]
Storage = Literal["paper", "office_pc", "mobile", "removable", "internal_server", "external_server", "cloud"]


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A word by which threats are sorted: an origin or an effect."""

    id: str
    title: str
    gloss: str


@dataclass(frozen=True, kw_only=True)
class Threat:
    """Something that may happen to an asset."""

    id: str
    title: str
    gloss: str
    origin: tuple[str, ...]
    effects: tuple[str, ...]
    affects: tuple[Property, ...]
    place: Place = field(default=Place("content", 1), compare=False)


@dataclass(frozen=True, kw_only=True)
class ThreatBook:
    """The whole of threats.yaml."""

    origins: tuple[Tag, ...]
    effects: tuple[Tag, ...]
    threats: tuple[Threat, ...]


@dataclass(frozen=True, kw_only=True)
class Vulnerability:
    """A weakness, the threats that use it, and the controls that answer it."""

    id: str
    title: str
    gloss: str
    threats: tuple[str, ...]
    controls: tuple[str, ...]
    place: Place = field(default=Place("content", 1), compare=False)


@dataclass(frozen=True, kw_only=True)
class VulnerabilityBook:
    """The whole of vulnerabilities.yaml."""

    controls_standard: str
    vulnerabilities: tuple[Vulnerability, ...]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """When, in which situation, by which cause and path, with which impact (REG-307)."""

    when: str
    situation: str
    cause: str
    path: str
    impact: str


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Levels of 1 to 3 before any treatment."""

    threat: int
    vulnerability: int


@dataclass(frozen=True, kw_only=True)
class TypicalRisk:
    """A risk that assets of this kind and storage usually bear."""

    asset_kind: tuple[AssetKind, ...]
    threat: str
    vulnerability: str
    scenario: Scenario
    levels: Levels
    storage: tuple[Storage, ...] = ()
    controls: tuple[str, ...] = ()
    place: Place = field(default=Place("content", 1), compare=False)

    @property
    def id(self) -> str:
        """Return what tells this row from the others: what it is proposed for, and why."""
        where = "+".join((*self.asset_kind, *self.storage))
        return f"{where}:{self.threat}:{self.vulnerability}"


@dataclass(frozen=True, kw_only=True)
class RiskBook:
    """The whole of typical-risks.yaml."""

    controls_standard: str
    risks: tuple[TypicalRisk, ...]


CONTROLS_STANDARD = "iso27001-2022"


def _of_threats(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    for threat in pieces.values():
        for tag in (*threat.origin, *threat.effects):
            if tag not in ORIGINS and tag not in EFFECTS:
                yield threat.place, _("「%s」は origins にも effects にもありません。") % tag


def _of_vulnerabilities(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    controls = _controls()
    for weakness in pieces.values():
        for name in weakness.threats:
            if name not in THREATS:
                yield weakness.place, _("脅威「%s」はありません。") % name
        for ref in set(weakness.controls) - controls:
            yield weakness.place, _("管理策「%s」はありません。") % ref


def _of_risks(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    controls = _controls()
    for risk in pieces.values():
        weakness = VULNERABILITIES.all().get(risk.vulnerability)
        if weakness is None or risk.threat not in weakness.threats:
            facts = {"t": risk.threat, "v": risk.vulnerability}
            yield risk.place, _("脅威「%(t)s」がつけ込む脆弱性「%(v)s」はありません。") % facts
        for ref in set(risk.controls) - controls:
            yield risk.place, _("管理策「%s」はありません。") % ref


def _controls() -> set[str]:
    standard = STANDARDS.all().get(CONTROLS_STANDARD)
    return {node.ref for node in standard.nodes} if standard else set()


_FILE = "threats/threats.yaml"
ORIGINS: Shelf[Tag] = Shelf(
    "脅威の起こり方", _FILE, ThreatBook, of_file=lambda book: book.origins, named_by_file=False
)
EFFECTS: Shelf[Tag] = Shelf(
    "脅威の影響", _FILE, ThreatBook, of_file=lambda book: book.effects, named_by_file=False
)
THREATS: Shelf[Threat] = Shelf(
    "脅威", _FILE, ThreatBook, of_file=lambda book: book.threats, named_by_file=False, check=_of_threats
)
VULNERABILITIES: Shelf[Vulnerability] = Shelf(
    "脆弱性",
    "threats/vulnerabilities.yaml",
    VulnerabilityBook,
    of_file=lambda book: book.vulnerabilities,
    named_by_file=False,
    check=_of_vulnerabilities,
)
TYPICAL_RISKS: Shelf[TypicalRisk] = Shelf(
    "典型的なリスク",
    "threats/typical-risks.yaml",
    RiskBook,
    of_file=lambda book: book.risks,
    named_by_file=False,
    check=_of_risks,
)
