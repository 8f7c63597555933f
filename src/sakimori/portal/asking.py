"""What an address asks of several pages."""

from __future__ import annotations

from django.http import QueryDict

from sakimori.lib import clock
from sakimori.lib.fiscal import FiscalYear


def year_asked(wanted: QueryDict) -> FiscalYear:
    """Return the fiscal year that ``year`` names; the present one where it names none from 2000 to 2100."""
    typed = wanted.get("year", "")
    valid = typed.isascii() and typed.isdigit() and 2000 <= int(typed) <= 2100
    return FiscalYear(int(typed)) if valid else FiscalYear.of(clock.today())
