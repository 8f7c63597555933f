"""The writes of plain registers, and the one way a page or the API calls any command.

A register without rules of its own is written by ``add``, ``change``, ``retire`` and ``restore``; one with
rules names them in its declaration, and ``save_new`` and ``save_changes`` call those instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .base import Register, form_fields, of_kind

Values = Mapping[str, object]


def save_new(declared: type[Register], values: Values, *, by: Actor) -> Record:
    """Store a new row by the register's own command, or the general one."""
    if declared.add is not None:
        return declared.add(**values, by=by)
    return add(declared, values, by=by)


def save_changes(
    declared: type[Register], row: Any, values: Values, *, reason: str = "", by: Actor
) -> Record:
    """Store the values that differ from the row's; nothing different, nothing written."""
    changed = {name: value for name, value in values.items() if _held(row, name) != _plain(value)}
    if not changed:
        return row  # type: ignore[no-any-return]
    if declared.change is not None:
        return declared.change(row, **changed, reason=reason, by=by)
    return change(row, changed, reason=reason, by=by)


def _held(row: Record, name: str) -> object:
    return getattr(row, type(row)._meta.get_field(name).attname)  # type: ignore[union-attr]


def _plain(value: object) -> object:
    return value.pk if isinstance(value, Record) else value


@command("register.added", gettext_lazy("登録"))
def add(declared: type[Register], values: Values, *, by: Actor) -> Record:
    """Store a new row of a plain register.

    Raises Invalid for values that the table refuses, NotAllowed without the right for the row's department.
    """
    row = declared.model(**_known(declared, values))
    _require(by, declared, "add", row)
    _complete(row)
    row.save()
    return row


@command("register.changed", gettext_lazy("変更"))
def change(row: Record, values: Values, *, reason: str = "", by: Actor) -> Record:
    """Change columns of a row of a plain register."""
    declared = _register_of(row)
    _require(by, declared, "change", row)
    _refuse_retired(row)
    for name, value in _known(declared, values).items():
        setattr(row, name, value)
    _complete(row)
    row.save()
    return row


@command("register.retired", gettext_lazy("取消"))
def retire(row: Record, *, reason: str, by: Actor) -> Record:
    """Withdraw a row: it stays readable, and lists leave it out."""
    _require(by, _register_of(row), "retire", row)
    _refuse_retired(row)
    if not reason.strip():
        raise Invalid({"reason": _("取り消す理由を入力してください。")})
    row.retired_at = clock.now()
    row.save()
    return row


@command("register.restored", gettext_lazy("取消の解除"))
def restore(row: Record, *, reason: str, by: Actor) -> Record:
    """Take a withdrawn row back."""
    _require(by, _register_of(row), "retire", row)
    if row.retired_at is None:
        raise NotAllowed(_("取り消されていない行です。"), rule="registers.not_retired")
    if not reason.strip():
        raise Invalid({"reason": _("取消を解除する理由を入力してください。")})
    row.retired_at = None
    row.save()
    return row


def _register_of(row: Record) -> type[Register]:
    declared = of_kind(row.kind)
    if declared is None:
        raise NotAllowed(_("この記録は画面から変更できません。"), rule="registers.undeclared")
    return declared


def _require(by: Actor, declared: type[Register], act: str, row: Record) -> None:
    if isinstance(by, System):
        return
    right = declared.right_for(act)
    if not right:
        raise NotAllowed(_("この台帳は画面から変更できません。"), rule="registers.read_only")
    access.require(by, right, row)


def _refuse_retired(row: Record) -> None:
    if row.retired_at is not None:
        raise NotAllowed(
            _("取消済みのため変更できません。先に取消を解除してください。"), rule="registers.retired"
        )


def _known(declared: type[Register], values: Values) -> dict[str, object]:
    """Return the values, refusing names outside the register's form."""
    unknown = set(values) - set(form_fields(declared))
    if unknown:
        raise Invalid(dict.fromkeys(sorted(unknown), _("この項目は入力できません。")))
    return dict(values)


def _complete(row: Record) -> None:
    """Check the row against its table; raise Invalid with a sentence per column."""
    try:
        row.full_clean(exclude={"kind", "number", "label", "audience", "record_ptr"})
    except ValidationError as error:
        found = error.message_dict.items()
        problems = {("" if name == NON_FIELD_ERRORS else name): " ".join(texts) for name, texts in found}
        raise Invalid(problems) from error
