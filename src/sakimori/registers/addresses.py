"""Addresses of rows."""

from __future__ import annotations

from django.urls import reverse

from .base import Register


def detail_url(declared: type[Register], pk: int) -> str:
    """Return the address of a row's page."""
    if declared.detail_url:
        return reverse(declared.detail_url, args=[pk])
    return reverse("registers:detail", args=[declared.slug, pk])


def list_url(declared: type[Register]) -> str:
    """Return the address of a register's list."""
    return reverse("registers:list", args=[declared.slug])
