"""What people state about the organization, field by field."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sakimori.domains.organization.models import Circumstance
from sakimori.domains.organization.register import roles
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.registers.relations import RecordField

REQUIRED = {"required": _("入力してください。")}


def day(label: Any, *, required: bool = True, **kwargs: Any) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, required=required, error_messages=REQUIRED, **kwargs)


def text(label: Any, rows: int = 3, *, required: bool = True, **kwargs: Any) -> forms.CharField:
    """Return a field for some lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, required=required, error_messages=REQUIRED, **kwargs)


def _offered() -> list[tuple[str, object]]:
    return [("", _("選んでください")), *roles()]


def _end_of_term() -> date | None:
    """Return the last day of a term that begins today, where the regulation sets one (REG-045)."""
    term = policy.value("roles.term")
    return term.after(clock.today()) - timedelta(days=1) if term else None


class Appointing(forms.Form):
    """An appointment."""

    role = forms.ChoiceField(label=_("役割"), choices=_offered, error_messages=REQUIRED)
    starts_on = day(_("任命日"), initial=clock.today)
    ends_on = day(
        _("任期満了日"), required=False, initial=_end_of_term,
        help_text=_("規程の任期から計算した日です。任期を定めないときは空欄にします。"),
    )  # fmt: skip
    reason = text(_("任命の理由"))
    supervision = text(
        _("監督の方法"),
        required=False,
        help_text=_("兼任させるときに、だれが何をどの頻度で確かめるかを書きます。"),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = RecordField(Person, person, few=False, label=_("任命する人"), required=True)
        self.fields["department"] = RecordField(
            Department, person, few=True, label=_("担当部署"), required=False,
            help_text=_("部署ごとに任命する役割のときに選びます。"),
        )  # fmt: skip
        self.fields["supervisor"] = RecordField(
            Person, person, few=False, label=_("監督者"), required=False,
            help_text=_("オペレータ、または兼任させるときに選びます。"),
        )  # fmt: skip
        self.order_fields(
            ["person", "role", "department", "starts_on", "ends_on", "reason", "supervisor", "supervision"]
        )


class Deputizing(forms.Form):
    """A deputy."""

    starts_on = day(_("開始日"), initial=clock.today)
    ends_on = day(_("終了日"))
    reason = text(_("理由"), 2)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["principal"] = RecordField(Person, person, few=False, label=_("本人"), required=True)
        self.fields["deputy"] = RecordField(Person, person, few=False, label=_("代理人"), required=True)
        self.order_fields(["principal", "deputy"])


class Committing(forms.Form):
    """The management's commitment."""

    text = text(
        _("表明"),
        8,
        help_text=_(
            "情報セキュリティを支持し、必要な資源を割り当て、先頭に立って進めることを、自分の言葉で書きます。"
        ),
    )


class Instructing(forms.Form):
    """An instruction."""

    work = text(_("作業内容"))
    due_on = day(_("期限"))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"] = RecordField(Person, person, few=False, label=_("作業者"), required=True)
        self.fields["verifier"] = RecordField(
            Person,
            person,
            few=False,
            label=_("確認者"),
            required=True,
            help_text=_("作業者とは別のシステム管理者。"),
        )
        self.order_fields(["work", "worker", "verifier", "due_on"])


class Noting(forms.Form):
    """A circumstance."""

    category = forms.ChoiceField(label=_("区分"), choices=Circumstance.Category.choices)
    content = text(_("状況"), 2)


class Scoping(forms.Form):
    """The five views of the scope."""

    business = text(_("事業の特徴"), 4, required=False)
    organization = text(_("組織・人的リソース"), 4, required=False)
    location = text(_("所在地・物理的リソース"), 4, required=False)
    assets = text(_("資産"), 4, required=False)
    technology = text(_("技術・環境的リソース"), 4, required=False)
    exclusions = text(_("範囲外とその理由"), 3, required=False)
    systems = text(
        _("対象システム図に載せたシステム"),
        5,
        required=False,
        help_text=_("1行に1つ書きます。図は証跡ファイルとして添付します。"),
    )
    no_diagram = text(
        _("対象システム図を付けない理由"),
        2,
        required=False,
        help_text=_("図を添付できないときだけ書きます。図も理由もないと、承認を求められません。"),
    )

    def clean_systems(self) -> list[str]:
        """Return one name per line."""
        lines = (line.strip() for line in self.cleaned_data["systems"].splitlines())
        return [line for line in lines if line]
