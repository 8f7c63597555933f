"""What software finds in the asset register."""

from datetime import date

import pytest

from sakimori.domains.assets import checks
from sakimori.domains.assets.models import Asset

TODAY = date(2026, 6, 1)


def asset(cast, **values):
    values = {"owner": cast.eto, "confidentiality": 1, "integrity": 1, "availability": 1, "importance": 1,
              "classification": "public", "confirmed_on": TODAY, **values}  # fmt: skip
    return Asset.objects.create(name="資産", department=cast.sales, **values)


OFFENDERS = {
    "no_owner": {"owner": None},
    "unclassified": {"classification": ""},
    "unconfirmed": {"confirmed_on": date(2025, 5, 31)},
    "unencrypted": {"classification": "secret", "storage": "mobile", "encrypted": None},
    "outside_server_room": {"importance": 3, "storage": "office_pc"},
    "not_labelled": {"classification": "internal"},
    "folder_without_class": {"classification": "internal", "labelling": "folder", "location": "S:/共有"},
    "scope_unknown": {"classification": "secret"},
}
SOUND = {
    "no_owner": {},
    "unclassified": {},
    "unconfirmed": {"confirmed_on": date(2025, 6, 1)},
    "unencrypted": {"classification": "secret", "storage": "mobile", "encrypted": True},
    "outside_server_room": {"importance": 3, "storage": "internal_server", "in_server_room": True},
    "not_labelled": {"classification": "internal", "labelling": "stamp"},
    "folder_without_class": {
        "classification": "internal",
        "labelling": "folder",
        "location": "S:/社外秘/営業",
    },
    "scope_unknown": {"classification": "internal"},
}


PROVEN = {
    "no_owner": ("V20-106",),
    "unclassified": ("PRC-042",),
    "unencrypted": ("V20-206",),
    "outside_server_room": ("REG-268",),
    "not_labelled": ("JPM-037", "PRC-048"),
    "folder_without_class": ("JPM-035",),
}
CASES = [
    pytest.param(name, marks=[pytest.mark.requirement(*PROVEN[name])] if name in PROVEN else [])
    for name in OFFENDERS
]


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_found_and_a_sound_row_is_not(name, cast):
    sound, wrong = asset(cast, **SOUND[name]), asset(cast, **OFFENDERS[name])
    found = set(getattr(checks, name)(TODAY))
    assert wrong in found and sound not in found


@pytest.mark.requirement("PRC-037")
def test_an_asset_of_a_leaver_is_found(cast):
    wrong = asset(cast, owner=cast.suzuki)
    assert list(checks.owner_left(TODAY)) == [wrong]
