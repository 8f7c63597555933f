"""Application configuration."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The lowest application: every register row is a record."""

    name = "sakimori.kernel.records"
    label = "records"
    verbose_name = "記録"
