"""Application configuration."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class SearchConfig(AppConfig):
    """The index over all records."""

    name = "sakimori.kernel.search"
    label = "search"
    verbose_name = "検索"

    def ready(self) -> None:
        """Let the index hear of changed records."""
        import_string("sakimori.kernel.search.upkeep.refresh")
