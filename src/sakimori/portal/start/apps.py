"""Application configuration."""

from django.apps import AppConfig


class StartConfig(AppConfig):
    """Guided start."""

    name = "sakimori.portal.start"
    label = "portal_start"
    verbose_name = "はじめの設定"
