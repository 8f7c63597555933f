"""Application configuration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The append-only ledger of everything that was done."""

    name = "sakimori.kernel.ledger"
    label = "ledger"
    verbose_name = "証跡台帳"
