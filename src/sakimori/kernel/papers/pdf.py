"""Printing as PDF, by Typst with the fonts of the house; nothing is fetched, nothing leaves the machine."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import typst
from django.conf import settings

from sakimori.lib import clock

from .blocks import Paper
from .plain import plain

_FORM = Path(__file__).with_name("house.typ")


@functools.cache
def _fonts() -> typst.Fonts:
    """Return the fonts, read once a process: reading them anew would cost more than the typesetting."""
    return typst.Fonts(include_system_fonts=True, font_paths=[str(settings.FONTS_DIR)])


def pdf(paper: Paper) -> bytes:
    """Return the paper as a PDF with text that can be searched and copied."""
    printed: bytes = typst.compile(
        str(_FORM),
        root=str(_FORM.parent),
        font_paths=_fonts(),
        sys_inputs={"paper": json.dumps(plain(paper), ensure_ascii=False)},
        timestamp=int(clock.now().timestamp()),
    )
    return printed
