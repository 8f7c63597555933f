"""Application configuration."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Parameters of the regulations and their revisions."""

    name = "sakimori.kernel.policy"
    label = "policy"
    verbose_name = "規程のパラメータ"
