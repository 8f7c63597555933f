"""Shelves: pieces of content of one kind, cached, addressed by id, each with the digest of what it says."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.lib import canonical, strictyaml
from sakimori.lib.errors import Refused
from sakimori.lib.strictyaml import ContentError, Place

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Piece(Protocol):
    """One piece of content."""

    @property
    def id(self) -> str:
        """Return the id, never used again for something else."""
        ...


T = TypeVar("T", bound=Piece)
Check = Callable[[Mapping[str, Any]], Iterable[tuple[Place, str]]]


class UnknownContent(Refused, KeyError):
    """No piece of content has this id."""

    __str__ = Refused.__str__


class Shelf(Generic[T]):
    """The pieces in the files that ``pattern`` finds below ``content/``, but those whose names begin with ``omit``.

    ``of_file`` turns what a file holds into its pieces. With ``named_by_file`` an id is the file's name, or
    begins with it and a dot. ``check`` returns (place, sentence) of what is wrong across pieces.
    """

    every: ClassVar[list[Shelf[Any]]] = []

    def __init__(
        self,
        title: str,
        pattern: str,
        shape: Any,
        *,
        of_file: Callable[[Any], Iterable[T]] = lambda piece: (piece,),
        named_by_file: bool = True,
        omit: str = "",
        check: Check | None = None,
    ) -> None:
        self.title, self.pattern, self.shape = title, pattern, shape
        self.of_file, self.named_by_file, self.omit, self.check = of_file, named_by_file, omit, check
        self.included: list[tuple[Shelf[Any], Callable[[Any], T]]] = []
        Shelf.every.append(self)

    def include(self, other: Shelf[Any], turned: Callable[[Any], T]) -> None:
        """Offer the pieces of another shelf too, each ``turned`` into a piece of this one."""
        self.included.append((other, turned))

    def all(self) -> Mapping[str, T]:
        """Return every piece by id, in the order of the files.

        Raises ContentError, with file and line, for the first thing that cannot be read.
        """
        pieces: Mapping[str, T] = _read(self, str(settings.CONTENT_DIR))
        return pieces

    def __getitem__(self, piece_id: str) -> T:
        try:
            return self.all()[piece_id]
        except KeyError:
            text = _("%(kind)s「%(id)s」はありません。") % {"kind": self.title, "id": piece_id}
            raise UnknownContent(text, rule="content.unknown") from None

    def __contains__(self, piece_id: object) -> bool:
        return piece_id in self.all()

    def __iter__(self) -> Iterator[T]:
        return iter(self.all().values())

    def version(self, piece_id: str) -> str:
        """Return the digest of the piece, by which a record names what it was made under."""
        return _digests(self, str(settings.CONTENT_DIR), piece_id)

    def problems(self) -> list[tuple[Place, str]]:
        """Return everything wrong on this shelf as (place, sentence)."""
        found: list[tuple[Place, str]] = []
        for path in _paths(self, str(settings.CONTENT_DIR)):
            try:
                _read_file(self, str(settings.CONTENT_DIR), path)
            except ContentError as error:
                found.append((error.place, error.sentence))
        if found:
            return found
        try:
            pieces = self.all()
        except ContentError as error:
            return [(error.place, error.sentence)]
        return list(self.check(pieces)) if self.check else []


def digest_of(piece: DataclassInstance) -> str:
    """Return the digest of what a piece says; the line on which it stands does not count."""
    return canonical.digest(dataclasses.asdict(piece, dict_factory=_without_places))


def _without_places(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if not isinstance(value, Place)}


def _paths(shelf: Shelf[Any], root: str) -> list[Path]:
    found = sorted(Path(root).glob(shelf.pattern))
    return [path for path in found if not (shelf.omit and path.name.startswith(shelf.omit))]


@functools.cache
def _read_file(shelf: Shelf[Any], root: str, path: Path) -> tuple[Any, ...]:
    name = str(path.relative_to(root))
    pieces = tuple(shelf.of_file(strictyaml.load(path, shelf.shape, name=f"content/{name}")))
    stem = path.stem
    for piece in pieces:
        if shelf.named_by_file and piece.id != stem and not piece.id.startswith(f"{stem}."):
            raise ContentError(
                f"idの「{piece.id}」がファイル名「{stem}」と合いません。「{stem}」か「{stem}.…」にしてください。",
                place_of(piece, f"content/{name}"),
            )
    return pieces


def _every(shelf: Shelf[Any], root: str) -> Iterator[Any]:
    for path in _paths(shelf, root):
        yield from _read_file(shelf, root, path)
    for other, turned in shelf.included:
        yield from map(turned, other)


@functools.cache
def _read(shelf: Shelf[Any], root: str) -> Mapping[str, Any]:
    pieces: dict[str, Any] = {}
    for piece in _every(shelf, root):
        if piece.id in pieces:
            raise ContentError(f"id「{piece.id}」が二重に使われています。", place_of(piece, shelf.pattern))
        pieces[piece.id] = piece
    return pieces


@functools.cache
def _digests(shelf: Shelf[Any], root: str, piece_id: str) -> str:
    return digest_of(shelf[piece_id])


def place_of(piece: Any, file: str) -> Place:
    """Return where a piece stands; the file's first line for one that does not know."""
    place = getattr(piece, "place", None)
    return place if isinstance(place, Place) else Place(file, 1)


def forget() -> None:
    """Drop everything read, so that the next call reads the files again."""
    for cached in (_read_file, _read, _digests):
        cached.cache_clear()
