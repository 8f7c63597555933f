"""Application configuration."""

from django.apps import AppConfig


class CommitteeConfig(AppConfig):
    """情報セキュリティ委員会: meetings, agenda, minutes, decisions and what becomes of them."""

    name = "sakimori.domains.committee"
    label = "committee"
    verbose_name = "情報セキュリティ委員会"
    depends_on = ("identity", "records")
