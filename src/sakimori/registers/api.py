"""The API: every register by the same few addresses, through the same gate and the same commands as the pages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.security import HttpBearer, SessionAuth

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Conflict, Invalid, NotAllowed, Refused

from . import details, forms, history, payloads, rules, tokens, values
from .base import Register, form_fields, registry
from .inputs import form_data
from .listing import Listing
from .models import ApiToken
from .payloads import ActIn, ChangeIn, HistoryOut, NewIn, PageOut, RefusalOut, RegisterOut, RowOut

_SAFE = {"GET", "HEAD", "OPTIONS"}


class TokenAuth(HttpBearer):
    """A person's token in the Authorization header."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """Return the token's holder; a token for reading does not write."""
        found = tokens.holder(token)
        if found is None:
            return None
        person, known = found
        if request.method not in _SAFE and known.scope != ApiToken.Scope.WRITE:
            raise NotAllowed(_("このトークンは閲覧専用です。"), rule="token.read_only")
        request.person = person  # type: ignore[attr-defined]
        return person


class PersonSession(SessionAuth):
    """The session of the pages; writing needs the CSRF token too."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        """Return the signed-in person of the company."""
        person: Person | None = getattr(request, "person", None)
        return person


api = NinjaAPI(
    title="防人 API",
    version="1",
    description="台帳の閲覧・登録・変更・操作。画面と同じ権限、同じ規則で動きます。",
    auth=[TokenAuth(), PersonSession()],
    urls_namespace="api",
    docs_url=None,  # its viewer comes from elsewhere; the description itself is at /api/openapi.json
)


_REFUSALS = {401: RefusalOut, 403: RefusalOut, 404: RefusalOut, 409: RefusalOut, 422: RefusalOut}


@api.get("/registers", response={200: list[RegisterOut], 401: RefusalOut}, summary="台帳の一覧")
def registers(request: HttpRequest) -> list[RegisterOut]:
    """List the registers that concern the person."""
    person = _person(request)
    return [
        payloads.described(declared, person) for declared in registry.values() if declared.opens_for(person)
    ]


@api.get("/registers/{slug}", response={200: PageOut, **_REFUSALS}, summary="行の一覧")
def rows(request: HttpRequest, slug: str) -> PageOut:
    """List rows; takes the same parameters as the page (q, filters, sort, page, size, col, retired)."""
    declared, person = _opened(request, slug)
    listing = Listing(declared, person, request.GET)
    names = listing.names(listing.shown)
    return PageOut(
        items=[
            payloads.row_out(declared, row, names, [c.name for c in listing.columns]) for row in listing.shown
        ],
        total=min(listing.total, listing.counted),
        total_is_exact=listing.total <= listing.counted,
        page=listing.page,
        more=listing.has_next,
    )


@api.post("/registers/{slug}", response={201: RowOut, **_REFUSALS}, summary="登録")
def create(request: HttpRequest, slug: str, payload: NewIn) -> tuple[int, RowOut]:
    """Store a new row."""
    declared, person = _opened(request, slug)
    _require(declared, person, "add", None)
    form = forms.row_form(declared, person)(form_data(payload.values, form_fields(declared)))
    row = rules.save_new(declared, _valid(form), by=person)
    return 201, payloads.full(declared, row, person)


@api.get("/registers/{slug}/{int:pk}", response={200: RowOut, **_REFUSALS}, summary="1行")
def row_of(request: HttpRequest, slug: str, pk: int) -> RowOut:
    """Return one row with all its columns."""
    declared, person, row = _opened_row(request, slug, pk)
    return payloads.full(declared, row, person)


@api.patch("/registers/{slug}/{int:pk}", response={200: RowOut, **_REFUSALS}, summary="変更")
def change(request: HttpRequest, slug: str, pk: int, payload: ChangeIn) -> RowOut:
    """Change some fields of a row; 409 with the others' changes when the revision is stale."""
    declared, person, row = _opened_row(request, slug, pk)
    _require(declared, person, "change", row)
    _same_revision(row, payload.revision)
    only = tuple(name for name in form_fields(declared) if name in payload.values)
    form = forms.row_form(declared, person, only)(
        form_data(payload.values, only), instance=forms.copy_of(row)
    )
    changed = rules.save_changes(declared, row, _valid(form), reason=payload.reason, by=person)
    return payloads.full(declared, changed, person)


@api.get("/registers/{slug}/{int:pk}/history", response={200: list[HistoryOut], **_REFUSALS}, summary="履歴")
def row_history(request: HttpRequest, slug: str, pk: int) -> list[HistoryOut]:
    """Return what happened to a row, newest first."""
    _declared, person, row = _opened_row(request, slug, pk)
    return [
        HistoryOut(
            id=line.entry_id,
            at=line.at,
            verb=line.verb,
            title=line.title,
            actor=line.actor,
            reason=line.reason,
            changes=[
                {"field": c.label, "before": values.plain(c.before), "after": values.plain(c.after)}
                for c in line.changes
            ],
        )  # fmt: skip
        for line in history.of(row, person)
    ]


@api.post("/registers/{slug}/{int:pk}/actions/{verb}", response={200: RowOut, **_REFUSALS}, summary="操作")
def act(request: HttpRequest, slug: str, pk: int, verb: str, payload: ActIn) -> RowOut:
    """Call a command on a row."""
    declared, person, row = _opened_row(request, slug, pk)
    action = details.action_of(declared, verb)
    if action is None:
        raise Http404
    known = action.command.verb  # type: ignore[attr-defined]
    if known.right:
        access.require(person, known.right, row)
    if not details.allowed(declared, action, row, person):
        raise NotAllowed(_("今の状態ではこの操作はできません。"), rule="registers.state")
    _same_revision(row, payload.revision)
    made = forms.command_form(declared, action, known, person)
    form = made(form_data(payload.values, tuple(made.base_fields)))
    forms.call(declared, action, row, _valid(form), by=person)
    return payloads.full(declared, declared.rows(person).get(pk=pk), person)


def _person(request: HttpRequest) -> Person:
    person: Person = request.auth  # type: ignore[attr-defined]
    return person


def _opened(request: HttpRequest, slug: str) -> tuple[type[Register], Person]:
    declared, person = registry.get(slug), _person(request)
    if declared is None or not declared.opens_for(person):
        raise Http404
    return declared, person


def _opened_row(request: HttpRequest, slug: str, pk: int) -> tuple[type[Register], Person, Any]:
    declared, person = _opened(request, slug)
    row = declared.rows(person).filter(pk=pk).first() if pk < 2**63 else None
    if row is None:
        raise Http404
    return declared, person, row


def _require(declared: type[Register], person: Person, act: str, row: Record | None) -> None:
    right = declared.right_for(act)
    if not right or not declared.form:
        raise NotAllowed(_("この台帳は変更できません。"), rule="registers.read_only")
    access.require(person, right, row)


def _same_revision(row: Record, revision: int) -> None:
    if row.revision != revision:
        text = _("他の人が先に変更しました。読み直してから、もう一度送ってください。")
        raise Conflict(text, changes=history.changes_since(row, revision))


def _valid(form: Any) -> dict[str, object]:
    """Return the form's values; raise Invalid with a sentence per field."""
    unknown = getattr(form.data, "unknown", ())
    problems = dict.fromkeys(unknown, _("この項目は入力できません。"))
    if not form.is_valid():
        problems |= {
            ("" if n == "__all__" else n): " ".join(map(str, texts)) for n, texts in form.errors.items()
        }
    if problems:
        raise Invalid(problems)
    return forms.values_of(form)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer a refusal with its sentence, its rule and what to correct."""
    body: dict[str, Any] = {"message": str(error), "rule": error.rule}
    status = 422
    if isinstance(error, Invalid):
        body["problems"] = {name: str(text) for name, text in error.problems.items()}
    elif isinstance(error, Conflict):
        body["changes"] = [{"field": f, "before": str(b), "after": str(a)} for f, b, a in error.changes]
        status = 409
    elif isinstance(error, NotAllowed):
        status = 403
    return api.create_response(request, body, status=status)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer for what is not there, or not for this person."""
    return api.create_response(request, {"message": _("見つかりません。")}, status=404)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a body that has not the described form."""
    problems = {".".join(str(part) for part in e["loc"][1:]): str(e["msg"]) for e in error.errors}
    body = {"message": _("送られた内容の形が正しくありません。"), "rule": "api.shape", "problems": problems}
    return api.create_response(request, body, status=422)
