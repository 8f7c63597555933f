from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.http import Http404
from django.test import RequestFactory
from pytest_django import Settings

from sakimori.kernel.dossier import evidence, files, views
from sakimori.kernel.dossier.models import Evidence
from sakimori.kernel.identity.models import Person

from . import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Person:
    return cast.person("事務局 花子", None, "security_office")


@pytest.fixture
def filed(tmp_path: Path, settings: Settings, office: Person) -> Evidence:
    settings.MEDIA_ROOT = tmp_path
    return evidence.attach(cast.row(), ContentFile(b"%PDF-1.7\n"), file_name="証跡 1.pdf", by=office)


def get(pk: int, person: Person | None) -> object:
    request = RequestFactory().get(f"/evidence/{pk}")
    request.person = person  # type: ignore[attr-defined]
    return views.download(request, pk)


def test_a_file_is_handed_out_as_an_attachment_that_no_browser_runs(filed: Evidence, office: Person) -> None:
    response = get(filed.pk, office)
    assert b"".join(response) == b"%PDF-1.7\n"  # type: ignore[call-overload]
    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E8%A8%BC")  # type: ignore[index]
    assert response["Content-Type"] == "application/octet-stream"  # type: ignore[index]
    assert response["X-Content-Type-Options"] == "nosniff"  # type: ignore[index]


def test_who_may_not_know_of_the_record_is_told_nothing(filed: Evidence) -> None:
    for person in (None, cast.person("他部門 太郎", cast.department())):
        with pytest.raises(Http404):
            get(filed.pk, person)


def test_a_lost_file_is_said_to_be_lost(filed: Evidence, office: Person) -> None:
    files.path_of(filed.sha256).unlink()
    response = get(filed.pk, office)
    assert response.status_code == 410  # type: ignore[attr-defined]
