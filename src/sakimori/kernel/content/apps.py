"""Application configuration."""

from importlib import import_module

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """The files under ``content/``; wrong content stops the start."""

    name = "sakimori.kernel.content"
    label = "content"
    verbose_name = "コンテンツ"

    def ready(self) -> None:
        """Let every start read all of the content."""
        import_module("sakimori.kernel.content.inspection")
