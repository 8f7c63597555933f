"""Who acts: a person, or the system in a named capacity."""

from __future__ import annotations

from dataclasses import dataclass

from .models import Person


@dataclass(frozen=True)
class System:
    """The product itself, acting by schedule or on behalf of a decided application."""

    name: str

    def __str__(self) -> str:
        return self.name


SYSTEM = System("システム（定期処理）")
INSTALLER = System("システム（初期設定）")

Actor = Person | System
