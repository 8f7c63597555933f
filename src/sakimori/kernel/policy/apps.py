"""Application configuration."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class PolicyConfig(AppConfig):
    """Parameters of the regulations and their revisions."""

    name = "sakimori.kernel.policy"
    label = "policy"
    verbose_name = "規程のパラメータ"

    def ready(self) -> None:
        """Let the store of evidence obey the article on the size of files."""
        import_string("sakimori.kernel.policy.limits.evidence_bytes")
