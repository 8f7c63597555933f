"""Applications as a register: one list of everything that was applied for, with search, filters and Excel."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.approvals.models import Application
from sakimori.registers.base import Register, Tones, register

from .shown import TONES


@register
class Applications(Register):
    """申請台帳: who asked for what, about what, and how it ended."""

    model = Application
    slug = "applications"
    title = _("申請台帳")
    explanation = _("すべての申請と決裁の結果。番号を選ぶと、申請の内容と経路を表示します。")
    group = "evidence"
    icon = "checklist"
    columns = ("number", "label", "applicant", "department", "subject", "status", "submitted_at", "closed_at")
    default_columns = ("number", "label", "applicant", "subject", "status", "submitted_at")
    default_sort = "-number"
    filters = ("status", "department")
    search = ("number", "label")
    tones = (Tones("status", TONES),)
    detail_url = "applications:page"
    requirements = ("REG-349",)
