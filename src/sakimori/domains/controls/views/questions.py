"""What the pages of this domain ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import ControlTest, Reason
from sakimori.kernel.identity.models import Person


class ArticleForm(forms.Form):
    """Which regulation and procedure carry the control, and who answers for it."""

    article = forms.CharField(label=gettext_lazy("規程の条項"), max_length=200, required=False)
    procedure = forms.CharField(label=gettext_lazy("実施手順"), max_length=200, required=False)
    owner = forms.ModelChoiceField(Person.objects.none(), label=gettext_lazy("責任者"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = Person.objects.active().order_by("kana")  # type: ignore[attr-defined]


class TestForm(forms.Form):
    """How the control was tested, what was measured and what follows."""

    tested_on = forms.DateField(
        label=gettext_lazy("点検日"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    method = forms.CharField(label=gettext_lazy("点検方法"), max_length=200)
    measured = forms.CharField(label=gettext_lazy("測定結果"), max_length=300)
    result = forms.ChoiceField(label=gettext_lazy("判定"), choices=ControlTest.Result.choices)
    decision = forms.ChoiceField(label=gettext_lazy("処置"), choices=ControlTest.Decision.choices)
    next_test_on = forms.DateField(
        label=gettext_lazy("次回点検日"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class GroundForm(forms.Form):
    """A law, contract or practice that needs the control."""

    reason = forms.ChoiceField(
        label=gettext_lazy("理由区分"), choices=[c for c in Reason.choices if c[0] != Reason.RISK]
    )
    name = forms.CharField(label=gettext_lazy("法令名・契約名など"), max_length=200)
    detail = forms.CharField(
        label=gettext_lazy("求められること"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ExclusionForm(forms.Form):
    """An application to exclude a control that a risk above the level needs."""

    reason = forms.CharField(
        label=gettext_lazy("適用除外とする理由"), widget=forms.Textarea(attrs={"rows": 2})
    )
    impact = forms.CharField(
        label=gettext_lazy("除外しても責任を果たせると判断した根拠"), widget=forms.Textarea(attrs={"rows": 2})
    )
    responsible = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("リスクを受容する責任者"), to_field_name="number"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = Person.objects.active().order_by("kana")  # type: ignore[attr-defined]


class CompanyControlForm(forms.Form):
    """A control of the company's own."""

    ref = forms.CharField(label=gettext_lazy("項番"), max_length=40)
    name = forms.CharField(label=gettext_lazy("管理策の名称"), max_length=200)
    gloss = forms.CharField(
        label=gettext_lazy("説明"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    article = forms.CharField(label=gettext_lazy("規程の条項"), max_length=200, required=False)


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=300)
