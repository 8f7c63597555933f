"""The check at every start: lists, proofs and notices that obligations name exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.translation import gettext as _

from sakimori.kernel.content.duties import DUTIES, Duty
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.content.texts import NOTICES
from sakimori.lib.strictyaml import ContentError

from .contact import COMMITTEE, OVERDUE, REMINDER, SUPERIOR
from .targets import FAN_OUTS


@register()
def check(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Return one error per name that nothing answers to."""
    try:
        duties, known = list(DUTIES), _proofs()
        missing = [name for name in _notices() if name not in NOTICES]
    except ContentError:
        return []  # reported with its place by the check of the content
    found: list[CheckMessage] = [
        Error(_("通知文「%s」がありません。") % name, obj="content/notices", id="obligations.E002")
        for name in missing
    ]
    for duty in duties:
        place = str(duty.place)
        found += [Error(text, obj=place, id="obligations.E001") for text in _of_lists(duty)]
        found += [Warning(text, obj=place, id="obligations.W001") for text in _of_proof(duty, known)]
    return found


def _notices() -> list[str]:
    return [f"obligations.{kind}" for kind in (REMINDER, OVERDUE, SUPERIOR, COMMITTEE)]


def _proofs() -> set[str]:
    return {form.id for form in FORMS} | {model._meta.label_lower for model in apps.get_models()}


def _of_lists(duty: Duty) -> Iterator[str]:
    if duty.for_each and duty.for_each not in FAN_OUTS:
        names = {"list": duty.for_each, "known": "、".join(sorted(FAN_OUTS))}
        yield _("対象の一覧「%(list)s」は登録されていません。使えるもの: %(known)s。") % names


def _of_proof(duty: Duty, known: set[str]) -> Iterator[str]:
    if duty.proved_by and duty.proved_by not in known:
        yield _("証跡の種類「%s」という書式も台帳もありません。") % duty.proved_by
    if not duty.proved_by and not duty.retired:
        yield _("証跡の種類（proved_by）が必要です。義務は記録によってだけ完了します。")
