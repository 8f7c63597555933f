"""The anchor: one row for every row of every register.

Evidence, links, applications, occurrences and findings point here with real foreign keys, so nothing
needs a generic key and nothing can point at a missing row. Owner and department are records themselves:
a person's name in a list is his record's label, one join away, whatever the register.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeVar

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.lib import clock

from . import numbering

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True)
class Reach:
    """Which rows a person may read: whole audiences, audiences within departments, his own."""

    everywhere: frozenset[str] = frozenset()
    in_departments: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    departments: tuple[int, ...] = ()
    person_id: int = 0


class Viewer(Protocol):
    """Whoever reads: a person knows how far his reading reaches."""

    def reach(self) -> Reach:
        """Return the person's reach today."""
        ...


M = TypeVar("M", bound="Record", covariant=True)


class RecordQuerySet(models.QuerySet[M]):
    """Rows of any register."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Keep what the viewer may know of; the only gate for reading rows (V20-060)."""
        reach = viewer.reach()
        named = models.Q(pk__in=Reader.objects.filter(person_id=reach.person_id).values("record_id"))
        return self.filter(
            models.Q(audience__in=reach.everywhere)
            | models.Q(audience__in=reach.in_departments, department_id__in=reach.departments)
            | models.Q(audience__in=reach.own, owner_id=reach.person_id)
            | named
        )

    def current(self) -> Self:
        """Keep the rows that were not retired."""
        return self.filter(retired_at=None)


class RecordBase(models.base.ModelBase):
    """Give every register its link to the anchor without a name on the way back.

    Django would name the way back after the register ("site", "person"), and those names clash with columns.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        anchored = any(base.__dict__.get("is_anchor") for base in bases)
        if anchored and "record_ptr" not in attrs:
            attrs["record_ptr"] = models.OneToOneField(
                "records.Record", models.CASCADE, parent_link=True, primary_key=True, related_name="+"
            )
        return super().__new__(cls, name, bases, attrs, **kwargs)


class Record(models.Model, metaclass=RecordBase):
    """One row of one register: number, label, who answers for it, who may read it, how long it is kept."""

    is_anchor: ClassVar[bool] = True
    number_prefix: ClassVar[str] = "REC"
    default_audience: ClassVar[str] = "office"
    personal_fields: ClassVar[tuple[str, ...]] = ()

    kind = models.CharField(_("種類"), max_length=60, db_index=True, editable=False)
    number = models.CharField(_("番号"), max_length=24, unique=True, editable=False)
    label = models.CharField(_("見出し"), max_length=200, editable=False)
    audience = models.CharField(_("公開範囲"), max_length=40, db_index=True)
    owner = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("責任者"), null=True, blank=True, related_name="owned"
    )
    department = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("部署"), null=True, blank=True, related_name="held"
    )
    effective_on = models.DateField(_("発生日"), default=clock.today)
    recorded_at = models.DateTimeField(_("登録日時"), default=clock.now, editable=False)
    keep_until = models.DateField(_("保存期限"), null=True, blank=True)
    legal_hold = models.BooleanField(_("廃棄禁止"), default=False)
    revision = models.PositiveIntegerField(_("版"), default=0, editable=False)
    retired_at = models.DateTimeField(_("取消日時"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = RecordQuerySet["Record"].as_manager()

    class Meta:
        verbose_name = _("記録")

    # What the row held when it was read: the ledger compares with it, and so does the form.
    loaded_values: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loaded_values = {}

    def __str__(self) -> str:
        return self.label or self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fill kind, number, audience and label, so that lists of mixed records need no second query."""
        self.prepare()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "label"}
        super().save(*args, **kwargs)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        """Remember the stored values next to the object."""
        row = super().from_db(db, field_names, values, **kwargs)
        row.loaded_values = {
            name: copy.deepcopy(value) if isinstance(value, dict | list) else value
            for name, value in zip(field_names, (row.__dict__[n] for n in field_names), strict=True)
        }
        return row

    def prepare(self, number: str = "") -> None:
        """Fill the columns that follow from the row's class and content."""
        self.kind = self.kind or self._meta.label_lower
        self.audience = self.audience or self.default_audience
        self.number = self.number or number or numbering.take(self.number_prefix, 1)[0]
        self.label = self.title()[:200]

    def title(self) -> str:
        """Return the text by which people know this row."""
        return self.number

    def snapshot(self) -> dict[str, Any]:
        """Return the stored columns of the row by name, as the ledger writes them."""
        return {f.attname: getattr(self, f.attname) for f in type(self).ledger_fields()}

    @classmethod
    def ledger_fields(cls) -> list[models.Field[Any, Any]]:
        """Return the columns whose changes the ledger records."""
        hidden = {"id", "record_ptr", "kind", "label", "revision", "recorded_at"}
        return [f for f in cls._meta.concrete_fields if f.name not in hidden]

    def approval_state(self) -> Mapping[str, object]:
        """Return the state to which an approval is bound: every column that may change."""
        return self.snapshot()

    def row(self) -> Record:
        """Return the row of the register to which this anchor belongs."""
        if type(self) is not Record:
            return self
        model: type[Record] = apps.get_model(self.kind)
        return model._base_manager.get(pk=self.pk)

    def search_text(self) -> str:
        """Return the words by which the row is found."""
        return self.label


class Reader(models.Model):
    """A person named for one record, beside those whom its audience admits."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="readers")
    person = models.ForeignKey(Record, models.CASCADE, related_name="reads")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "person"], name="reader_named_once")]

    def __str__(self) -> str:
        return f"{self.person} → {self.record}"


class Counter(models.Model):
    """The last number given out per prefix."""

    prefix = models.CharField(max_length=12, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last}"
