"""Application configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """従業者: who works here, and what they signed."""

    name = "sakimori.domains.people"
    label = "people"
    verbose_name = "従業者"
    depends_on = ("identity", "records")
