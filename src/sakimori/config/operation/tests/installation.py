"""An installation in a folder of its own, driven from outside as its owner would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[5]
OPERATION = "sakimori.config.operation"


@dataclass(frozen=True)
class Installation:
    data: Path
    database_url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        dropped = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PORT", "SAKIMORI_DATA"}
        own = {key: value for key, value in os.environ.items() if key not in dropped}
        own |= {"SAKIMORI_DATA": str(self.data), "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
        return own | ({"DATABASE_URL": self.database_url} if self.database_url else {})

    def command(self, module: str, *arguments: object) -> list[str]:
        return [sys.executable, "-m", f"{OPERATION}.{module}", *map(str, arguments)]

    def run(self, module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(module, *arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start(self, module: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(module, *arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def must(self, module: str, *arguments: object) -> str:
        result = self.run(module, *arguments)
        assert result.returncode == 0, result.stdout
        return result.stdout

    def prepare(self) -> None:
        self.must("prepare")

    def open_sites(self, count: int) -> dict[str, Any]:
        return self._counted("open", count)

    def count(self) -> dict[str, Any]:
        return self._counted("count")

    def _counted(self, *arguments: object) -> dict[str, Any]:
        return json.loads(self.must("tests.company", *arguments).splitlines()[-1])
