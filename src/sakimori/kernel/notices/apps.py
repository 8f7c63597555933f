"""Application configuration."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices and their delivery."""

    name = "sakimori.kernel.notices"
    label = "notices"
    verbose_name = "通知"
