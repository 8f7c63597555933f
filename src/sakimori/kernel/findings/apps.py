"""Application configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules, import_string


class FindingsConfig(AppConfig):
    """Checks and findings."""

    name = "sakimori.kernel.findings"
    label = "findings"
    verbose_name = "自動点検"

    def ready(self) -> None:
        """Read the checks of every application; let approved exceptions waive and checklists be judged."""
        import_string("sakimori.kernel.findings.acts.waive_by_form")
        import_string("sakimori.kernel.findings.checklists.judge")
        autodiscover_modules("checks")
