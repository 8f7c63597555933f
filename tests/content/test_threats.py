"""Prove that threats, vulnerabilities, typical risks and the glossary refer to each other without a hole."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

CONTENT = Path(__file__).resolve().parents[2] / "content"
GLOSS_LIMIT = 120
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
STORAGES = ("paper", "office_pc", "mobile", "removable", "internal_server", "external_server", "cloud")
ASSET_KINDS = ("information", "computer", "network", "software", "facility", "service", "people")
EFFECTS = ("tampering", "destruction", "leak", "loss", "interruption", "misuse")
PROPERTIES = {"confidentiality", "integrity", "availability"}
STORY = ("when", "situation", "cause", "path", "impact")

Row = dict[str, Any]


@cache
def load(path: str) -> Any:
    """Return what the content file at ``path`` holds; tests share it and never change it."""
    return yaml.safe_load((CONTENT / path).read_text(encoding="utf-8"))


def threats() -> dict[str, Row]:
    return {row["id"]: row for row in load("threats/threats.yaml")["threats"]}


def vulnerabilities() -> dict[str, Row]:
    return {row["id"]: row for row in load("threats/vulnerabilities.yaml")["vulnerabilities"]}


def risks() -> list[Row]:
    rows: list[Row] = load("threats/typical-risks.yaml")["risks"]
    return rows


def terms() -> list[Row]:
    rows: list[Row] = load("glossary.yaml")
    return rows


def control_refs(standard: str) -> set[str]:
    return {node["ref"] for node in load(f"standards/{standard}.yaml")["nodes"] if node["kind"] == "control"}


def sentence(risk: Row) -> str:
    return "、".join(risk["scenario"][part] for part in STORY) + "。"


def test_the_catalogues_are_large_enough_to_start_from() -> None:
    assert len(threats()) >= 40
    assert len(vulnerabilities()) >= 60
    assert len(risks()) >= 90
    assert len(terms()) >= 40


@pytest.mark.parametrize(
    "path, key", [("threats/threats.yaml", "threats"), ("threats/vulnerabilities.yaml", "vulnerabilities")]
)
def test_ids_are_unique_and_texts_are_short_plain_japanese(path: str, key: str) -> None:
    rows = load(path)[key]
    for field in ("id", "title", "gloss"):
        assert [value for value, times in Counter(row[field] for row in rows).items() if times > 1] == []
    for row in rows:
        assert re.fullmatch(r"[a-z][a-z_]*", row["id"]), row["id"]
        assert JAPANESE.search(row["title"]), row["id"]
        assert JAPANESE.search(row["gloss"]), row["id"]
        assert row["gloss"].endswith("。"), row["id"]
        assert len(row["gloss"]) <= GLOSS_LIMIT, row["id"]


def test_every_threat_is_tagged_with_origin_effect_and_what_it_harms() -> None:
    head = load("threats/threats.yaml")
    origins = {row["id"] for row in head["origins"]}
    assert origins == {"deliberate", "accidental", "environmental"}
    assert tuple(row["id"] for row in head["effects"]) == EFFECTS
    for threat in threats().values():
        assert threat.keys() == {"id", "title", "gloss", "origin", "effects", "affects"}, threat["id"]
        assert threat["origin"] and set(threat["origin"]) <= origins, threat["id"]
        assert threat["effects"] and set(threat["effects"]) <= set(EFFECTS), threat["id"]
        assert threat["affects"] and set(threat["affects"]) <= PROPERTIES, threat["id"]


@pytest.mark.parametrize("origin, effect", list(product(("deliberate", "accidental"), EFFECTS)))
def test_every_combination_of_origin_and_effect_has_a_threat_and_a_control(origin: str, effect: str) -> None:
    # REG-003: protection covers deliberate and accidental acts alike, for every effect.
    found = {t["id"] for t in threats().values() if origin in t["origin"] and effect in t["effects"]}
    assert found
    answered = {v["id"] for v in vulnerabilities().values() if found & set(v["threats"]) and v["controls"]}
    assert answered


def test_a_leak_harms_confidentiality_and_an_interruption_availability() -> None:
    for threat in threats().values():
        assert "leak" not in threat["effects"] or "confidentiality" in threat["affects"], threat["id"]
        assert "interruption" not in threat["effects"] or "availability" in threat["affects"], threat["id"]
        assert "tampering" not in threat["effects"] or "integrity" in threat["affects"], threat["id"]


def test_every_vulnerability_names_threats_that_exist_and_controls_that_answer_it() -> None:
    controls = control_refs(load("threats/vulnerabilities.yaml")["controls_standard"])
    for row in vulnerabilities().values():
        assert row.keys() == {"id", "title", "gloss", "threats", "controls"}, row["id"]
        assert row["threats"] and set(row["threats"]) <= threats().keys(), row["id"]
        assert row["controls"] and set(row["controls"]) <= controls, row["id"]
        for values in (row["threats"], row["controls"]):
            assert len(values) == len(set(values)), row["id"]


def test_every_threat_finds_a_vulnerability_to_exploit() -> None:
    exploited = {threat for row in vulnerabilities().values() for threat in row["threats"]}
    assert sorted(threats().keys() - exploited) == []


def test_every_typical_risk_pairs_a_threat_with_a_vulnerability_it_exploits() -> None:
    for risk in risks():
        vulnerability = vulnerabilities()[risk["vulnerability"]]
        assert risk["threat"] in vulnerability["threats"], sentence(risk)


def test_every_typical_risk_recommends_a_control_that_answers_its_vulnerability() -> None:
    controls = control_refs(load("threats/typical-risks.yaml")["controls_standard"])
    for risk in risks():
        assert set(risk["controls"]) <= controls, sentence(risk)
        assert set(risk["controls"]) & set(vulnerabilities()[risk["vulnerability"]]["controls"]), sentence(
            risk
        )


def test_every_typical_risk_tells_when_in_what_situation_why_how_and_with_what_effect() -> None:
    assert [text for text, times in Counter(sentence(risk) for risk in risks()).items() if times > 1] == []
    for risk in risks():
        assert tuple(risk["scenario"]) == STORY
        assert all(JAPANESE.search(part) for part in risk["scenario"].values()), sentence(risk)
        assert "。" not in "".join(risk["scenario"].values()), sentence(risk)
        assert len(sentence(risk)) <= GLOSS_LIMIT, sentence(risk)


def test_every_typical_risk_has_levels_from_1_to_3_and_a_known_kind_and_storage() -> None:
    for risk in risks():
        keys = {"asset_kind", "storage", "threat", "vulnerability", "scenario", "levels", "controls"}
        assert risk.keys() == keys, sentence(risk)
        assert risk["levels"].keys() == {"threat", "vulnerability"}, sentence(risk)
        assert set(risk["levels"].values()) <= {1, 2, 3}, sentence(risk)
        assert risk["asset_kind"] and set(risk["asset_kind"]) <= set(ASSET_KINDS), sentence(risk)
        assert set(risk["storage"]) <= set(STORAGES), sentence(risk)


@pytest.mark.parametrize("storage", STORAGES)
def test_every_storage_of_the_ledger_has_at_least_eight_proposals(storage: str) -> None:
    assert sum(storage in risk["storage"] for risk in risks()) >= 8


@pytest.mark.parametrize("kind", ASSET_KINDS)
def test_every_kind_of_asset_has_proposals_whatever_its_storage(kind: str) -> None:
    general = [risk for risk in risks() if kind in risk["asset_kind"] and not risk["storage"]]
    assert len(general) >= 5 or kind == "information"


def test_no_asset_is_offered_the_same_threat_and_vulnerability_twice() -> None:
    offers = Counter(
        (kind, storage, risk["threat"], risk["vulnerability"])
        for risk in risks()
        for kind, storage in product(risk["asset_kind"], risk["storage"] or [""])
    )
    assert [offer for offer, times in offers.items() if times > 1] == []


def test_the_glossary_explains_the_terms_that_the_sources_name() -> None:
    named = {term["term"] for term in terms()}
    assert named >= {
        "情報セキュリティ", "機密性", "完全性", "可用性", "リスクアセスメント", "リスクマネジメント", "脅威", "脆弱性",
        "ISMS", "リスク受容", "リスク分析", "リスク評価", "リスク対応", "適用宣言書", "残留リスク", "リスク所有者", "受容基準",
    }  # fmt: skip


def test_every_term_has_a_reading_and_a_meaning_of_its_own() -> None:
    for field in ("id", "term", "english", "meaning"):
        assert [value for value, times in Counter(t[field] for t in terms()).items() if times > 1] == []
    for term in terms():
        assert term.keys() - {"aliases", "requirements"} == {"id", "term", "reading", "english", "meaning"}
        assert re.fullmatch(r"[ぁ-んァ-ヶー]+", term["reading"]), term["id"]
        assert JAPANESE.search(term["meaning"]), term["id"]
        assert len(term["meaning"]) <= GLOSS_LIMIT, term["id"]


def test_a_word_leads_to_one_term_only() -> None:
    words = [word for term in terms() for word in (term["term"], *term.get("aliases", []))]
    assert [word for word, times in Counter(words).items() if times > 1] == []
