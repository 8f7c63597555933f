"""Application configuration."""

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    """組織: departments, roles, committee, scope, context."""

    name = "sakimori.domains.organization"
    label = "organization"
    verbose_name = "組織と体制"
    depends_on = ("identity", "records")
