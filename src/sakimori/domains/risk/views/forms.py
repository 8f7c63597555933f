"""What people state about a risk, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sakimori.domains.risk import register, rules
from sakimori.domains.risk.models import Risk, Treatment
from sakimori.domains.risk.rules import valuation
from sakimori.kernel.identity.models import Person
from sakimori.registers.manychoice import ManyField
from sakimori.registers.relations import RecordField

LONG = forms.Textarea(attrs={"rows": 3})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
REQUIRED = {"required": _("入力してください。")}
ANSWERING = _("この脅威・脆弱性に答える管理策")


def _level(label: Any, choices: Callable[[], Any], **kwargs: Any) -> forms.TypedChoiceField:
    def offered() -> list[tuple[Any, Any]]:
        return [("", _("選んでください")), *choices()]

    return forms.TypedChoiceField(
        label=label, choices=offered, coerce=int, empty_value=None, required=False, **kwargs
    )


def _offer_controls(field: forms.Field, risk: Risk) -> None:
    """Let a field offer every control, those that answer the risk first."""
    assert isinstance(field, ManyField)
    field.offer(register.controls(), rules.answering_controls(risk))


class Described(forms.Form):
    """The scenario."""

    occurs_when = forms.CharField(label=_("時期（いつ）"), max_length=200, required=False)
    situation = forms.CharField(label=_("状況（どんなとき）"), widget=LONG, error_messages=REQUIRED)
    cause = forms.CharField(label=_("原因（なぜ）"), widget=LONG, error_messages=REQUIRED)
    path = forms.CharField(label=_("発生の仕方（どのように）"), widget=LONG, required=False)
    impact = forms.CharField(label=_("影響（どうなる）"), widget=LONG, error_messages=REQUIRED)


class ByRegulation(forms.Form):
    """The facts of the regulation's own method."""

    frequency = forms.DecimalField(
        label=_("想定頻度（回/年）"), min_value=0, required=False,
        help_text=_("10年に1回なら 0.1、毎月なら 12 と入力します。"),
    )  # fmt: skip
    loss_amount = forms.DecimalField(
        label=_("想定損害額（円）"), min_value=0, decimal_places=0, required=False
    )
    loss_extent = _level(_("影響範囲"), lambda: register.levels("risk.scale.extent"))
    loss_parties = _level(_("被害を受ける人"), lambda: register.levels("risk.scale.parties"))
    affected = forms.CharField(label=_("利害関係者の名"), max_length=200, required=False)


class BySme(forms.Form):
    """The facts of the public formula."""

    threat_level = _level(_("脅威の発生頻度"), lambda: register.levels("risk.scale.threat"))
    vulnerability_level = _level(_("脆弱性の程度"), lambda: register.levels("risk.scale.vulnerability"))


class Harms(forms.Form):
    """The harm to the business when each property is lost (V20-017)."""

    harm_confidentiality = _level(
        _("機密性が失われたときの事業損害"), lambda: register.levels("assets.scale.confidentiality")
    )
    harm_integrity = _level(
        _("完全性が失われたときの事業損害"), lambda: register.levels("assets.scale.integrity")
    )
    harm_availability = _level(
        _("可用性が失われたときの事業損害"), lambda: register.levels("assets.scale.availability"),
        help_text=_("資産の評価が入っています。変えるときは数値の根拠に理由を書きます。"),
    )  # fmt: skip
    harm_reason = forms.CharField(label=_("数値の根拠"), widget=LONG, required=False)


class Considered(forms.Form):
    """What is in place already."""

    existing_controls = ManyField(label=_("現行の管理策"), heading=ANSWERING, required=False)
    no_control_reason = forms.CharField(
        label=_("管理策がないことの確認"), max_length=200, required=False,
        help_text=_("該当する管理策がないときだけ、確かめた内容を入力します。"),
    )  # fmt: skip


class Analysis(Harms, BySme, ByRegulation, Described, Considered):
    """Everything that is stated to value a risk; the fields of the other method are left out."""

    def __init__(self, *args: Any, risk: Risk, method: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_controls(self.fields["existing_controls"], risk)
        other = ByRegulation if method == valuation.SME else BySme
        for name in other.base_fields:
            del self.fields[name]

    scenario = tuple(Described.base_fields)
    numbers = (*BySme.base_fields, *ByRegulation.base_fields, *Harms.base_fields)
    considered = tuple(Considered.base_fields)


class Plan(forms.Form):
    """A treatment."""

    options = forms.MultipleChoiceField(
        label=_("対応の種類"), choices=Treatment.Option.choices, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("一つまたは組み合わせて選びます。"),
    )  # fmt: skip
    action = forms.CharField(label=_("実施内容"), widget=LONG, required=False)
    basis = forms.CharField(label=_("判断材料"), widget=LONG, required=False)
    control_refs = ManyField(label=_("管理策"), heading=ANSWERING, required=False)
    shared_with = forms.CharField(label=_("共有先（保険会社・委託先など）"), max_length=150, required=False)
    opportunity = forms.CharField(label=_("追求する機会"), widget=LONG, required=False)
    priority = forms.TypedChoiceField(
        label=_("優先順位"), coerce=int, initial=2, choices=[(1, _("1 高")), (2, _("2 中")), (3, _("3 低"))]
    )
    due_on = forms.DateField(label=_("期限"), widget=DAY, error_messages=REQUIRED)
    cost = forms.DecimalField(label=_("費用（円）"), min_value=0, decimal_places=0, required=False)
    cost_limit = forms.DecimalField(
        label=_("許容コスト（円）"), min_value=0, decimal_places=0, required=False
    )
    expected_likelihood = forms.TypedChoiceField(
        label=_("対応後の起こりやすさ"), coerce=int, error_messages=REQUIRED
    )
    expected_loss = forms.TypedChoiceField(label=_("対応後の損害"), coerce=int, error_messages=REQUIRED)
    effect_review_on = forms.DateField(label=_("有効性を評価する日"), widget=DAY, required=False)

    def __init__(self, *args: Any, risk: Risk, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_controls(self.fields["control_refs"], risk)
        down, across = valuation.axes(risk.method)
        self.fields["expected_likelihood"].choices = [(level, str(level)) for level in down]  # type: ignore[attr-defined]
        self.fields["expected_loss"].choices = [(level, str(level)) for level in across]  # type: ignore[attr-defined]
        self.fields["owner"] = RecordField(Person, person, few=False, label=_("担当者"), required=True)
        self.order_fields(
            ["options", "action", "control_refs", "basis", "shared_with", "opportunity", "owner", "due_on"]
        )
