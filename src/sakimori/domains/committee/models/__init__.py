"""Meetings with agenda and attendance; topics, decisions and task forces."""

from .decisions import Decision, TaskForce, Topic
from .meetings import AgendaItem, Attendance, Meeting, Objection

__all__ = ["AgendaItem", "Attendance", "Decision", "Meeting", "Objection", "TaskForce", "Topic"]
