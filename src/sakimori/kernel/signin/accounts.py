"""Commands on accounts: what administrators and owners do with them. Each is one entry in the ledger."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from . import credentials, policies, sessions
from .models import Account
from .secret import Secret

USERS = "platform.users"


@command("account.opened", gettext_lazy("利用者登録"), right=USERS)
def open_account(person: Person, *, temporary: Secret | None, by: Actor) -> Account:
    """Open an account for ``person``; without ``temporary`` he signs in by other means only.

    Raises NotAllowed for a person who left, has an account, or whose mail address is taken.
    """
    if not person.is_active:
        raise NotAllowed(_("在籍していない人は登録できません。"), rule="account.inactive")
    if Account.objects.filter(person=person).exists():
        raise NotAllowed(_("%s さんは登録済みです。") % person.name, rule="account.exists")
    if person.email and User.objects.filter(email__iexact=person.email).exists():
        raise NotAllowed(
            _("メールアドレス %s は他の利用者が使っています。従業者名簿を直してください。") % person.email,
            rule="account.email",
        )
    user = User(username=_sign_in_name(person), email=person.email)
    user.set_unusable_password()
    user.save()
    person.user = user
    person.save(update_fields=["user"])
    account = Account(person=person, owner=person, department=person.department, must_change=False)
    if temporary is not None:
        credentials.give_temporary(account, temporary)
    account.save()
    return account


def _sign_in_name(person: Person) -> str:
    name = person.employee_number or person.email
    if not name:
        raise NotAllowed(
            _("社員番号もメールアドレスもないため登録できません。従業者名簿に入力してください。"),
            rule="account.name",
        )
    if User.objects.filter(username__iexact=name).exists():
        raise NotAllowed(_("サインイン名 %s は使われています。") % name, rule="account.name")
    return name


@command("account.password_reset", gettext_lazy("パスワード再設定"), right=USERS)
def reset_password(account: Account, *, temporary: Secret, reason: str, by: Actor) -> Account:
    """Give a temporary password; the owner must change it at once, his sessions end (SYS-068)."""
    _need(reason)
    credentials.remember_password(account)
    credentials.give_temporary(account, temporary)
    account.save()
    sessions.end_all(account)
    return account


@command("account.disabled", gettext_lazy("利用停止"), right=USERS)
def disable(account: Account, *, reason: str, by: Actor) -> Account:
    """Stop the account; every session of it ends."""
    _need(reason)
    if account.disabled_at is not None:
        raise NotAllowed(_("すでに停止しています。"), rule="account.disabled")
    _switch(account, active=False)
    account.disabled_at = clock.now()
    account.save()
    sessions.end_all(account)
    return account


@command("account.enabled", gettext_lazy("利用再開"), right=USERS)
def enable(account: Account, *, reason: str, by: Actor) -> Account:
    """Let the owner sign in again; refused for a person who left."""
    _need(reason)
    if not account.person.is_active:
        raise NotAllowed(_("在籍していない人の利用は再開できません。"), rule="account.inactive")
    _switch(account, active=True)
    account.disabled_at = None
    account.save()
    return account


def _switch(account: Account, *, active: bool) -> None:
    user = credentials.user_of(account)
    user.is_active = active
    user.save(update_fields=["is_active"])


@command("account.locked", gettext_lazy("アカウントロック"))
def lock(account: Account, *, by: Actor) -> Account:
    """Lock the account after too many failures in a row; only the system does (SYS-070)."""
    if by is not SYSTEM:
        raise NotAllowed(_("ロックは連続した失敗によってのみ行われます。"), rule="account.lock")
    account.locked_at = clock.now()
    account.save(update_fields=["locked_at"])
    return account


def is_locked(account: Account) -> bool:
    """Tell whether the account is locked now; a lock may lift by itself after the regulation's time."""
    if account.locked_at is None:
        return False
    duration = policies.lock_duration()
    return duration is None or clock.now() < account.locked_at + duration


def lift_elapsed_lock(account: Account) -> None:
    """Unlock an account whose lock has run out."""
    if account.locked_at is not None and not is_locked(account):
        unlock(account, reason=_("停止時間の経過"), by=SYSTEM)


@command("account.unlocked", gettext_lazy("ロック解除"), right=USERS)
def unlock(account: Account, *, reason: str, by: Actor) -> Account:
    """Lift the lock; whoever does says how he made sure of the person (SYS-070)."""
    _need(reason)
    if account.locked_at is None:
        raise NotAllowed(_("ロックされていません。"), rule="account.unlocked")
    if isinstance(by, Person) and by.pk == account.person_id:
        raise NotAllowed(_("自分のアカウントのロックは自分で解除できません。"), rule="account.self")
    account.locked_at = None
    account.failures = 0
    account.save()
    return account


@command("account.factors_reset", gettext_lazy("二要素認証の再設定"), right=USERS)
def reset_factors(account: Account, *, reason: str, by: Actor) -> Account:
    """Remove all second factors, as after a lost telephone; the owner sets up new ones at the next sign-in."""
    _need(reason)
    Authenticator.objects.filter(user=credentials.user_of(account)).delete()
    account.second_factor_demanded = True
    account.save()
    sessions.end_all(account)
    return account


@command("account.factor_demanded", gettext_lazy("二要素認証の個別指定"), right=USERS)
def demand_factor(account: Account, *, demanded: bool, reason: str, by: Actor) -> Account:
    """Demand a second factor of one person whose roles do not, or stop demanding it."""
    _need(reason)
    account.second_factor_demanded = demanded
    account.save()
    return account


def demands_second_factor(account: Account) -> bool:
    """Tell whether the regulation, the person's roles or the administrators demand a second factor (SYS-069)."""
    required_of = policies.factor_required_of()
    if account.second_factor_demanded or required_of == "everyone":
        return True
    if required_of == "nobody":
        return False
    return any(access.roles()[role].mfa for role in account.person.roles() if role in access.roles())


def has_second_factor(account: Account) -> bool:
    """Tell whether an authenticator app or a passkey is set up."""
    found: bool = Authenticator.objects.filter(
        user__person=account.person, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    ).exists()
    return found


def for_user(user: AbstractBaseUser | AnonymousUser | None) -> Account | None:
    """Return the account behind a user of the framework; None for a stranger."""
    if user is None or user.pk is None:
        return None
    return Account.objects.select_related("person").filter(person__user_id=user.pk).first()


@hooks.on("person_leaves")
def close_account(*, person: Person) -> None:
    """Disable the account of a person who leaves, with every session."""
    account = Account.objects.filter(person=person, disabled_at=None).first()
    if account is not None and not person.is_active:
        disable(account, reason=_("退職"), by=SYSTEM)


def _need(reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": _("理由を入力してください。")})
