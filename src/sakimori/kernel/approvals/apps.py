"""Application configuration."""

from importlib import import_module

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Forms, routes and decisions."""

    name = "sakimori.kernel.approvals"
    label = "approvals"
    verbose_name = "申請と承認"

    def ready(self) -> None:
        """Register what the kernel itself offers to forms, and the check of the forms."""
        for module in ("conditions", "parameter_change", "record_forms", "inspection"):
            import_module(f"sakimori.kernel.approvals.{module}")
