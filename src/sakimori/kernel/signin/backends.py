"""The second password of people who may be forced: it opens the door like the first one (V20-189)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.http import HttpRequest  # noqa: TID251 - the signature of Django's backends

from . import lockout
from .models import DuressWord


class DuressBackend(BaseBackend):
    """Accept a duress word, and mark the request so that help is called."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the user whose duress word was typed."""
        password = credentials.get("password")
        if not password or request is None:
            return None
        name = lockout.typed_name(request, credentials)
        word = DuressWord.objects.filter(account__person__user__username=name).first()
        if word is None:
            make_password(password)  # so that nobody learns from the time taken who has such a word
            return None
        if not check_password(password, word.hash):
            return None
        user = User.objects.get(person__account=word.account_id)
        if not user.is_active:
            return None
        request.under_duress = True  # type: ignore[attr-defined]
        return user
