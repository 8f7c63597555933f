"""A form of content as a form on a page. Answers are judged by ``approvals.answers`` alone; this only shows and collects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.apps import apps
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.approvals import answers, items
from sakimori.kernel.content.forms import Form, FormField
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Invalid
from sakimori.registers.inputs import clean_text
from sakimori.registers.relations import RecordField


class DateInput(forms.DateInput):
    """A day, chosen by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PeriodInput(forms.MultiWidget):
    """Two days."""

    use_fieldset = True

    def __init__(self) -> None:
        super().__init__([DateInput(), DateInput()])
        for widget, label in zip(self.widgets, (_("開始日"), _("終了日")), strict=True):
            widget.attrs["aria-label"] = label

    def decompress(self, value: Any) -> list[Any]:
        """Return both days of a kept answer."""
        return list(value) if value else [None, None]


class FilesInput(forms.ClearableFileInput):
    """One or several files."""

    allow_multiple_selected = True


class ItemInput(forms.MultiWidget):
    """One item of a checklist: the judgement, what was found where that is measured, and the comment."""

    use_fieldset = True

    def __init__(self, asked: FormField) -> None:
        assert asked.item is not None
        rows = [(key, word) for key, word in items.JUDGEMENTS.items()]
        comment = forms.Textarea(
            attrs={"rows": 1, "aria-label": _("所見"), "placeholder": _("所見（不適合のときは内容と処置）")}
        )
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            "judgement": forms.RadioSelect(choices=rows),
            "comment": comment,
        }
        if asked.item.parameter:
            blank = forms.RadioSelect(choices=[("", _("値を入力する")), rows[-1]])
            parts = {"measured": _measure(asked), "judgement": blank, "comment": comment}
        super().__init__(parts)
        self.parts = tuple(parts)

    def decompress(self, value: Any) -> list[Any]:
        """Return the parts of a kept answer."""
        return [(value or {}).get(part, "") for part in self.parts]

    def named(self, values: list[Any]) -> dict[str, str]:
        """Return what was entered by the names of the parts."""
        return {part: clean_text(value or "") for part, value in zip(self.parts, values, strict=True)}


def _measure(asked: FormField) -> forms.Widget:
    """Return where the value found is entered."""
    assert asked.item is not None
    parameter = PARAMETERS[asked.item.parameter]
    if parameter.type == "choice":
        rows = [("", _("選んでください")), *((option.id, option.label) for option in parameter.choices)]
        return forms.Select(choices=rows, attrs={"aria-label": _("確かめた値")})
    unit = parameter.unit or (_("例: 3か月") if parameter.type == "duration" else "")
    hint = _("確かめた値（%s）") % unit if unit else _("確かめた値")
    return forms.TextInput(attrs={"aria-label": hint, "placeholder": hint})


class AnswerForm(forms.Form):
    """The questions of one form, for one person."""

    def __init__(self, piece: Form, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        piece = items.live(piece, person)
        self.piece, self.person = piece, person
        self.answers: dict[str, Any] = {}
        for asked in piece.fields:
            self.fields[asked.id] = _field(asked, piece, person)

    def full_clean(self) -> None:
        """Judge the answers as the kernel does, and put each sentence at its field."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        if not self.is_bound:
            return
        problems: dict[str, object] = {}
        raw = self._collected(problems)
        try:
            self.cleaned_data = answers.clean(self.piece, raw, by=self.person)
        except Invalid as refused:
            problems = {**refused.problems, **problems}
        self.refuse(problems)
        self.raw = raw

    def refuse(self, problems: Mapping[str, object]) -> None:
        """Show each sentence at its field; what belongs to no field on top."""
        for name, sentence in problems.items():
            self.add_error(name if name in self.fields else None, str(sentence))

    def _collected(self, problems: dict[str, object]) -> dict[str, Any]:
        """Return what was typed; people and records are looked up, and what is not found is a problem."""
        found: dict[str, Any] = {}
        for asked in self.piece.fields:
            value = self.fields[asked.id].widget.value_from_datadict(self.data, self.files, asked.id)
            field = self.fields[asked.id]
            if isinstance(field.widget, ItemInput):
                found[asked.id] = field.widget.named(value)
                continue
            if isinstance(field, RecordField) and value:
                try:
                    value = field.clean(value)
                except forms.ValidationError as error:
                    problems[asked.id], value = error.messages[0], None
            found[asked.id] = _plain(value)
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [answers.NamedUpload(v.name, v) if hasattr(v, "chunks") else v for v in value]
    return value


def _field(asked: FormField, piece: Form, person: Person) -> forms.Field:
    common: dict[str, Any] = {
        "label": asked.label,
        "required": asked.required,
        "help_text": _help(asked, piece),
    }
    match asked.type:
        case "item":
            assert asked.item is not None
            # Every item wants an answer: a mark on each would say nothing.
            common |= {"label": items.question(asked.item), "help_text": _basis(asked), "required": False}
            return forms.Field(widget=ItemInput(asked), **common)
        case "person":
            return RecordField(Person, person, **common)
        case "department":
            return RecordField(Department, person, few=True, **common)
        case "record":
            model = apps.get_model(asked.kind)
            return RecordField(model if issubclass(model, Record) else Record, person, **common)
        case "choice":
            blank = [("", _("選んでください"))]
            rows = [(choice.id, choice.label) for choice in answers.choices_of(asked)]
            return forms.ChoiceField(choices=[*blank, *rows], **common)
        case "multi-choice":
            rows = [(choice.id, choice.label) for choice in answers.choices_of(asked)]
            return forms.MultipleChoiceField(choices=rows, widget=forms.CheckboxSelectMultiple, **common)
        case "yes-no":
            rows = [("yes", _("はい")), ("no", _("いいえ"))]
            return forms.ChoiceField(choices=rows, widget=forms.RadioSelect, **common)
    return forms.CharField(widget=_widget(asked), **common)


def _widget(asked: FormField) -> forms.Widget:
    match asked.type:
        case "textarea":
            return forms.Textarea(attrs={"rows": 4})
        case "date":
            return DateInput()
        case "period":
            return PeriodInput()
        case "file":
            return FilesInput()
        case "number" | "money":
            return forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.TextInput()


def _basis(asked: FormField) -> str:
    """Return the article behind an item, and the value against which the product judges."""
    assert asked.item is not None
    basis, standard = items.source_of(asked.item), items.standard(asked.item)
    return (
        _("%(basis)s。定めは%(standard)s。") % {"basis": basis, "standard": standard} if standard else basis
    )


def _help(asked: FormField, piece: Form) -> str:
    """Return the help of a field, with when it is asked at all."""
    if asked.when is None:
        return asked.help
    other = piece.field_named(asked.when.field_)
    words = {choice.id: choice.label for choice in other.choices} | {"yes": _("はい"), "no": _("いいえ")}
    values = "・".join(words.get(value, value) for value in asked.when.is_)
    when = _("「%(field)s」が%(values)sのときに入力します。") % {"field": other.label, "values": values}
    return f"{when}{asked.help}"


class EmergencyForm(forms.Form):
    """When something was done before it could be approved, and why."""

    done_on = forms.DateField(label=gettext_lazy("緊急に実施した日"), required=False, widget=DateInput())
    emergency = forms.CharField(
        label=gettext_lazy("事前に申請できなかった理由"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
