"""What the guided start asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sakimori.domains.organization.register import roles
from sakimori.domains.organization.rules.scope import VIEWS
from sakimori.domains.organization.views.forms import Scoping
from sakimori.kernel.content.parameters import PRESETS
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.lib import clock

REQUIRED = {"required": _("入力してください。")}
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CompanyForm(forms.Form):
    """The company."""

    name = forms.CharField(label=_("会社名"), max_length=100, error_messages=REQUIRED)
    representative = forms.CharField(label=_("代表者"), max_length=60, required=False)
    address = forms.CharField(label=_("本社所在地"), max_length=200, required=False)
    business = forms.CharField(label=_("事業内容"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class ParametersForm(forms.Form):
    """The preset."""

    preset = forms.ChoiceField(
        label=_("運用の基準"),
        choices=lambda: [(row.id, f"{row.title}：{row.description}") for row in PRESETS],
        widget=forms.RadioSelect,
        error_messages={"required": _("一つ選んでください。")},
    )


class SiteForm(forms.Form):
    """A site."""

    name = forms.CharField(label=_("拠点名"), max_length=100, error_messages=REQUIRED)
    address = forms.CharField(label=_("所在地"), max_length=200, required=False)


class DepartmentForm(forms.Form):
    """A department."""

    code = forms.CharField(
        label=_("部署コード"), max_length=20, error_messages=REQUIRED,
        help_text=_("情報システム部門は SYS とします。システムの管理者は、この部署の所属者から任命します。"),
    )  # fmt: skip
    name = forms.CharField(label=_("部署名"), max_length=100, error_messages=REQUIRED)
    parent = forms.ModelChoiceField(
        label=_("上位部署"), queryset=Department.objects.none(), required=False, empty_label=_("（なし）")
    )
    site = forms.ModelChoiceField(
        label=_("拠点"), queryset=Site.objects.none(), required=False, empty_label=_("（なし）")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Department.objects.current().order_by("code")  # type: ignore[attr-defined]
        self.fields["site"].queryset = Site.objects.current().order_by("name")  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """A person."""

    name = forms.CharField(label=_("氏名"), max_length=100, error_messages=REQUIRED)
    kana = forms.CharField(label=_("フリガナ"), max_length=100, required=False)
    employee_number = forms.CharField(
        label=_("社員番号"), max_length=20, required=False,
        help_text=_("サインイン名になります。ない人はメールアドレスでサインインします。"),
    )  # fmt: skip
    email = forms.EmailField(label=_("メールアドレス"), required=False)
    category = forms.ChoiceField(label=_("区分"), choices=Person.Category.choices, initial="employee")
    department = forms.ModelChoiceField(
        label=_("所属"), queryset=Department.objects.none(), required=False, empty_label=_("（なし）")
    )
    job_title = forms.CharField(label=_("役職"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.current().order_by("code")  # type: ignore[attr-defined]


class HeadForm(forms.Form):
    """The head of a department."""

    unit = forms.ModelChoiceField(
        label=_("部署"), queryset=Department.objects.none(), error_messages=REQUIRED
    )
    head = forms.ModelChoiceField(label=_("部門長"), queryset=Person.objects.none(), error_messages=REQUIRED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Department.objects.current().order_by("code")  # type: ignore[attr-defined]
        self.fields["head"].queryset = Person.objects.active().order_by("kana", "pk")  # type: ignore[attr-defined]


class ScopeForm(Scoping):
    """The scope: five views, and which departments and sites lie within."""

    departments = forms.ModelMultipleChoiceField(
        label=_("範囲内の部署"), queryset=Department.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("印のない部署は範囲外になります。"),
    )  # fmt: skip
    sites = forms.ModelMultipleChoiceField(
        label=_("範囲内の拠点"), queryset=Site.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("印のない拠点は範囲外になります。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departments"].queryset = Department.objects.current().order_by("code")  # type: ignore[attr-defined]
        self.fields["sites"].queryset = Site.objects.current().order_by("name")  # type: ignore[attr-defined]
        for name in VIEWS:
            self.fields[name].required = True


class RoleForm(forms.Form):
    """An appointment before anybody can approve one."""

    role = forms.ChoiceField(label=_("役割"), choices=roles, error_messages=REQUIRED)
    person = forms.ModelChoiceField(label=_("氏名"), queryset=Person.objects.none(), error_messages=REQUIRED)
    department = forms.ModelChoiceField(
        label=_("担当部署"), queryset=Department.objects.none(), required=False, empty_label=_("（全社）")
    )
    starts_on = forms.DateField(label=_("任命日"), widget=DAY, initial=clock.today, error_messages=REQUIRED)
    supervisor = forms.ModelChoiceField(
        label=_("監督者"), queryset=Person.objects.none(), required=False, empty_label=_("（なし）"),
        help_text=_("オペレータ、または兼任させるときに選びます。"),
    )  # fmt: skip
    supervision = forms.CharField(
        label=_("監督の方法"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.active().order_by("kana", "pk")
        for name in ("person", "supervisor"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]
        self.fields["department"].queryset = Department.objects.current().order_by("code")  # type: ignore[attr-defined]
