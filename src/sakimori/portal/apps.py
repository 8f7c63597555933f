"""Application configuration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages that read across domains."""

    name = "sakimori.portal"
    label = "portal"
    verbose_name = "ポータル"

    def ready(self) -> None:
        """Put the portal's pages into the side bar."""
        from . import menu  # noqa: F401, PLC0415 - models are not ready before
