"""Application configuration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """文書と規程: the regulations article by article, their editions, copies and readers."""

    name = "sakimori.domains.documents"
    label = "documents"
    verbose_name = "文書と規程"
    depends_on = ("identity", "records")
