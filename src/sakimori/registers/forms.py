"""Forms built from declarations: fields of a row, and the parameters of a command."""

from __future__ import annotations

import copy
import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.forms.models import modelform_factory
from django.utils.translation import gettext as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import Verb
from sakimori.kernel.records.models import Record

from . import glossary, words
from .base import Action, Choices, Register, form_fields
from .filters import ROLES_OF_RECORD, is_few
from .relations import RecordField

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def row_form(
    declared: type[Register], person: Person, only: tuple[str, ...] | None = None
) -> type[forms.ModelForm[Any]]:
    """Return the form class of a register's rows, with the choices this person may see."""
    fields = form_fields(declared) if only is None else only

    def build(column: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
        return _column_field(declared, column, person, **kwargs)

    made: type[forms.ModelForm[Any]] = modelform_factory(
        declared.model, fields=fields, formfield_callback=build
    )
    return made


def _column_field(
    declared: type[Register], column: models.Field[Any, Any], person: Person, **kwargs: Any
) -> forms.Field | None:
    name = column.name
    help_text = str(
        declared.help.get(name) or column.help_text or glossary.definition(str(column.verbose_name))
    )
    common: dict[str, Any] = {
        "label": column.verbose_name,
        "required": not column.blank,
        "help_text": help_text,
    }
    if (
        column.is_relation
        and isinstance(column.related_model, type)
        and issubclass(column.related_model, Record)
    ):
        target = ROLES_OF_RECORD.get(name, column.related_model) if column.related_model is Record else None
        return RecordField(
            target or column.related_model, person, few=is_few(target or column.related_model), **common
        )
    if name in declared.choices:
        return choice_field(column, declared.choices[name](), **common)
    if isinstance(column, models.BooleanField) and not column.null:
        return forms.BooleanField(**{**common, "required": False})
    field = column.formfield(**{**kwargs, **_widget(column)})
    if field is not None:
        field.help_text = help_text
        field.error_messages["required"] = _("入力してください。")
        _name_blank(field)
    return field


def _name_blank(field: forms.Field) -> None:
    """Let the blank choice say what it means."""
    widget = field.widget
    if isinstance(widget, forms.NullBooleanSelect | forms.Select):
        blank = {"", "unknown"}
        widget.choices = [(v, _("（未設定）") if v in blank else words) for v, words in widget.choices]


def choice_field(column: models.Field[Any, Any], choices: Choices, **common: Any) -> forms.Field:
    """Return a select whose choices are computed (a scale of the regulation) and whose value fits the column."""
    number = isinstance(column, models.IntegerField)
    offered = [("", _("（未設定）")), *((value, words) for value, words in choices)]
    return forms.TypedChoiceField(
        choices=offered, coerce=int if number else str, empty_value=None if number else "", **common
    )


def _widget(column: models.Field[Any, Any]) -> dict[str, Any]:
    if isinstance(column, models.DateTimeField):
        return {"widget": MOMENT}
    if isinstance(column, models.DateField):
        return {"widget": DAY}
    if isinstance(column, models.TextField):
        return {"widget": forms.Textarea(attrs={"rows": 3})}
    return {}


def copy_of(row: Any) -> Any:
    """Return a copy for a form to write on, so that the row itself still says what was stored."""
    return copy.copy(row)


class CommandForm(forms.Form):
    """The parameters of a command."""


def command_form(declared: type[Register], action: Action, verb: Verb, person: Person) -> type[CommandForm]:
    """Return the form class for a command's keyword parameters, built from their annotations."""
    fields: dict[str, Any] = {}
    for name, parameter in asked_of(verb, declared).items():
        fields[name] = _parameter_field(declared, action, name, parameter, person)
    return type("CommandForm", (CommandForm,), fields)


def asked_of(verb: Verb, declared: type[Register]) -> dict[str, inspect.Parameter]:
    """Return the parameters a person fills in: all but the one that takes the row itself."""
    return {n: p for n, p in verb.parameters.items() if not takes_row(p, declared)}


def takes_row(parameter: inspect.Parameter, declared: type[Register]) -> bool:
    """Tell whether a keyword parameter is the row on whose page the command stands."""
    return parameter.annotation is declared.model


def _parameter_field(
    declared: type[Register], action: Action, name: str, parameter: inspect.Parameter, person: Person
) -> forms.Field:
    kind, optional = _kind(parameter.annotation)
    optional = optional or parameter.default is not inspect.Parameter.empty
    common: dict[str, Any] = {
        "label": words.parameter(declared.model, name, action.labels),
        "required": not optional,
        "error_messages": {"required": _("入力してください。")},
    }
    if parameter.default not in (inspect.Parameter.empty, None, ""):
        common["initial"] = parameter.default
    choices = _choices(declared, action, name, kind)
    if choices is not None:
        return forms.TypedChoiceField(
            choices=[("", _("選んでください")), *choices], coerce=kind if kind is int else str, **common
        )
    if isinstance(kind, type) and issubclass(kind, Record):
        target = ROLES_OF_RECORD.get(name, kind) if kind is Record else kind
        return RecordField(target, person, few=is_few(target), **common)
    return _plain_field(kind, name, common)


def _plain_field(kind: object, name: str, common: dict[str, Any]) -> forms.Field:
    if kind is bool:
        return forms.BooleanField(**{**common, "required": False})
    if kind is int:
        return forms.IntegerField(**common)
    if kind is Decimal:
        return forms.DecimalField(**common)
    if kind is datetime:
        return forms.DateTimeField(widget=MOMENT, **common)
    if kind is date:
        return forms.DateField(widget=DAY, **common)
    long = name in LONG
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput, **common)


LONG = frozenset({"reason", "note", "comment", "text", "finding", "description", "supervision", "remark"})


def _choices(declared: type[Register], action: Action, name: str, kind: object) -> Choices | None:
    if name in action.choices:
        return action.choices[name]()
    if name in declared.choices:
        return declared.choices[name]()
    if isinstance(kind, type) and issubclass(kind, models.Choices):
        return kind.choices
    for column in declared.model._meta.concrete_fields:
        if column.name == name and column.choices:
            return list(column.flatchoices)
    return None


def _kind(annotation: object) -> tuple[Any, bool]:
    """Return the plain type of an annotation and whether None is allowed."""
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        parts = [part for part in typing.get_args(annotation) if part is not type(None)]
        return parts[0], len(parts) < len(typing.get_args(annotation))
    return annotation, False


def values_of(form: forms.BaseForm) -> dict[str, object]:
    """Return the cleaned values in the order of the form."""
    return {name: form.cleaned_data[name] for name in form.fields if name in form.cleaned_data}


def show_problems(form: forms.BaseForm, problems: Mapping[str, object]) -> None:
    """Put each sentence at its field, and those without a field at the top."""
    for name, text in problems.items():
        form.add_error(name if name in form.fields else None, str(text))


def groups(
    declared: type[Register], form: forms.BaseForm, sections: Sequence[Any]
) -> list[tuple[Any, list[Any]]]:
    """Return the form's fields by section."""
    return [(section, [form[name] for name in section.fields if name in form.fields]) for section in sections]


def call(
    declared: type[Register], action: Action, row: Any, values: Mapping[str, Any], *, by: Person
) -> Record:
    """Call an action's command on a row with the values of its form."""
    verb: Verb = action.command.verb  # type: ignore[attr-defined]
    carrying = [name for name, parameter in verb.parameters.items() if takes_row(parameter, declared)]
    if carrying:
        return action.command(**{carrying[0]: row}, **values, by=by)
    return action.command(row, **values, by=by)
