"""Application configuration."""

from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules


class RegistersConfig(AppConfig):
    """The registers kit."""

    name = "sakimori.registers"
    label = "registers"
    verbose_name = "台帳"

    def ready(self) -> None:
        """Read the declarations of every installed domain and arm the checks on them."""
        from . import inspection, surroundings  # noqa: F401, PLC0415 - models are not ready before

        autodiscover_modules("register")
        checks.register(inspection.check_registers, checks.Tags.models)
