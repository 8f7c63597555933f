"""What keeps a revision from being put forward, each with its reason: nothing that would fail later gets on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from sakimori.domains.documents.models import Document, Edition, EditionArticle
from sakimori.domains.documents.models.differences import between
from sakimori.domains.documents.models.reading import duties_by_article
from sakimori.kernel.content import parameters
from sakimori.kernel.content.duties import Duty
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.content.regulations import ARTICLES
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock, provisions
from sakimori.lib.errors import Refused

from .matrix import DUTIES, MATRIX, role_named
from .shelf import readers


def faults(edition: Edition) -> list[Refused]:
    """Return every reason for which the edition cannot be put forward; none when it can."""
    found = [
        *_of_itself(edition),
        *_of_its_neighbours(edition),
        *_of_its_articles(edition),
        *_of_its_duties(edition),
        *_of_its_values(edition),
    ]
    return list({str(fault): fault for fault in found}.values())


def _of_itself(edition: Edition) -> Iterator[Refused]:
    if not edition.reason.strip():
        yield _refuse("reason", _("改訂の理由を入力してください。"))
    if edition.takes_effect_on is None:
        yield _refuse("effective_on", _("施行日を入力してください。"))
    elif edition.takes_effect_on < clock.today():
        yield _refuse("effective_on", _("施行日が過去の日です。今日以降の日にしてください。"))
    yield from _of_its_text(edition)
    document = edition.document
    if document.keeper not in access.roles() or not Person.objects.holding(document.keeper).exists():
        text = _("この文書を管理する「%s」を務める人がいません。先に任命してください。")
        yield _refuse("role", text % access.role_title(document.keeper))
    if not readers(document).exists():
        yield _refuse("role", _("この文書を読む役割を務める人がいません。"))
    if document.pk in _above(document):
        yield _refuse("circle", _("上位の文書をたどると、この文書自身に戻ります。"))


def _of_its_text(edition: Edition) -> Iterator[Refused]:
    if edition.form == Edition.Form.ORIGINAL:
        if not edition.originals():
            yield _refuse("empty", _("原本ファイルがありません。"))
    elif not edition.articles.exists():
        yield _refuse("empty", _("条が一つもありません。"))
    elif edition.based_on_id and between(edition.based_on, edition).is_empty:
        yield _refuse("unchanged", _("施行中の版と同じ内容です。条か値を変えてから提出してください。"))


def _above(document: Document) -> set[int]:
    found: set[int] = set()
    place = document.above
    while place is not None and place.pk not in found:
        found.add(place.pk)
        place = place.above
    return found


def _of_its_neighbours(edition: Edition) -> Iterator[Refused]:
    """Refuse two revisions of one document that overlap: the later one must start from what the earlier made."""
    others = edition.document.editions.exclude(pk=edition.pk)
    for other in others.filter(status__in=("deliberation", "approved")):
        text = _("この文書には、%(state)sの改訂（%(number)s）があります。その施行後に提出してください。")
        facts = {"state": other.get_status_display(), "number": other.number}
        yield _refuse("overlap", text % facts)
    current = edition.document.current
    if current is not None and edition.based_on_id != current.pk:
        text = _("起案の後に%sが施行されました。施行中の版から改訂を起こし直してください。")
        yield _refuse("overlap", text % current.name)


def _of_its_articles(edition: Edition) -> Iterator[Refused]:
    keys = {article.key for article in edition.articles.all()}
    for number, article in enumerate(edition.articles.all(), 1):
        for address in provisions.references(article.text):
            if not _exists(edition, keys, address):
                text = _("第%(n)d条が引く「%(a)s」という条がありません。")
                yield _refuse("reference", text % {"n": number, "a": address})


def _exists(edition: Edition, keys: set[str], address: str) -> bool:
    folder, _slash, key = address.rpartition("/")
    if not folder or folder == edition.document.slug:
        return key in keys
    document = Document.objects.filter(slug=folder).first()
    current = document.current if document else None
    if current is None:
        return address in ARTICLES
    return bool(current.articles.filter(key=key).exists())


def _of_its_duties(edition: Edition) -> Iterator[Refused]:
    """Refuse a duty that no article would carry any more, and one of a changed article that nobody would do."""
    duties = duties_by_article()
    kept = {address for article in edition.articles.all() for address in article.carries}
    elsewhere = EditionArticle.objects.filter(edition__status="in_force").exclude(
        edition__document=edition.document
    )
    carried_elsewhere = {address for row in elsewhere.values_list("carries", flat=True) for address in row}
    for address in sorted(_carried_before(edition) - kept - carried_elsewhere):
        for duty in duties.get(address, ()):
            text = _("義務「%(duty)s」を定める条がなくなり、行う人がいなくなります。")
            yield _refuse("duty", text % {"duty": duty.title})
    touched = {change.key for change in between(edition.based_on, edition).changed}
    for article in edition.articles.filter(key__in=touched):
        for duty in (duty for address in article.carries for duty in duties.get(address, ())):
            yield from _without_actor(duty)


def _carried_before(edition: Edition) -> set[str]:
    if edition.based_on is not None:
        return {address for row in edition.based_on.articles.all() for address in row.carries}
    folder = edition.document.slug
    return {article.id for article in ARTICLES if folder and article.regulation == folder}


def _without_actor(duty: Duty) -> Iterator[Refused]:
    role = duty.role or "security_office"
    if not Person.objects.holding(role).exists():
        text = _("義務「%(duty)s」を行う「%(role)s」を務める人がいません。先に任命してください。")
        yield _refuse("actor", text % {"duty": duty.title, "role": access.role_title(role)})


def _of_its_values(edition: Edition) -> Iterator[Refused]:
    for name, raw in edition.changes.items():
        parameter = PARAMETERS[name]
        try:
            value = parameters.typed(parameter, raw)
        except Refused as refused:
            yield _refuse("value", str(refused))
            continue
        if obligations.duties_of(name):
            if value is None or (isinstance(value, int) and value < 1):
                text = _("「%s」を空欄や0にすると、義務の期日が決まりません。")
                yield _refuse("cadence", text % parameter.title)
            for duty in obligations.duties_of(name):
                yield from _without_actor(duty)
        if name == MATRIX:
            yield from _of_matrix(value)


def _of_matrix(rows: Iterable[dict[str, Any]]) -> Iterator[Refused]:
    """Refuse a table by which nobody, or one and the same, would decide."""
    rows = list(rows)
    levels = {str(row["level"]) for row in rows}
    for level in Document.Level:
        if level != Document.Level.EXTERNAL and not {level.value, str(level.label)} & levels:
            yield _refuse("matrix", _("表に「%s」の行がありません。") % level.label)
    for row in rows:
        try:
            roles = {duty: role_named(str(row[duty])) for duty in DUTIES}
        except Refused as refused:
            yield refused
            continue
        for role in sorted(set(roles.values())):
            if not Person.objects.holding(role).exists():
                text = _("表の「%s」を務める人がいません。先に任命してください。")
                yield _refuse("role", text % access.role_title(role))
        deciders = [
            set(Person.objects.holding(roles[d]).values_list("pk", flat=True))
            for d in ("evaluate", "approve")
        ]
        if len(deciders[0] | deciders[1]) < 2 or roles["draft"] == roles["approve"]:
            text = _("「%s」の評価と承認、または作成と承認が同じ人に戻ります。役割を分けてください。")
            yield _refuse("circular", text % row["level"])


def _refuse(rule: str, sentence: str) -> Refused:
    return Refused(sentence, rule=f"documents.{rule}")
