"""Declarations of the asset registers and of the ledger's Excel form."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.exchange.choices import Choice, Level, Lookup
from sakimori.kernel.exchange.columns import Col, Sheet, declare
from sakimori.kernel.exchange.kinds import Code, Day, Text, Whole, YesNo
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.policy import policy
from sakimori.lib.scales import Scale
from sakimori.registers import navigation, panels
from sakimori.registers.base import Action, Choices, Column, Filter, Register, Section, Tones, register

from . import rules
from .models import Asset, Distribution


def levels(rating: str) -> Choices:
    """Return the levels of a rating with their names and meanings."""
    rows = policy.value(rules.RATINGS[rating])
    return [(int(row["value"]), f"{row['value']} {row['label']}：{row['meaning']}") for row in rows]


def classes() -> Choices:
    """Return the classes of information, the strictest first."""
    rows = sorted(rules.classes().values(), key=lambda row: -int(row["rank"]))
    return [(str(row["id"]), str(row["label"])) for row in rows]


def class_label(asset: Asset) -> str:
    """Return the name of the asset's class; empty while it has none."""
    row = rules.classes().get(asset.classification)
    return str(row["label"]) if row else ""


def threat_levels() -> Choices:
    """Return the levels of threat of the public formula."""
    return [
        (int(r["value"]), f"{r['value']} {r['label']}：{r['meaning']}")
        for r in policy.value("risk.scale.threat")
    ]


def vulnerability_levels() -> Choices:
    """Return the levels of vulnerability of the public formula."""
    rows = policy.value("risk.scale.vulnerability")
    return [(int(row["value"]), f"{row['value']} {row['label']}：{row['meaning']}") for row in rows]


def _scale() -> Scale:
    return rules.scale_of("confidentiality")


SHEET = declare(
    Sheet(
        id="assets",
        model=Asset,
        title=_("情報資産管理台帳"),
        key=("ledger_no",),
        right="asset.import",
        verbs=(rules.IMPORTED, rules.IMPORT_CHANGED),
        complete=rules.complete_imported,
        notes=(
            _("管理部署に部門長がいれば、管理責任者は自動で決まります。"),
            _("重要度・被害発生可能性・リスク値は計算されます。入力した値と違うときは、その差を報告します。"),
        ),
        columns=(
            Col("ledger_no", _("No."), ("番号", "台帳番号", "資産番号", "管理番号"), Code(20)),
            Col("business", _("業務分類"), ("業務", "業務名", "分類"), Text(60)),
            Col("name", _("情報資産名称"), ("情報資産名", "資産名", "資産名称", "情報資産", "名称"), Text(150), required=True),
            Col("remarks", _("備考"), ("摘要", "メモ"), Text(multiline=True)),
            Col("user_scope", _("利用者範囲"), ("利用範囲", "利用者", "開示範囲", "アクセス権"), Text(200)),
            Col("department", _("管理部署"), ("リスク所有者", "管理責任者", "所管部署", "主管部署", "部署"),
                Lookup(_("部署"), Department.objects.current, lambda d: (d.name, d.code, d.number))),
            Col("owner", _("責任者氏名"), ("管理責任者氏名", "資産責任者"),
                Lookup(_("従業者"), Person.objects.active, lambda p: (p.name, p.employee_number or "", p.number))),
            Col("storage", _("媒体・保存先"), ("保存先", "媒体", "保管場所", "保存媒体", "媒体保存先"),
                Choice(Asset.Storage.choices, also={
                    "PC": "office_pc", "パソコン": "office_pc", "事務所パソコン": "office_pc", "紙": "paper",
                    "紙媒体": "paper", "スマートフォン": "mobile", "モバイル": "mobile", "USBメモリ": "removable",
                    "可搬媒体": "removable", "電子媒体": "removable", "サーバー": "internal_server",
                    "サーバ": "internal_server", "社内サーバ": "internal_server", "ファイルサーバー": "internal_server",
                    "社外サーバ": "external_server", "クラウド": "cloud", "SaaS": "cloud", "クラウドサービス": "cloud",
                })),
            Col("location", _("所在・保存場所"), ("所在", "保管先", "フォルダー", "パス"), Text(300)),
            Col("personal_data", _("個人情報"), ("個人情報の有無",), YesNo()),
            Col("sensitive_data", _("要配慮個人情報"), ("要配慮",), YesNo()),
            Col("my_number_data", _("特定個人情報"), ("マイナンバー",), YesNo()),
            Col("confidentiality", _("機密性"), ("機密性C", "C"), Level("cia", _scale)),
            Col("integrity", _("完全性"), ("完全性I", "I"), Level("cia", _scale)),
            Col("availability", _("可用性"), ("可用性A", "A"), Level("cia", _scale)),
            Col("importance", _("重要度"), ("資産価値",), Whole(), computed=True, of_scale="cia"),
            Col("classification", _("情報区分"), ("区分", "機密区分", "秘密区分"), Choice(classes)),
            Col("retention", _("保存期限"), ("保存期間", "保管期限"), Text(60)),
            Col("registered_on", _("登録日"), ("登録年月日", "作成日"), Day()),
            Col("threat", _("脅威の発生頻度"), ("脅威", "脅威の頻度"), Whole(1, 3)),
            Col("vulnerability", _("脆弱性"), ("脆弱性の程度",), Whole(1, 3)),
            Col("likelihood", _("被害発生可能性"), ("発生可能性",), Whole(), computed=True),
            Col("risk_value", _("リスク値"), ("リスク",), Whole(), computed=True, of_scale="cia"),
            Col("encrypted", _("暗号化"), ("暗号化の有無",), YesNo(unknown=None)),
            Col("labelling", _("区分の表示方法"), ("表示方法",), Choice(Asset.Labelling.choices)),
        ),
    )
)  # fmt: skip


def _blank_rating(rows: object, value: str) -> object:
    unclassified = Asset.objects.unclassified()
    return rows.filter(pk__in=unclassified.values("pk"))  # type: ignore[attr-defined]


def handling_panel(asset: Asset, person: Person) -> panels.Panel:
    """Show how the asset's class is handled, and who may use it."""
    context = {
        "label": class_label(asset),
        "handling": rules.handling_of(asset),
        "permitted": rules.permitted_people(asset),
    }
    return panels.Panel(_("取扱い"), "assets/handling.html", context)


panels.register("assets.handling", handling_panel, order=20, kinds=("assets.asset",))


@register
class Assets(Register):
    """情報資産管理台帳 (V20-013, JPM-032, PRC-034)."""

    model = Asset
    slug = "assets"
    explanation = _("会社が守る情報・機器・設備。重要度とリスク値は、規程の尺度から計算されます。")
    group, icon, order = "assets", "database", 10
    columns = (
        "number",
        "name",
        "business",
        "department",
        "owner",
        "storage",
        Column("classification", render=class_label),
        "importance",
        "risk_value",
        Column("ledger_no", default=False),
        Column("asset_kind", default=False),
        Column("user_scope", default=False),
        Column("confidentiality", default=False),
        Column("integrity", default=False),
        Column("availability", default=False),
        Column("retention", default=False),
        Column("registered_on", default=False),
        Column("confirmed_on", default=False),
        Column("location", default=False),
    )
    filters = (
        "department",
        "owner",
        "storage",
        "importance",
        "classification",
        "asset_kind",
        "business",
        "risk_value",
        "confirmed_on",
        Filter(
            "class_reason",
            label=_("評価"),
            choices=(("blank", _("評価または区分が空欄")),),
            apply=_blank_rating,
        ),
    )
    search = ("name", "business", "ledger_no", "remarks", "location", "user_scope")
    tones = (
        Tones(
            "classification", {"secret": "red", "restricted": "red", "internal": "orange", "public": "gray"}
        ),
    )
    form = (
        Section(_("資産"), ("name", "asset_kind", "business", "ledger_no", "department", "owner", "system", "remarks")),
        Section(_("所在と利用"), ("storage", "location", "form", "usage", "keeping", "user_scope", "retention",
                                  "registered_on")),
        Section(_("評価"), ("confidentiality", "integrity", "availability", "leak_impact", "classification",
                            "class_reason"),
                help=_("重要度は規程の方法で計算されます。")),
        Section(_("個人情報と保護"), ("personal_data", "sensitive_data", "my_number_data", "specially_protected",
                                      "encrypted", "in_server_room", "labelling")),
        Section(_("想定されるリスク（公開式）"), ("threat", "vulnerability")),
    )  # fmt: skip
    choices = {
        "confidentiality": lambda: levels("confidentiality"),
        "integrity": lambda: levels("integrity"),
        "availability": lambda: levels("availability"),
        "leak_impact": lambda: levels("leak_impact"),
        "classification": classes,
        "threat": threat_levels,
        "vulnerability": vulnerability_levels,
    }
    detail = (
        *form[:3],
        Section(_("計算された値"), ("importance", "likelihood", "risk_value", "confirmed_on")),
        *form[3:],
    )
    actions = (
        Action(rules.confirm, icon="checklist", bulk=True, allowed_when=lambda a: a.retired_at is None,
               labels={"note": _("メモ")}),
        Action(rules.change_owner, icon="user-check", bulk=True, allowed_when=lambda a: a.retired_at is None),
        Action(rules.distribute, icon="share", allowed_when=lambda a: a.retired_at is None,
               labels={"receiver": _("配布先"), "purpose": _("目的")}),
        Action(rules.dispose, icon="trash", danger=True, allowed_when=lambda a: a.retired_at is None,
               labels={"method": _("廃棄の方法"), "disposed_on": _("廃棄日")}),
    )  # fmt: skip
    sheet = SHEET
    right_change = "asset.change"
    add = rules.register_asset
    change = rules.change_asset
    requirements = ("V20-013", "V20-114", "JPM-032", "PRC-034", "PRC-035", "PRC-037", "REG-302", "REG-303")


@register
class Distributions(Register):
    """配布記録 (PRC-045)."""

    model = Distribution
    slug = "asset-distributions"
    group, icon, order = "assets", "share", 40
    columns = (
        "number",
        Column("asset", sort=False),
        Column("receiver", sort=False),
        "purpose",
        "effective_on",
    )
    filters = ("department",)
    search = ("purpose",)
    detail = ("asset", "receiver", "purpose", "effective_on")
    requirements = ("PRC-045",)


navigation.add(
    navigation.Entry(_("区分ラベルの印刷"), "asset-labels", "tags", "assets", order=30, right="asset.change")
)
