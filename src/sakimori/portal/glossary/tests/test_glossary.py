"""The glossary shows every term, finds them, and links to each."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sakimori.kernel.content.catalogue import GLOSSARY
from sakimori.kernel.identity.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client) -> Client:
    Person(name="山田 太郎", user=User.objects.create_user("E1")).save()
    client.force_login(User.objects.get())
    return client


def test_every_term_stands_on_the_page_with_its_meaning(reader: Client) -> None:
    page = reader.get("/glossary/").content.decode()
    assert len(list(GLOSSARY)) > 8
    for term in GLOSSARY:
        assert term.term in page
        assert f'id="{term.id}"' in page


def test_the_terms_that_the_policy_names_are_defined() -> None:
    known = {name for term in GLOSSARY for name in (term.term, *term.aliases)}
    assert known >= {
        "情報セキュリティ", "機密性", "完全性", "可用性", "リスクアセスメント", "リスクマネジメント", "脅威", "脆弱性",
    }  # fmt: skip


@pytest.mark.parametrize("words", ["機密性", "きみつせい", "CONFIDENTIALITY", "ｋｉｍｉｔｕ?"])
def test_terms_are_found_by_term_reading_and_english(reader: Client, words: str) -> None:
    page = reader.get("/glossary/", {"q": words}).content.decode()
    assert ('id="confidentiality"' in page) is ("?" not in words)
    assert 'id="availability"' not in page


def test_a_search_without_result_says_so(reader: Client) -> None:
    assert "見つかりませんでした" in reader.get("/glossary/", {"q": "存在しない言葉"}).content.decode()
