"""Application configuration."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class DossierConfig(AppConfig):
    """Evidence, links, comments and retention of records."""

    name = "sakimori.kernel.dossier"
    label = "dossier"
    verbose_name = "記録の保管"

    def ready(self) -> None:
        """Let retention hear of new records."""
        import_string("sakimori.kernel.dossier.retention.file_record")
