"""Choosing several of many: what is chosen as chips, what is suggested first, the rest by group behind a search.

Without JavaScript the page is a list of checkboxes in groups; with it the list narrows while somebody types, and
what is ticked moves up to the chips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]
FEW = 12  # rows up to which nobody needs a search or a folded group


@dataclass
class Group:
    """The rows under one heading, as Django's widgets draw options."""

    title: str
    is_open: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def free(self) -> list[dict[str, Any]]:
        """Return what is not chosen."""
        return [row for row in self.rows if not row["selected"]]


class ManyInput(forms.CheckboxSelectMultiple):
    """Checkboxes in groups; every value is drawn once: as a chip, a suggestion, or under its own heading."""

    template_name = "components/many_input.html"

    def __init__(self, heading: object) -> None:
        super().__init__()
        self.heading = heading
        self.suggested: tuple[str, ...] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add chips and groups, the suggestions first, to what the template sees."""
        context = super().get_context(name, value, attrs)
        groups = self._groups(context["widget"]["optgroups"])
        every = [row for group in groups for row in group.rows]
        for home, group in enumerate(groups):
            for row in group.rows:
                row["home"] = home
        chosen = [row for row in every if row["selected"]]
        return context | {"groups": groups, "chosen": chosen, "searchable": len(every) > FEW}

    def _groups(self, drawn: list[tuple[str | None, list[dict[str, Any]], int]]) -> list[Group]:
        first, rest = Group(str(self.heading), is_open=True), []
        rank = {value: place for place, value in enumerate(self.suggested)}
        for title, rows, _index in drawn:
            first.rows += [row for row in rows if str(row["value"]) in rank]
            rest.append(Group(str(title or ""), rows=[row for row in rows if str(row["value"]) not in rank]))
        first.rows.sort(key=lambda row: rank[str(row["value"])])
        found = [group for group in (first, *rest) if group.rows]
        if sum(len(group.rows) for group in found) <= FEW:
            for group in found:
                group.is_open = True
        return found


class ManyField(forms.MultipleChoiceField):
    """A field whose value is a list of values; ``heading`` stands over what ``offer`` suggests."""

    widget: ManyInput
    default_error_messages = {
        "invalid_choice": gettext_lazy("「%(value)s」は一覧にありません。一覧から選び直してください。"),
        "required": gettext_lazy("選んでください。"),
    }

    def __init__(self, *, heading: object = None, **kwargs: Any) -> None:
        super().__init__(widget=ManyInput(heading or _("候補")), **kwargs)

    def offer(self, groups: Groups, suggested: Sequence[str] = ()) -> None:
        """Set what may be chosen, by heading, and which of it comes first."""
        self.choices = groups
        self.widget.suggested = tuple(suggested)
