"""Application configuration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Jobs, their timetable and their progress."""

    name = "sakimori.kernel.jobs"
    label = "jobs"
    verbose_name = "定期処理"

    def ready(self) -> None:
        """Read the ``tasks`` module of every application, so that a worker knows all jobs by name."""
        autodiscover_modules("tasks")
