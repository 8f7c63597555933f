"""The anchor: numbers, labels, gate and bulk insert."""

import pytest

from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.records import bulk
from sakimori.kernel.records.models import Reader, Record

pytestmark = pytest.mark.django_db


def person(name, **values):
    return Person.objects.create(name=name, **values)


def test_every_row_gets_the_next_number_of_its_prefix():
    rows = [Site.objects.create(name=name) for name in ("本社", "川口工場")]
    first = int(rows[0].number.removeprefix("STE-"))
    assert [row.number for row in rows] == [f"STE-{first:05d}", f"STE-{first + 1:05d}"]


def test_a_mixed_list_shows_labels_without_reading_the_registers(django_assert_num_queries):
    owner = person("加藤")
    Site.objects.create(name="本社", owner=owner)
    with django_assert_num_queries(1):
        rows = list(Record.objects.filter(kind="identity.site").select_related("owner"))
        assert [(row.label, row.owner.label) for row in rows] == [("本社", "加藤")]


def test_bulk_rows_are_like_saved_ones():
    rows = [Department(code=f"D{n}", name=f"部{n}") for n in range(30)]
    bulk.insert(rows)
    stored = Department.objects.get(code="D29")
    assert (stored.label, stored.kind, stored.audience) == ("部29", "identity.department", "everyone")
    assert stored.number.startswith("DEP-")
    assert len({row.number for row in Department.objects.all()}) == 30


def test_bulk_insert_refuses_rows_of_two_registers():
    with pytest.raises(ValueError, match="one register"):
        bulk.insert([Site(name="本社"), Department(code="A", name="営業部")])


def test_a_stranger_sees_nothing_of_an_audience_that_does_not_name_him():
    kato = person("加藤")
    Site.objects.create(name="秘密の拠点", audience="hr")
    assert not Site.objects.visible_to(kato).exists()


def test_the_owner_sees_his_own_row_where_the_audience_says_so():
    kato, kimura = person("加藤"), person("木村")
    Site.objects.create(name="加藤の行", audience="hr", owner=kato)
    assert [s.name for s in Site.objects.visible_to(kato)] == ["加藤の行"]
    assert not Site.objects.visible_to(kimura).exists()


def test_a_named_reader_sees_the_one_record():
    kato = person("加藤")
    row = Site.objects.create(name="秘密の拠点", audience="hr")
    Reader.objects.create(record=row, person=kato)
    assert list(Site.objects.visible_to(kato)) == [row]


def test_a_department_audience_shows_the_rows_of_the_department_and_below():
    sales = Department.objects.create(code="S", name="営業部")
    branch = Department.objects.create(code="S1", name="営業一課", parent=sales)
    other = Department.objects.create(code="M", name="製造部")
    kato = person("加藤", department=sales)
    for place in (sales, branch, other):
        Site.objects.create(name=f"{place.name}の行", audience="departmental", department=place)
    assert {s.name for s in Site.objects.visible_to(kato)} == {"営業部の行", "営業一課の行"}


def test_an_anchor_leads_to_its_row():
    site = Site.objects.create(name="本社")
    assert Record.objects.get(pk=site.pk).row() == site
