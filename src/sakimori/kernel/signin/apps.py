"""Application configuration."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Accounts, passwords by the regulation, second factors and sessions."""

    name = "sakimori.kernel.signin"
    label = "signin"
    verbose_name = "サインイン"
