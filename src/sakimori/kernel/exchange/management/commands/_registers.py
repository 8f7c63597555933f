"""Which register a command of the console means."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from sakimori.kernel.exchange.columns import SHEETS, Sheet


def named(name: str) -> Sheet:
    """Return the sheet of this id; CommandError names all there are."""
    if name not in SHEETS:
        known = "\n".join(
            f"  {sheet.id}  {title_of(sheet)}" for sheet in sorted(SHEETS.values(), key=lambda s: s.id)
        )
        raise CommandError(_("台帳を次から指定してください:\n%(known)s") % {"known": known})
    return SHEETS[name]


def title_of(sheet: Sheet) -> str:
    """Return the register's name."""
    return str(sheet.title or sheet.model._meta.verbose_name)
