"""Application configuration."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """リスク: identification, analysis, evaluation, treatment, acceptance."""

    name = "sakimori.domains.risk"
    label = "risk"
    verbose_name = "リスク管理"
    depends_on = ("identity", "records", "assets", "controls")
