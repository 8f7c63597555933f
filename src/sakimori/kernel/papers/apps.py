"""Application configuration."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Printed forms."""

    name = "sakimori.kernel.papers"
    label = "papers"
    verbose_name = "帳票"
