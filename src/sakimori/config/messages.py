"""Renew the English catalogue from the texts of the code: ``python -m sakimori.config.messages`` (needs gettext).

The ids are the Japanese texts. New ones are added without translation, removed ones are dropped; what stands
untranslated is shown in Japanese. The binary form is made by ``./sakimori run``, without the gettext tools.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from sakimori.lib import catalogues

PACKAGE = Path(__file__).resolve().parents[1]
LOCALES = Path(__file__).resolve().parent / "locale"
# Fixed, so that a renewal without new texts changes nothing: gettext would write the moment of each run.
_HEADER = (
    'msgid ""\nmsgstr ""\n'
    '"Project-Id-Version: Sakimori\\n"\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)


def renew() -> tuple[int, int]:
    """Write the catalogue; return how many texts it has and how many are translated."""
    settings.configure(LOCALE_PATHS=[str(LOCALES)], USE_I18N=True)
    django.setup()
    os.chdir(PACKAGE)
    call_command(
        "makemessages", locale=["en"], ignore_patterns=["*/tests/*"], no_wrap=True, no_location=True,
        no_obsolete=True, verbosity=0,
    )  # fmt: skip
    path = LOCALES / "en" / "LC_MESSAGES" / "django.po"
    body = re.split(r"\n\n", path.read_text("utf-8"), maxsplit=1)[1]
    path.write_text(f"{_HEADER}\n{body}", "utf-8")
    messages = [message for message in catalogues.read(path.read_text("utf-8")) if message.single]
    catalogues.compile_all(LOCALES)
    return len(messages), sum(message.is_usable for message in messages)


if __name__ == "__main__":
    total, translated = renew()
    print(f"{translated} / {total}")  # noqa: T201 - a tool answers
