"""Application configuration."""

from importlib import import_module

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The append-only ledger of everything that was done."""

    name = "sakimori.kernel.ledger"
    label = "ledger"
    verbose_name = "証跡台帳"

    def ready(self) -> None:
        """Declare the ledger's own verbs."""
        import_module("sakimori.kernel.ledger.acts")
