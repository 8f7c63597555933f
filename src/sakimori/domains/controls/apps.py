"""Application configuration."""

from django.apps import AppConfig


class ControlsConfig(AppConfig):
    """管理策: standards, their controls, and the statement of applicability."""

    name = "sakimori.domains.controls"
    label = "controls"
    verbose_name = "管理策"
    depends_on = ("identity", "records")
