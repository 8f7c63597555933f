"""Pages of the asset register that are its own."""

import pytest
from django.urls import reverse

from sakimori.domains.assets import rules
from sakimori.domains.assets.models import Asset


@pytest.fixture
def drawing(cast):
    return rules.register_asset(
        name="設計図面", department=cast.production, confidentiality=3, integrity=2, availability=1,
        classification="secret", by=cast.ueno,
    )  # fmt: skip


@pytest.mark.requirement("V20-116", "PRC-039")
def test_an_asset_shows_how_its_class_is_handled(drawing, as_person, cast):
    page = as_person(cast.ono).get(reverse("registers:detail", args=["assets", drawing.pk])).content.decode()
    assert "社長の許可、暗号化した機器のみ" in page and "テレワーク" in page


def test_an_asset_without_a_class_says_that_its_handling_is_open(as_person, cast):
    bare = rules.register_asset(name="未評価", department=cast.production, by=cast.ueno)
    page = as_person(cast.ono).get(reverse("registers:detail", args=["assets", bare.pk])).content.decode()
    assert "区分が空欄のため" in page


@pytest.mark.requirement("JPM-036", "PRC-046")
@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_labels_are_printed_for_what_may_be_seen(form, drawing, as_person, cast):
    Asset.objects.create(name="公開資料", classification="public", owner=cast.ono, department=cast.production)
    client = as_person(cast.ono)
    assert "1枚を印刷" in client.get(reverse("asset-labels")).content.decode()
    assert len(client.get(reverse("asset-labels-print", args=[form])).content) > 3000
    assert (
        "当てはまる資産はありません" in as_person(cast.kimura).get(reverse("asset-labels")).content.decode()
    )


def test_an_outside_auditor_prints_no_labels(drawing, as_person, cast):
    assert as_person(cast.sato).get(reverse("asset-labels")).status_code == 403
