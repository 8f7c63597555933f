"""A statement goes out to Excel and comes back in the same layout."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Reason, Statement, content
from sakimori.domains.controls.models.comparison import words
from sakimori.domains.controls.models.content import said
from sakimori.kernel.exchange import store
from sakimori.kernel.identity import access
from sakimori.lib import sheets
from sakimori.lib.errors import Invalid, Refused
from sakimori.lib.japanese import nfkc
from sakimori.registers.views.gate import PersonRequest, for_person

from .work import open_statement

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DECISIONS = {"採用": True, "○": True, "除外": False, "×": False}
HEADINGS = (
    "項番", "管理策", "採否", "理由区分", "理由", "除外の影響判断", "リスク番号", "実施状況", "規程条項", "証跡",
)  # fmt: skip
COLUMNS = [
    sheets.OutColumn(heading, width, choices)
    for heading, width, choices in zip(
        HEADINGS,
        (12, 36, 8, 18, 44, 32, 26, 28, 20, 10),
        ((), (), ("採用", "除外"), tuple(str(r.label) for r in Reason), (), (), (), (), (), ()),
        strict=True,
    )
]
NOTES = (
    "採否・理由区分・理由・除外の影響判断・規程条項を書き換えて取り込めます。ほかの列は取り込みません。",
    "理由区分は「・」で区切ると複数書けます（リスク・法令・契約・慣行・事業上の要求）。",
    "一行でも誤りがあれば、何も取り込みません。項番の行を消しても、その管理策は変わりません。",
)


@for_person
def sheet(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the statement as a workbook that can be taken back."""
    statement = open_statement(request, pk)
    target = io.BytesIO()
    sheets.write_table(target, COLUMNS, _rows(statement), sheet=statement.standard.short, notes=NOTES)
    return download(target.getvalue(), XLSX, f"{statement.number}-v{statement.version}.xlsx")


def _rows(statement: Statement) -> Iterator[list[object]]:
    for row in said(statement):
        yield [
            row["ref"], row["name"], words("applicable", row) if row["applicable"] is not None else "",
            words("reasons", row), row["reason"], row["impact"], words("risks", row), row["state_words"],
            row["article"], row["evidence"],
        ]  # fmt: skip


@for_person
def take_over(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a filled workbook back: all of it or nothing, every wrong row named."""
    statement = open_statement(request, pk)
    access.require(request.person, "soa.change", statement)
    problems: list[tuple[str, str]] = []
    upload = request.FILES.get("file")
    if request.method == "POST" and upload is not None:
        try:
            kept = store.store(upload, str(upload.name))
            count = _take_over(request, statement, store.path_of(kept.sha256), kept.file_name)
        except Invalid as refusal:
            problems = [(str(place), str(text)) for place, text in refusal.problems.items()]
        except Refused as refusal:
            problems = [("", str(refusal))]
        else:
            messages.success(request, _("%s件を取り込みました。") % count)
            return redirect("controls:statement", pk)
    elif request.method == "POST":
        problems = [("", _("ファイルを選んでください。"))]
    context = {
        "statement": statement, "problems": problems, "headings": HEADINGS,
        "crumbs": [
            (statement.label, reverse("controls:statement", args=[pk])), (_("Excelの取込"), ""),
        ],
    }  # fmt: skip
    return render(request, "controls/take_over.html", context, status=422 if problems else 200)


class _Intake:
    """What a workbook says, row by row; ``problems`` by the row's number."""

    def __init__(self, statement: Statement) -> None:
        self.known = {nfkc(line.control.ref): line for line in reversed(content.lines(statement))}
        self.verdicts: list[rules.Verdict] = []
        self.articles: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        self.places: dict[str, str] = {}

    def take(self, place: str, cells: dict[str, str]) -> None:
        """Note what one row says, or what is wrong with it."""
        line = self.known.get(nfkc(cells["項番"]))
        if line is None:
            self.problems[place] = _("項番「%s」はこの適用宣言書にありません。") % cells["項番"]
            return
        ref = line.control.ref
        if ref in self.places:
            text = _("項番「%(ref)s」は%(row)sにもあります。")
            self.problems[place] = text % {"ref": ref, "row": self.places[ref]}
            return
        self.places[ref] = place
        self.articles[line.control.number] = cells["規程条項"]
        if not line.control.excludable and cells["採否"] in ("", "採用"):
            return
        try:
            verdict = _verdict(line, cells)
        except Refused as refusal:
            self.problems[place] = f"{ref}: {refusal}"
            return
        if verdict is not None:
            self.verdicts.append(verdict)


def _take_over(request: PersonRequest, statement: Statement, path: Path, name: str) -> int:
    intake = _Intake(statement)
    for number, cells in _cells(path, name):
        intake.take(_("%s行目") % number, cells)
    if intake.problems:
        raise Invalid(intake.problems)
    if not intake.places:
        raise Refused(_("取り込む行がありません。項番の列に番号を入れてください。"))
    try:
        rules.take_over_sheet(
            statement, verdicts=intake.verdicts, articles=intake.articles, by=request.person
        )
    except Invalid as refusal:
        places = intake.places
        raise Invalid({places.get(ref, ref): text for ref, text in refusal.problems.items()}) from None
    return len(intake.places)


def _cells(path: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    with sheets.open_book(path, name) as opened:
        tables = sheets.find_tables(opened, known=HEADINGS)
        table = next(
            (one for one in tables if {"項番", "採否", "理由"} <= {c.heading for c in one.columns}), None
        )
        if table is None:
            raise Refused(
                _(
                    "「項番」「採否」「理由」の見出しがある表が見つかりません。書き出した様式を使ってください。"
                )
            )
        places = {column.heading: column.index for column in table.columns}
        for row in table.rows():
            cells = {h: _text(row.values, places.get(h)) for h in HEADINGS}
            if cells["項番"]:
                yield row.number, cells


def _text(values: list[object], index: int | None) -> str:
    value = values[index] if index is not None and index < len(values) else None
    return "" if value is None else str(value).strip()


def _verdict(line: content.Line, cells: dict[str, str]) -> rules.Verdict | None:
    """Return what a row says, nothing for one left blank; refuse words that are not known."""
    if not cells["採否"] and line.row.applicable is None:
        return None
    if cells["採否"] not in DECISIONS:
        raise Refused(_("採否は「採用」か「除外」です（今は「%s」）。") % cells["採否"])
    return rules.Verdict(
        control=line.control, applicable=DECISIONS[cells["採否"]], reason=cells["理由"],
        reasons=_codes(cells["理由区分"]), impact=cells["除外の影響判断"],
    )  # fmt: skip


def _codes(text: str) -> tuple[str, ...]:
    """Return the classes of reasons named in a cell; one of the names holds the separator itself."""
    found = []
    rest = text
    for code, label in sorted(Reason.choices, key=lambda pair: -len(str(pair[1]))):
        if str(label) in rest:
            found.append(code)
            rest = rest.replace(str(label), "")
    for short, code in (("慣行", Reason.PRACTICE), ("事業上の要求", Reason.PRACTICE)):
        if short in rest:
            found.append(code)
            rest = rest.replace(short, "")
    if left := rest.strip("・、,／/ 　\n"):
        raise Refused(
            _("理由区分「%s」は知らない区分です。リスク・法令・契約・慣行から選んでください。") % left
        )
    return tuple(found)


def download(data: bytes, media_type: str, name: str) -> HttpResponse:
    """Return a file to be kept."""
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
