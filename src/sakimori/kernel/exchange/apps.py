"""Application configuration."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Import and export of registers."""

    name = "sakimori.kernel.exchange"
    label = "exchange"
    verbose_name = "台帳の取込と書出"
