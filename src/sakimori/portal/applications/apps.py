"""Application configuration."""

from importlib import import_module

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """Pages about applications."""

    name = "sakimori.portal.applications"
    label = "portal_applications"
    verbose_name = "申請と承認の画面"

    def ready(self) -> None:
        """Put the pages into the side bar, and the applications on every record's page."""
        import_module("sakimori.portal.applications.menu")
