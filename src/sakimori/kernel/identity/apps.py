"""Application configuration."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, departments, roles and the gate."""

    name = "sakimori.kernel.identity"
    label = "identity"
    verbose_name = "組織と人"
