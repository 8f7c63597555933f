"""Whatever is sent to the API, it answers; what it describes in OpenAPI is where the attempts come from."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sakimori.lib import clock
from sakimori.registers import tokens
from sakimori.registers.api import api
from sakimori.registers.base import registry

SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/"))))
OPERATIONS = [operation.ok() for operation in SCHEMA.get_all_operations()]


@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_never_answers_with_an_accident(operation: Any, cast: Any) -> None:
    expires = clock.today() + timedelta(days=1)
    _token, secret = tokens.issue(cast.ueno, name="試験", scope="write", expires_on=expires)
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
    rows = [cast.sales.pk, cast.ueno.pk, cast.head_office.pk, 0, 2**70]

    @settings(
        max_examples=40, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck), derandomize=True,
    )  # fmt: skip
    @given(case=operation.as_strategy(), slug=st.sampled_from(sorted(registry)), row=st.sampled_from(rows))
    def attempt(case: Any, slug: str, row: int) -> None:
        path = (
            case.path.replace("{slug}", slug).replace("{pk}", str(row)).replace("{verb}", "register.retired")
        )
        body = b"" if case.body is None or not isinstance(case.body, dict | list) else json.dumps(case.body)
        answer = client.generic(
            case.method, path, body, content_type="application/json", query_params=dict(case.query or {})
        )
        assert answer.status_code < 500, (case.method, path, case.body, case.query)

    attempt()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", ["\0", "\ud800", "１", "9" * 400, "../..", "<script>", "'; --", "none", "*"]
)
def test_lists_take_any_parameter(as_person: Any, cast: Any, value: str) -> None:
    client = as_person(cast.ueno)
    for slug, declared in sorted(registry.items()):
        if not declared.opens_for(cast.ueno):
            continue
        names = [item if isinstance(item, str) else item.field for item in declared.filters]
        names += [f"{name}_from" for name in names] + ["q", "sort", "page", "size", "col", "retired"]
        sent = dict.fromkeys(names, value.encode("utf-8", "ignore").decode())
        assert client.get(f"/registers/{slug}/", sent).status_code == 200, (slug, sent)
