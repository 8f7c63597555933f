"""Translations are compiled as msgfmt would, and read back by Python's own gettext."""

import gettext
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.lib import catalogues

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'


def opened(text: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(catalogues.binary(HEADER + text)))


def test_plain_long_plural_and_contextual_messages_are_found() -> None:
    catalogue = opened(
        '#: a.py:1\nmsgid "サインイン"\nmsgstr "Sign in"\n\n'
        'msgid ""\n"一行目\\n"\n"二行目"\nmsgstr ""\n"first\\n"\n"second"\n\n'
        'msgid "%(n)d件"\nmsgid_plural "%(n)d件"\nmsgstr[0] "%(n)d item"\nmsgstr[1] "%(n)d items"\n\n'
        'msgctxt "menu"\nmsgid "印刷"\nmsgstr "Print"\n'
    )
    assert catalogue.gettext("サインイン") == "Sign in"
    assert catalogue.gettext("一行目\n二行目") == "first\nsecond"
    assert [catalogue.ngettext("%(n)d件", "%(n)d件", n) for n in (1, 2)] == ["%(n)d item", "%(n)d items"]
    assert catalogue.pgettext("menu", "印刷") == "Print"


@pytest.mark.parametrize(
    "text",
    ['#, fuzzy\nmsgid "犬"\nmsgstr "cat"\n', 'msgid "犬"\nmsgstr ""\n', '#~ msgid "犬"\n#~ msgstr "dog"\n'],
)
def test_what_is_doubted_untranslated_or_obsolete_stays_as_it_is(text: str) -> None:
    assert opened(text).gettext("犬") == "犬"


@pytest.mark.parametrize("text", ['msgid "a\nmsgstr "b"\n', 'word "a"\nmsgstr "b"\n', "msgid b\n"])
def test_a_broken_file_is_named_with_its_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"x\.po:1"):
        list(catalogues.read(text, "x.po"))


@given(
    st.dictionaries(
        st.text(min_size=1, alphabet=st.characters(codec="utf-8", exclude_characters="\0\x04")),
        st.text(min_size=1, alphabet=st.characters(codec="utf-8", exclude_characters="\0")),
        max_size=8,
    )
)
def test_whatever_is_written_is_read_back(messages: dict[str, str]) -> None:
    text = "".join(f"msgid {_quoted(k)}\nmsgstr {_quoted(v)}\n\n" for k, v in messages.items())
    catalogue = opened(text)
    assert {key: catalogue.gettext(key) for key in messages} == messages


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" if not c.isalnum() else c for c in text) + '"'


def test_a_file_is_compiled_once_until_it_changes(tmp_path: Path) -> None:
    source = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(HEADER + 'msgid "犬"\nmsgstr "dog"\n', "utf-8")
    assert catalogues.compile_all(tmp_path) == [source.with_suffix(".mo")]
    assert catalogues.compile_all(tmp_path) == []
