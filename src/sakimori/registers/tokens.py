"""Tokens for programs: shown once, kept as a digest, bound to a person's rights and to a day."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .models import ApiToken

LONGEST = timedelta(days=366)
_MARK = "skm_"


def issue(person: Person, *, name: str, scope: str, expires_on: date) -> tuple[ApiToken, str]:
    """Make a token for the person; return it with the secret, which is not kept anywhere.

    Raises Invalid without a name, or for a day that is past or more than a year away.
    """
    problems = {}
    if not name.strip():
        problems["name"] = _("何に使うトークンかを入力してください。")
    if not clock.today() <= expires_on <= clock.today() + LONGEST:
        problems["expires_on"] = _("有効期限は今日から1年以内の日付にしてください。")
    if scope not in ApiToken.Scope.values:
        problems["scope"] = _("権限を選んでください。")
    if problems:
        raise Invalid(problems)
    secret = _MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        name=name.strip(), scope=scope, expires_on=expires_on, owner=person, digest=_digest(secret)
    )
    return _issue(token=token, by=person), secret


@command("token.issued", gettext_lazy("APIトークンの発行"))
def _issue(*, token: ApiToken, by: Person) -> ApiToken:
    token.save()
    return token


@command("token.revoked", gettext_lazy("APIトークンの失効"))
def revoke(token: ApiToken, *, by: Person) -> ApiToken:
    """End a token before its day; only its owner may."""
    if token.owner_id != by.pk:
        raise NotAllowed(_("自分のトークンだけを失効できます。"), rule="token.owner_only")
    token.retired_at = clock.now()
    token.save()
    return token


def holder(secret: str) -> tuple[Person, ApiToken] | None:
    """Return whose token this is, if it still opens anything."""
    token = ApiToken.objects.filter(digest=_digest(secret)).first()
    if token is None or not token.is_valid:
        return None
    person = Person.objects.filter(pk=token.owner_id or 0).first()
    if person is None or not person.is_active:
        return None
    if token.last_used_on != clock.today():
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=clock.today())
    return person, token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
