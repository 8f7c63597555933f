"""Application configuration."""

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """情報資産: what the company owns and must protect."""

    name = "sakimori.domains.assets"
    label = "assets"
    verbose_name = "情報資産"
    depends_on = ("identity", "records")
