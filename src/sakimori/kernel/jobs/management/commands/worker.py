"""Run the worker: ``./sakimori worker``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections
from django_q.cluster import Cluster

from sakimori.kernel.jobs import timetable


class Command(BaseCommand):
    """Bring the timetable up to date, then work off the queue until told to stop."""

    help = "定期処理と待ち行列の処理を始めます。"
    requires_system_checks = []  # the start has run them

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the cluster; it returns when it receives SIGINT or SIGTERM."""
        timetable.synchronise()
        close_old_connections()
        connections.close_all()
        Cluster().start()
