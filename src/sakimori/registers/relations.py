"""Choosing another record: from a select where there are few, by typing where there are many.

What is typed may be a number (PSN-00012), a name that only one record has, or what the list of
suggestions puts in: 青木 誠（PSN-00001）. All three work without JavaScript and over the API.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import japanese

_NUMBER_AT_END = re.compile(r"[（(]([^（()）]+)[)）]\s*$")
SUGGESTED = 12


class SuggestingInput(forms.TextInput):
    """A text field that asks ``address`` for suggestions while somebody types."""

    template_name = "components/suggesting_input.html"

    def __init__(self, address: str) -> None:
        super().__init__(attrs={"placeholder": _("名前か番号を入力"), "autocomplete": "off"})
        self.address = address

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the address to what the template sees."""
        return super().get_context(name, value, attrs) | {"address": self.address}


class RecordField(forms.Field):
    """A field whose value is one record that the person may know of."""

    def __init__(self, model: type[Record], person: Person, *, few: bool = False, **kwargs: Any) -> None:
        self.model, self.person, self.few = model, person, few
        if few:
            rows = [(str(pk), label) for pk, label in self.offered().values_list("pk", "label")]
            widget: forms.Widget = forms.Select(choices=[("", _("（未設定）")), *rows])
        else:
            address = reverse("registers:lookup", args=[model._meta.label_lower])
            widget = SuggestingInput(address)
        super().__init__(widget=widget, **kwargs)

    def offered(self) -> RecordQuerySet[Any]:
        """Return the rows one may choose."""
        return offered(self.model, self.person)

    def prepare_value(self, value: Any) -> Any:
        """Return what the control shows for a stored key."""
        if self.few or not isinstance(value, int | Record):
            return value.pk if isinstance(value, Record) else value
        row = value if isinstance(value, Record) else Record.objects.filter(pk=value).first()
        return written(row) if row is not None else ""

    def clean(self, value: Any) -> Any:
        """Return the record meant; refuse one that is unknown or ambiguous."""
        text = str(value).strip() if value is not None else ""
        if not text:
            if self.required:
                raise forms.ValidationError(_("選んでください。"), code="required")
            return None
        return self._find(text)

    def _find(self, text: str) -> Any:
        rows = self.offered()
        if text.isascii() and text.isdigit() and len(text) < 16:
            found = list(rows.filter(pk=int(text))[:1])
        else:
            named = _NUMBER_AT_END.search(text)
            number = japanese.nfkc(named.group(1) if named else text).strip().upper()
            found = list(rows.filter(number=number)[:1]) or list(rows.filter(label=text)[:6])
        if not found:
            raise forms.ValidationError(
                _("「%(text)s」は見つかりません。番号か名前を確かめてください。") % {"text": text}
            )
        if len(found) > 1:
            several = "、".join(written(row) for row in found[:5])
            raise forms.ValidationError(
                _("同じ名前が複数あります。番号で指定してください: %(rows)s") % {"rows": several}
            )
        return found[0]


def written(row: Record) -> str:
    """Return a record as the suggestions write it."""
    return f"{row.label}（{row.number}）"


def offered(model: type[Record], person: Person) -> RecordQuerySet[Any]:
    """Return the rows of ``model`` that the person may choose, people who left excepted."""
    rows: RecordQuerySet[Any] = model.objects.visible_to(person).current().order_by("pk")
    return rows.active() if model is Person else rows  # type: ignore[attr-defined]


def suggestions(model: type[Record], person: Person, text: str) -> list[str]:
    """Return the records whose name, reading or number contains the text."""
    form = japanese.nfkc(text).strip()
    wanted = Q(label__icontains=form) | Q(number__icontains=form)
    if model is Person:
        wanted |= Q(kana__icontains=form) | Q(employee_number=form)
    rows = offered(model, person).filter(wanted) if form else offered(model, person)
    return [written(row) for row in rows[:SUGGESTED]]
