"""Documents, editions and copies on paper as registers."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from sakimori.registers import navigation
from sakimori.registers.base import Action, Column, Register, Section, Tones, register

from . import rules
from .models import Document, Edition, PaperCopy

EDITION_TONES = {
    "draft": "yellow", "deliberation": "blue", "approved": "purple", "in_force": "green", "withdrawn": "gray",
    "dropped": "gray",
}  # fmt: skip
DOCUMENT_TONES = {"planned": "yellow", "in_force": "green", "abolished": "gray"}


@register
class Documents(Register):
    """文書台帳 (V20-055, V20-056, REG-179)."""

    model = Document
    slug = "documents"
    title = _("文書台帳")
    explanation = _(
        "会社が管理する文書。規程は条文ごとに本製品の中にあり、外部文書は発行元と版で見分けます。"
    )
    group, icon, order = "documents", "books", 20
    columns: ClassVar = (
        Column("number", default=False), "code", "name", "level", "status", "classification",
        Column("keeper", render=lambda row: row.keeper_title, sort=False), "above", "reviewed_on",
        Column("publisher", default=False), Column("external_edition", default=False), Column("place", default=False),
    )  # fmt: skip
    default_sort = "code"
    filters: ClassVar = ("level", "status", "reviewed_on")
    search = ("code", "name", "publisher")
    tones: ClassVar = (Tones("status", DOCUMENT_TONES),)
    detail_url = "documents:document"
    detail = (
        Section(
            _("文書"), ("code", "name", "level", "above", "status", "classification", "public", "reviewed_on")
        ),
        Section(_("外部文書"), ("publisher", "external_edition", "place")),
    )
    actions = (
        Action(
            rules.place_copy, icon="printer", allowed_when=lambda row: row.status == "in_force",
            labels={"place": _("置き場所"), "holder": _("保管者")},
        ),
    )  # fmt: skip
    add = rules.register_external
    form = ("code", "name", "publisher", "external_edition", "place")
    right_change = "document.change"
    requirements = ("V20-055", "V20-056", "REG-002", "REG-014", "REG-179", "OPS-034", "V20-049")


@register
class Editions(Register):
    """改訂履歴: every edition of every document (OPS-002)."""

    model = Edition
    slug = "editions"
    title = _("改訂履歴")
    explanation = _("文書の版と改訂案。理由、施行日、承認日、旧版となった日。")
    group, icon, order = "documents", "history", 30
    columns: ClassVar = (
        "number", "document", Column("version"), "status", "reason", "takes_effect_on", "approved_on",
        "withdrawn_on", Column("material", default=False),
    )  # fmt: skip
    filters: ClassVar = ("status", "takes_effect_on", "document")
    search = ("reason",)
    tones: ClassVar = (Tones("status", EDITION_TONES),)
    detail_url = "documents:edition"
    detail = (
        Section(_("版"), ("document", "version", "status", "reason", "material", "takes_effect_on", "approved_on",
                          "withdrawn_on", "text_hash")),
    )  # fmt: skip
    requirements = ("OPS-002", "V20-053", "REG-077", "REG-190")


@register
class PaperCopies(Register):
    """紙の写し (REG-195, V20-057)."""

    model = PaperCopy
    slug = "paper-copies"
    title = _("紙の写し")
    explanation = _("緊急時に使う紙の文書。番号・置き場所・保管者を定め、改訂のたびに差し替えます。")
    group, icon, order = "documents", "files", 40
    columns: ClassVar = (
        "number", "document", "edition", "copy_number", "place", "holder", "status", "effective_on", "ended_on",
    )  # fmt: skip
    filters: ClassVar = ("status", "document")
    search = ("place",)
    tones: ClassVar = (
        Tones("status", {"placed": "green", "exchanged": "gray", "collected": "gray", "lost": "red"}),
    )
    actions = (
        Action(rules.exchange_copy, icon="refresh", allowed_when=lambda row: row.status == "placed",
               labels={"destroyed": _("古い写しの処分方法")}),
        Action(rules.collect_copy, icon="package", allowed_when=lambda row: row.status == "placed",
               labels={"destroyed": _("処分方法")}),
        Action(rules.report_lost, icon="alert-triangle", danger=True, allowed_when=lambda row: row.status == "placed",
               labels={"circumstances": _("状況")}),
    )  # fmt: skip
    detail = (
        Section(
            _("写し"),
            ("document", "edition", "copy_number", "place", "holder", "status", "effective_on", "ended_on"),
        ),
    )
    right_change = "document.change"
    requirements = ("REG-195", "V20-057", "V20-058")


navigation.add(navigation.Entry(_("規程集"), "documents:library", "book-2", "documents", order=10))
