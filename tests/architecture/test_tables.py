"""Foreign keys follow the direction of the imports, and every relation is a real one."""

import ast
import tomllib
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from .source import ROOT, SRC, place, tree

OURS = [model for model in apps.get_models() if model.__module__.startswith("sakimori.")]


def test_a_test_adds_no_model_to_an_app_of_the_product() -> None:
    """Every worker reads all tests: a model of theirs would stay in the app and miss its migration."""
    labels = {app.label for app in apps.get_app_configs()}
    wrong = []
    for path in sorted(SRC.rglob("tests/*.py")) + sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and node.name == "Meta" and _named(node, "app_label") in labels:
                wrong.append(place(node, path))
    assert not wrong, wrong


def _named(node: ast.ClassDef, name: str) -> object:
    """Return the constant that the class gives to ``name``, None where it gives none."""
    for line in node.body:
        if isinstance(line, ast.Assign) and name in {ast.unparse(target) for target in line.targets}:
            return line.value.value if isinstance(line.value, ast.Constant) else None
    return None


def _contract(identity: str) -> list[str]:
    contracts: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
    return next(contract["layers"] for contract in contracts if contract["id"] == identity)


def _heights(identity: str, prefix: str) -> dict[str, int]:
    """Return how high each package of a contract stands; the lowest is 0."""
    layers = list(reversed(_contract(identity)))
    return {
        prefix + name.strip("() "): height for height, layer in enumerate(layers) for name in layer.split("|")
    }


STOREYS = _heights("storeys", "sakimori.")
FLOORS = _heights("kernel", "sakimori.kernel.") | _heights("domain-tiers", "sakimori.domains.")


def _height(model: type[models.Model]) -> tuple[int, int]:
    """Return storey and floor of the package that holds the model."""
    parts = model.__module__.split(".")
    return STOREYS[".".join(parts[:2])], FLOORS.get(".".join(parts[:3]), 0)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_foreign_key_points_downwards(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model
        if not field.is_relation or not field.concrete or not isinstance(target, type) or target not in OURS:
            continue
        if target._meta.app_label == model._meta.app_label:
            continue
        assert _height(target) < _height(model), f"{field} points upwards or sideways to {target._meta.label}"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_relation_is_a_real_foreign_key(model: type[models.Model]) -> None:
    assert not any(isinstance(field, GenericForeignKey) for field in model._meta.private_fields)
