"""What a hostile employee and a careless office worker type: answered or refused, never an accident."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from sakimori.domains.assets.models import Asset
from sakimori.kernel.approvals.models import Decision
from sakimori.registers.base import registry
from tests.cast import Cast

from .world import World, make_world

NONSENSE = (
    "²",
    "-1",
    "9" * 40,
    "9" * 5000,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%00",
    "none,none",
    "{{7*7}}",
)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


@pytest.fixture
def office(world: World, as_person: Callable) -> Client:
    return as_person(world.cast.ueno)


@pytest.mark.parametrize("value", NONSENSE, ids=range(len(NONSENSE)))
def test_a_list_answers_whatever_its_address_says(value: str, office: Client) -> None:
    asked = dict.fromkeys(
        ("q", "page", "sort", "columns", "department", "owner", "importance", "view"), value
    )
    for slug in ("assets", "risks", "people", "departments"):
        declared = registry[slug]
        asked |= {one if isinstance(one, str) else one.field: value for one in declared.filters}
        assert office.get(f"/registers/{slug}/", asked).status_code in (200, 404), slug
    asked |= {"likelihood": value, "loss": value, "method": value, "tab": value, "only": value, "year": value}
    for path in ("/risk/map/", "/people/", "/assets/labels/", "/search/", "/palette/", "/organization/context/",
                 "/controls/", "/lookup/identity.person/"):  # fmt: skip
        assert office.get(path, asked).status_code in (200, 400, 404), path


@pytest.mark.parametrize("value", ["²", "-1", "9" * 5000, "x"], ids=range(4))
def test_a_garbled_revision_overwrites_nothing(value: str, world: World, office: Client) -> None:
    forms = {
        f"/risk/{world.risk.pk}/analyse/": {"situation": "古い", "cause": "古い", "impact": "古い"},
        f"/registers/assets/{world.asset.pk}/change/": {"name": "古い"},
        f"/organization/scope/{world.scope.pk}/edit/": {"business": "古い"},
    }
    for path, values in forms.items():
        assert office.post(path, values | {"revision": value}).status_code in (200, 409, 422), path
    for row in (world.risk, world.asset, world.scope):
        before = type(row).objects.get(pk=row.pk)
        assert before.revision == row.revision and "古い" not in str(vars(before))


def test_chosen_rows_that_are_no_numbers_are_no_rows(world: World, office: Client) -> None:
    rows = {"row": list(NONSENSE), "applicable": "yes", "reasons": "practice", "reason": "x"}
    assert office.post(f"/controls/statements/{world.statement.pk}/decide/", rows).status_code == 302
    assert not world.statement.rows.filter(applicable=True, reason="x").exists()


@pytest.mark.parametrize(
    "path", ["/records/{}/", "/risk/{}/", "/applications/{}/", "/registers/assets/{}/", "/evidence/{}"]
)
def test_a_number_that_no_database_holds_is_not_found(path: str, office: Client) -> None:
    assert office.get(path.format("9" * 40)).status_code == 404


def test_a_name_is_never_markup(world: World, office: Client) -> None:
    Asset.objects.filter(pk=world.asset.pk).update(name=SCRIPT, label=SCRIPT)
    for path in (
        "/registers/assets/", f"/registers/assets/{world.asset.pk}/", f"/risk/assets/{world.asset.pk}/",
        f"/risk/{world.risk.pk}/", f"/registers/assets/{world.asset.pk}/change/",
    ):  # fmt: skip
        assert SCRIPT not in office.get(path).content.decode(), path


def test_a_formula_in_a_name_leaves_as_text(world: World, office: Client) -> None:
    formula = '=HYPERLINK("http://evil.example","押す")'
    Asset.objects.filter(pk=world.asset.pk).update(name=formula, label=formula)
    answer = office.get("/registers/assets/export/xlsx/")
    cells = [cell for row in load_workbook(io.BytesIO(body(answer))).active for cell in row]
    assert any(formula in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_somebody_elses_step_is_not_decided_through_ones_own_page(world: World, as_person: Callable) -> None:
    step = world.application.steps.get(action="approve").pk
    for person in (world.cast.ueno, world.cast.eto, world.cast.kimura):
        client = as_person(person)
        client.post(f"/applications/{world.application.pk}/decide/", {"step": step, "decision": "approve"})
    assert not Decision.objects.filter(step_id=step).exists()


def test_an_employee_changes_no_asset_by_forged_fields(world: World, as_person: Callable) -> None:
    client = as_person(world.cast.kato)
    values = {
        "revision": world.asset.revision,
        "name": "私の資産",
        "owner": world.cast.kato.number,
        "audience": "everyone",
    }
    assert client.post(f"/registers/assets/{world.asset.pk}/change/", values).status_code in (403, 404)
    bulk = {"row": world.asset.pk, "verb": "asset.confirmed"}
    assert client.post("/registers/assets/bulk/", bulk).status_code in (403, 404)
    stored = Asset.objects.get(pk=world.asset.pk)
    for name in ("name", "owner_id", "audience"):
        assert getattr(stored, name) == getattr(world.asset, name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"%PDF-1.7 x"),
        ("a.xlsx", b""),
        ("a.csv", b"\x00\xff\xfe\x00" * 50),
        ("../../a.xlsx", b"PK\x03\x04"),
        ("a.exe", b"MZ"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(name: str, content: bytes, office: Client) -> None:
    answer = office.post("/registers/assets/import/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422 and "refusal" in answer.context


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
