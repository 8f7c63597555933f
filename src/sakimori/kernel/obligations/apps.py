"""Application configuration."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class ObligationsConfig(AppConfig):
    """Obligations and their occurrences."""

    name = "sakimori.kernel.obligations"
    label = "obligations"
    verbose_name = "義務と期日"

    def ready(self) -> None:
        """Let events start clocks and approved forms close occurrences; arm the check of names."""
        import_string("sakimori.kernel.obligations.events.happened")
        import_string("sakimori.kernel.obligations.inspection.check")
