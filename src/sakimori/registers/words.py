"""Japanese names of command parameters that are not columns of the row."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.approvals.models import Decision
from sakimori.kernel.dossier.models import Link
from sakimori.kernel.records.models import Record

from .base import Text, field_of

PARAMETERS: Mapping[str, Text] = {
    "reason": _("理由"),
    "note": _("備考"),
    "comment": _("コメント"),
    "remark": _("備考"),
    "method": _("方法"),
    "until": _("期限"),
    "starts_on": _("開始日"),
    "ends_on": _("終了日"),
    "due_on": _("期限"),
    "done_on": _("実施日"),
    "disposed_on": _("廃棄日"),
    "happened_on": _("発生日"),
    "left_on": _("退職日"),
    "owner": _("責任者"),
    "person": _("氏名"),
    "receiver": _("受領者"),
    "department": _("部署"),
    "purpose": _("目的"),
    "cost": _("費用"),
    "value": _("値"),
    "target": _("相手の記録"),
    "relation": _("関係"),
    "file_name": _("ファイル名"),
    "size": _("サイズ"),
    "media_type": _("形式"),
    "status": _("状態"),
    "finding": _("検討結果"),
    "who": _("対象者"),
    "outcome": _("決裁"),
    "acting_for": _("代行された人"),
    "rule": _("規則"),
}


# What commands take for their own sake: it stands in the ledger, and tells a reader of the history nothing.
AUDIENCES: Mapping[str, Text] = {  # of content/access.yaml
    "everyone": _("全従業者"),
    "office": _("事務局と委員会"),
    "departmental": _("所属部署と事務局"),
    "managers": _("部署の責任者と事務局"),
    "hr": _("人事"),
    "technical": _("システムの管理者と事務局"),
    "committee": _("委員会、部門長、社長、監査の役割"),
    "training": _("本人、部署の担当者、教育責任者、委員会"),
    "platform": _("製品の管理者"),
}
TECHNICAL = frozenset({"origin", "made", "digest", "sha256", "media_type", "token", "verb", "values"})
VALUES: Mapping[str, Mapping[str, object]] = {
    "relation": dict(Link.Relation.choices),
    "outcome": dict(Decision.Outcome.choices),
}


def fact(model: type[Record], name: str, value: object) -> tuple[str, object] | None:
    """Return a command's argument as the history shows it; None for what only machines read."""
    label = parameter(model, name)
    if name in TECHNICAL or label == name:
        return None
    return label, VALUES.get(name, {}).get(str(value), value)


def parameter(model: type[Record], name: str, labels: Mapping[str, Text] | None = None) -> str:
    """Return the Japanese name of a command's parameter."""
    if labels and name in labels:
        return str(labels[name])
    column = field_of(model, name)
    if column is not None and column.name != "department":
        return str(column.verbose_name)
    return str(PARAMETERS.get(name, name))
