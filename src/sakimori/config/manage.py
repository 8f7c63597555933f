"""Run a management command: ``python -m sakimori.config.manage migrate``."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
    execute_from_command_line(sys.argv)
