"""Passwords of accounts: judged, stored, remembered, expired; and the word that calls for help."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.lib import clock, romaji
from sakimori.lib.errors import Invalid, NotAllowed

from . import passwords, policies, sessions
from .models import Account, DuressWord, OldPassword
from .secret import Secret


def user_of(account: Account) -> User:
    """Return the user of the framework behind an account."""
    user: User | None = account.person.user
    if user is None:
        raise NotAllowed(_("利用者アカウントがありません。"), rule="account.missing")
    return user


def has_password(account: Account) -> bool:
    """Tell whether the owner may sign in by password, not only by the company's identity provider."""
    return user_of(account).has_usable_password()


def give_temporary(account: Account, temporary: Secret) -> None:
    """Store a temporary password that its owner must change before long (SYS-068)."""
    store_password(account, temporary)
    account.must_change = True
    account.temporary_until = clock.now() + policies.temporary_validity()


def store_password(account: Account, new: Secret) -> None:
    """Store a password; the caller saves the account."""
    user = user_of(account)
    user.set_password(new.reveal())
    user.save(update_fields=["password"])
    account.password_set_at = clock.now()
    account.expiry_notified_on = None


def remember_password(account: Account) -> None:
    """Keep the hash that is being replaced, and drop those older than any rule may ask for (50)."""
    user = user_of(account)
    if user.has_usable_password():
        OldPassword.objects.create(account=account, hash=user.password)
    kept = list(account.old_passwords.values_list("pk", flat=True)[:50])
    account.old_passwords.exclude(pk__in=kept).delete()


@command("signin.password_changed", gettext_lazy("パスワード変更"))
def change_password(account: Account, *, new: Secret, by: Actor) -> Account:
    """Replace the owner's password; raises Invalid with every condition that the new one misses."""
    _own(account, by)
    if problems := password_problems(account, new.reveal()):
        raise Invalid({"password1": " ".join(problems)})
    remember_password(account)
    store_password(account, new)
    account.must_change = False
    account.temporary_until = None
    account.save()
    sessions.end_all(account, but=sessions.current_key())
    return account


@command("signin.duress_set", gettext_lazy("非常用パスワード設定"))
def set_duress_word(account: Account, *, word: Secret | None, by: Actor) -> Account:
    """Set the second password that calls for help, or remove it (V20-189)."""
    _own(account, by)
    DuressWord.objects.filter(account=account).delete()
    if word is not None:
        text = word.reveal()
        problems = [
            check.text
            for check in passwords.faults(text, policies.password_rule(), about=words_about(account))
        ]
        if user_of(account).check_password(text):
            problems.append(_("ふだんのパスワードと異なること"))
        if problems:
            raise Invalid({"word": " ".join(problems)})
        DuressWord.objects.create(account=account, hash=make_password(text))
    return account


def password_problems(account: Account, password: str) -> list[str]:
    """Return every condition that ``password`` does not meet for this person, earlier passwords included."""
    rule = policies.password_rule()
    found = [check.text for check in passwords.faults(password, rule, about=words_about(account))]
    if _was_used(account, password, rule.history):
        found.append(_("過去%(n)d回に使ったパスワードと異なること") % {"n": max(rule.history, 1)})
    word = DuressWord.objects.filter(account=account).first()
    if not found and word is not None and check_password(password, word.hash):
        found.append(_("非常用パスワードと異なること"))
    return found


def words_about(account: Account) -> list[str]:
    """Return the words that the person's password must not resemble (PRC-081)."""
    person = account.person
    words = [person.name, person.kana, person.email.partition("@")[0], person.employee_number or ""]
    words += [romaji.of_kana(part) for part in person.kana.split()]
    words.append(romaji.of_kana(person.kana))
    return [word for word in words if word]


def _was_used(account: Account, password: str, generations: int) -> bool:
    """Compare with the present password and the ones before it; the present one counts as the first."""
    if account.person.user and account.person.user.check_password(password):
        return True
    earlier = account.old_passwords.all()[: max(generations - 1, 0)]
    return any(check_password(password, old.hash) for old in earlier)


def expires_on(account: Account) -> date | None:
    """Return the day after which the password must be changed (SYS-066)."""
    rule = policies.password_rule()
    if rule.max_age is None or account.password_day is None:
        return None
    return rule.max_age.after(account.password_day)


def _own(account: Account, by: Actor) -> None:
    if not isinstance(by, Person) or by.pk != account.person_id:
        raise NotAllowed(_("本人だけができます。"), rule="account.own")
