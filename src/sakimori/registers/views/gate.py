"""Who may open which page: the one place where pages refuse."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import NotAllowed

from ..base import Register, registry

View = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request whose person is known."""

    person: Person
    htmx: Any


def for_person(view: View) -> View:
    """Let only signed-in people of the company in."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(request, "person", None) is None:
            if request.user.is_authenticated:
                raise NotAllowed(
                    "この利用者に結び付く従業者がいないか、在籍期間外です。事務局に確認してください。"
                )
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return view(request, *args, **kwargs)

    return run


def open_register(request: PersonRequest, slug: str) -> type[Register]:
    """Return the register, or 404 where there is none that concerns the person."""
    declared = registry.get(slug)
    if declared is None or not declared.opens_for(request.person):
        raise Http404
    return declared


def open_row(request: PersonRequest, declared: type[Register], pk: int) -> Any:
    """Return the row, or 404 where there is none the person may know of."""
    row: Record | None = declared.rows(request.person).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
