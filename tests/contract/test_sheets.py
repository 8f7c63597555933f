"""What a register writes to Excel, it reads again without a difference."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sakimori.kernel.exchange import imports
from sakimori.registers.base import registry

from .conftest import Case

pytestmark = pytest.mark.django_db
WITH_SHEET = sorted(slug for slug, declared in registry.items() if declared.sheet is not None)


@pytest.mark.parametrize("slug", WITH_SHEET)
def test_comes_back_unchanged(slug, cast, as_person, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    case = Case(registry[slug], cast)
    case.make(3)
    by = next(p for p in (cast.ueno, cast.shimizu) if case.declared.opens_for(p))
    answer = as_person(by).get(f"{case.url}export/sheet/")
    content = b"".join(answer.streaming_content)
    upload = SimpleUploadedFile("台帳.xlsx", content)
    batch = imports.upload(sheet=case.declared.sheet.id, file=upload, file_name="台帳.xlsx", by=by)
    found = imports.report(imports.dry_run(batch, by=by))
    assert found.problems == []
    assert (found.counts["new"], found.counts["changed"]) == (0, 0)
    assert found.counts["same"] >= 3


@pytest.mark.parametrize("slug", WITH_SHEET)
def test_is_imported_only_with_the_right(slug, cast, as_person):
    url = f"/registers/{slug}/import/"
    assert as_person(cast.sato).get(url).status_code in {403, 404}
