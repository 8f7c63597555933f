"""Application configuration."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """周知と理解度: who must read which document, and who has understood it."""

    name = "sakimori.domains.training"
    label = "training"
    verbose_name = "周知と理解度"
    depends_on = ("identity", "records", "documents")
