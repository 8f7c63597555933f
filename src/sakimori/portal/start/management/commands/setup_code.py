"""Prepare the setup code of an empty installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sakimori.portal.start import code


class Command(BaseCommand):
    """Make the setup code where nobody can sign in yet, and show it."""

    help = "Show the one-time code for the guided start of an empty installation."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the code, if the installation is still being set up."""
        found = code.prepare()
        if found is not None:
            self.stdout.write(found)
