"""Commands: one transaction, one entry, one right, one revision."""

import json

import pytest

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person, Site
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.models import Entry, Opening
from sakimori.lib.errors import Conflict, NotAllowed

pytestmark = pytest.mark.django_db


@book.command("test.site_opened", "開設", right="organization.change")
def open_site(*, name: str, by: book.Actor) -> Site:
    return Site.objects.create(name=name)


@book.command("test.site_renamed", "改称")
def rename(site: Site, *, name: str, reason: str = "", by: book.Actor) -> Site:
    site.name = name
    site.save()
    return site


@book.command("test.person_renamed", "改姓")
def marry(person: Person, *, name: str, by: book.Actor) -> Person:
    person.name = name
    person.save()
    return person


@book.command("test.failed", "失敗")
def fail(site: Site, *, by: book.Actor) -> Site:
    site.name = "書きかけ"
    site.save()
    raise NotAllowed("できません")


@pytest.fixture
def kato():
    return Person.objects.create(name="加藤")


@pytest.fixture
def site():
    return open_site(name="本社", by=SYSTEM)


def test_a_command_leaves_one_entry_with_what_changed(site, kato):
    rename(site, name="東京本社", reason="移転", by=kato)
    line = book.history(site)[0]
    assert (line.verb_label, line.actor_label, line.reason) == ("改称", "加藤", "移転")
    assert [(c.label, c.before, c.after) for c in line.changes] == [("拠点名", "本社", "東京本社")]


def test_the_first_entry_tells_the_values_of_a_new_row(site):
    (line,) = book.history(site)
    assert ("拠点名", None, "本社") in [(c.label, c.before, c.after) for c in line.changes]


def test_without_the_right_nothing_happens_and_nothing_is_written(kato):
    with pytest.raises(NotAllowed):
        open_site(name="川口工場", by=kato)
    assert not Site.objects.exists() and not Entry.objects.exists()


def test_a_failing_command_leaves_neither_change_nor_entry(site, kato):
    with pytest.raises(NotAllowed):
        fail(site, by=kato)
    assert Site.objects.get().name == "本社"
    assert len(book.history(site)) == 1


def test_the_second_of_two_editors_is_told_what_the_first_changed(site, kato):
    mine, theirs = Site.objects.get(), Site.objects.get()
    rename(theirs, name="東京本社", by=kato)
    with pytest.raises(Conflict) as refusal:
        rename(mine, name="大阪本社", by=kato)
    assert refusal.value.changes == (("拠点名", "本社", "東京本社"),)
    assert Site.objects.get().name == "東京本社"


def test_one_object_can_be_changed_again_and_again(site, kato):
    rename(site, name="一", by=kato)
    rename(site, name="二", by=kato)
    assert [c.before for c in book.history(site)[0].changes] == ["一"]


def test_personal_values_enter_as_commitments_and_are_read_through_their_openings(kato):
    marry(kato, name="佐々木", by=kato)
    body = json.loads(Entry.objects.get().body)
    assert "佐々木" not in Entry.objects.get().body
    assert set(body["changes"]["name"][1]) == {"commit"}
    assert name_after(kato) == "佐々木"
    Opening.objects.all().delete()
    assert name_after(kato) == "（消去済み）"


def name_after(person):
    return next(c.after for c in book.history(person)[0].changes if c.field == "name")


def test_an_undeclared_verb_is_refused(site):
    with pytest.raises(LookupError):
        book.append_many([book.Draft("nonsense", site)], by=SYSTEM)


def test_a_verb_is_declared_once():
    with pytest.raises(ValueError, match="twice"):
        book.command("test.failed", "別物")(lambda site, *, by: site)


def test_history_costs_the_same_for_one_entry_and_for_many(site, kato, django_assert_num_queries):
    for number in range(20):
        rename(site, name=f"第{number}", by=kato)
    with django_assert_num_queries(2):
        assert len(book.history(site)) == 21
