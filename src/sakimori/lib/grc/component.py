"""OSCAL component definition in JSON: out. What a company says of each control, for tools that read OSCAL."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sakimori.lib.canonical import digest

OSCAL_VERSION = "1.1.3"
NAMESPACE = "urn:sakimori:oscal"
# What an id may consist of: the name characters of XML, which OSCAL takes for its tokens.
_FIRST = (
    "_A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_FOREIGN = re.compile(f"[^{_FIRST}\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040]+")
_BEGINS = re.compile(f"[{_FIRST}]")


@dataclass(frozen=True, kw_only=True)
class Implemented:
    """What is said of one control."""

    control_id: str
    description: str
    facts: tuple[tuple[str, str], ...] = ()  # name and value of what else is stated


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One statement as it goes out."""

    title: str
    version: str
    organization: str
    standard: str
    source: str  # address or urn of the catalogue
    modified: datetime
    implemented: tuple[Implemented, ...]


def document(declared: Declared) -> dict[str, object]:
    """Return the component definition; the same statement gives the same identifiers."""
    party = _uuid("party", declared.organization)
    return {
        "component-definition": {
            "uuid": _uuid(
                "document",
                declared.title,
                declared.version,
                digest([vars_of(i) for i in declared.implemented]),
            ),
            "metadata": {
                "title": declared.title,
                "last-modified": declared.modified.isoformat(timespec="seconds"),
                "version": declared.version,
                "oscal-version": OSCAL_VERSION,
                "roles": [{"id": "owner", "title": declared.organization}],
                "parties": [{"uuid": party, "type": "organization", "name": declared.organization}],
            },
            "components": [
                {
                    "uuid": _uuid("component", declared.title),
                    "type": "policy",
                    "title": declared.title,
                    "description": declared.standard,
                    "responsible-roles": [{"role-id": "owner", "party-uuids": [party]}],
                    "control-implementations": [
                        {
                            "uuid": _uuid("implementation", declared.title, declared.version),
                            "source": declared.source,
                            "description": declared.standard,
                            "implemented-requirements": _requirements(declared.title, declared.implemented),
                        }
                    ],
                }
            ],
        }
    }


def vars_of(row: Implemented) -> list[object]:
    """Return a row's content for its digest."""
    return [row.control_id, row.description, row.facts]


def _requirements(title: str, rows: Iterable[Implemented]) -> list[dict[str, object]]:
    return [
        {
            "uuid": _uuid("requirement", title, row.control_id),
            "control-id": token(row.control_id),
            "description": row.description or "-",
            "props": [
                {"name": name, "ns": NAMESPACE, "value": _one_line(value)}
                for name, value in row.facts
                if value.strip()
            ],
        }
        if any(value.strip() for _name, value in row.facts)
        else {
            "uuid": _uuid("requirement", title, row.control_id),
            "control-id": token(row.control_id),
            "description": row.description or "-",
        }
        for row in rows
    ]


def token(identity: str) -> str:
    """Return an id that OSCAL accepts: it begins with a letter and has no blanks or brackets."""
    cleaned = _FOREIGN.sub("_", identity).strip("_") or "control"
    return cleaned if _BEGINS.match(cleaned) else f"c_{cleaned}"


def _one_line(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()


def _uuid(*parts: str) -> str:
    """Return a stable identifier of version 5, which OSCAL asks for besides 4."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join((NAMESPACE, *parts))))
