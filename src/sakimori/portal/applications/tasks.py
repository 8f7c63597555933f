"""What runs by itself: reminders of applications, and the mail."""

from __future__ import annotations

from sakimori.kernel.approvals import reminders
from sakimori.kernel.jobs import registry
from sakimori.kernel.notices import delivery


@registry.task("notices.deliver")
def deliver() -> None:
    """Mail what is due."""
    delivery.deliver()


@registry.task("approvals.remind")
def remind() -> None:
    """Remind of open steps, report late ones, let old applications expire."""
    reminders.remind()


registry.every("notices.deliver", minutes=1)
registry.every("approvals.remind", daily="07:00")
