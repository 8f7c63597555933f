"""What the tools of the house say about the whole: storeys, migrations, system checks."""

import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from .source import ROOT


def test_imports_keep_to_the_storeys() -> None:
    program = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(cache_dir=None))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-4000:]


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)


def test_system_checks_find_nothing() -> None:
    call_command("check", fail_level="WARNING")
