"""The numbers by which people sign in: parameters of the regulation in force that day (SYS-065 to SYS-070)."""

from __future__ import annotations

from datetime import date, timedelta

from sakimori.kernel.policy import policy

from .passwords import PasswordRule


def password_rule(on: date | None = None) -> PasswordRule:
    """Return the rule on passwords in force on ``on``."""
    return PasswordRule(
        length=policy.value("signin.password.length", on),
        classes=policy.value("signin.password.classes", on),
        history=policy.value("signin.password.history", on),
        guessable=not policy.value("signin.password.refuse_guessable", on),
        max_age=policy.value("signin.password.max_age", on),
        warning_days=policy.value("signin.password.warning", on),
        grace_days=policy.value("signin.password.grace", on),
    )


def failures_allowed() -> int:
    """Return after how many failures in a row an account is locked (SYS-070)."""
    allowed: int = policy.value("signin.lockout.attempts")
    return allowed


def lock_duration() -> timedelta | None:
    """Return how long an account stays locked; None until an administrator unlocks it."""
    minutes: int | None = policy.value("signin.lockout.minutes")
    return None if minutes is None else timedelta(minutes=minutes)


def idle_limit() -> timedelta:
    """Return after how long without a request a session ends (V20-190)."""
    return timedelta(minutes=policy.value("signin.session.idle"))


def longest_session() -> timedelta:
    """Return after how long a session ends, used or not."""
    return timedelta(hours=policy.value("signin.session.longest"))


def temporary_validity() -> timedelta:
    """Return how long a temporary password lets its owner in (PRC-079)."""
    return timedelta(days=policy.value("signin.temporary.valid"))


def factor_required_of() -> str:
    """Return of whom a second factor is demanded: "roles" (as roles.yaml says), "everyone" or "nobody"."""
    answer: str = policy.value("signin.mfa.required")
    return answer
