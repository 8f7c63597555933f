"""The check at every start: what forms name in Python is registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _

from sakimori.kernel.content.forms import FORMS, Form
from sakimori.kernel.content.texts import NOTICES
from sakimori.lib.strictyaml import ContentError

from . import tables
from .items import SOURCES
from .registry import CHECKS, CHOICES, CONDITIONS, EFFECTS, ROLES

TOLD = ("waiting", "due", "overdue", "escalated", "approved", "returned", "rejected", "expired")


@register()
def check(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Return one error per name that nothing answers to."""
    try:
        forms = list(FORMS)
        missing = [f"approvals.{name}" for name in TOLD if f"approvals.{name}" not in NOTICES]
    except ContentError:
        return []  # reported with its place by the check of the content
    found: list[CheckMessage] = [
        Error(
            _("通知文「%s」がありません。") % name, obj="content/notices/approvals.yaml", id="approvals.E002"
        )
        for name in missing
    ]
    for form in forms:
        found += [Error(text, obj=str(form.place), id="approvals.E001") for text in _of_form(form)]
    return found


def _of_form(form: Form) -> Iterator[str]:
    named: list[tuple[str, Any]] = [(step.when, CONDITIONS) for step in form.route]
    named += [(step.role_from, ROLES) for step in form.route]
    sources = (field.choices_from for field in form.fields if not tables.is_table(field.choices_from))
    named += [(name, CHOICES) for name in sources]
    named += [(form.check, CHECKS), (form.items_from, SOURCES)]
    for name, table in named:
        if name and name not in table:
            yield _("「%s」という名前の処理は登録されていません。") % name
    if form.on_approved and form.id not in EFFECTS:
        yield _("承認後の処理（on_approved）が登録されていません。")
    known = {model._meta.label_lower for model in apps.get_models()}
    for kind in _kinds(form):
        if kind not in known:
            yield _("記録の種類「%s」はありません。") % kind


def _kinds(form: Form) -> list[str]:
    """Return the kinds of record that the form is about or asks for."""
    subject = [form.subject.kind] if form.subject and form.subject.kind else []
    return [f.kind for f in form.fields if f.kind] + subject
