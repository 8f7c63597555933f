"""The text formats of transparency logs: signed-note, tlog-checkpoint and tlog-proof of C2SP.

A note is text with signature lines under it; a checkpoint is a note that states size and root of a tree; a
proof is an inclusion proof with the checkpoint it leads to. Reading is strict: a text that is not byte for
byte what writing would give is refused, so that no byte of it can be changed unnoticed.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sakimori.lib import merkle

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_ED25519 = b"\x01"
_MAX_SIGNATURES = 64
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


class NoteError(ValueError):
    """A text is not what it claims to be: bad form, unknown key or wrong signature."""


@dataclass(frozen=True)
class Verifier:
    """A public Ed25519 key with its name; written ``name+id+key`` (signed-note's verifier key)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that point from a signature to its key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_encode(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read a verifier key. Raises NoteError."""
        name, _, rest = text.partition("+")
        key_id, _, key = rest.partition("+")
        data = _decode(key)
        if not _is_name(name) or not _KEY_ID.fullmatch(key_id) or len(data) != 33 or data[:1] != _ED25519:
            raise NoteError("not an Ed25519 verifier key")
        verifier = cls(name, data[1:])
        if verifier.key_id.hex() != key_id:
            raise NoteError("the verifier key does not match its own id")
        return verifier

    def accepts(self, text: str, signature: bytes) -> bool:
        """Tell whether ``signature`` is this key's signature of ``text``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private Ed25519 key with its name."""

    name: str
    private: Ed25519PrivateKey

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise NoteError(f"{self.name!r} cannot name a key")

    @property
    def verifier(self) -> Verifier:
        """Return the public half."""
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return ``text`` (which ends in a newline) as a signed note."""
        if not text.endswith("\n") or _has_control(text):
            raise NoteError("a note's text ends in a newline and has no other control character")
        signature = self.verifier.key_id + self.private.sign(text.encode())
        return f"{text}\n— {self.name} {_encode(signature)}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """Return the text of a note that at least one of the keys signed.

    Signatures of unknown keys are passed over; a wrong signature of a known key refuses the note.
    Raises NoteError.
    """
    text, blank, block = note.rpartition("\n\n")
    if not blank or not block.endswith("\n") or _has_control(note):
        raise NoteError("not a signed note")
    text += "\n"
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    lines = block.removesuffix("\n").split("\n")
    if len(lines) > _MAX_SIGNATURES:
        raise NoteError("too many signatures")
    signed = False
    for name, signature in map(_signature, lines):
        verifier = known.get((name, signature[:4]))
        if verifier is None:
            continue
        if not verifier.accepts(text, signature[4:]):
            raise NoteError(f"the signature of {name} is wrong")
        signed = True
    if not signed:
        raise NoteError("no known key signed this note")
    return text


@dataclass(frozen=True)
class Checkpoint:
    """The head of a tree: origin of the log, number of leaves, root hash."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint without its signatures. Raises NoteError."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines) or not _NUMBER.fullmatch(lines[1]):
            raise NoteError("not a checkpoint")
        return cls(lines[0], int(lines[1]), _hash(lines[2]))

    @classmethod
    def open(cls, note: str, verifier: Verifier) -> Checkpoint:
        """Read a checkpoint signed by the log itself. Raises NoteError."""
        checkpoint = cls.parse(open_note(note, [verifier]))
        if checkpoint.origin != verifier.name:
            raise NoteError("the checkpoint is of another log")
        return checkpoint


@dataclass(frozen=True)
class Proof:
    """That one leaf is in the tree of a checkpoint: all one needs to check it alone (tlog-proof)."""

    index: int
    path: Sequence[bytes]
    checkpoint: str

    def __str__(self) -> str:
        hashes = "".join(f"{_encode(hash_)}\n" for hash_ in self.path)
        return f"{PROOF_HEADER}\nindex {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Read a proof; extra data is passed over, as it is not authenticated. Raises NoteError."""
        head, blank, checkpoint = text.partition("\n\n")
        header, *lines = head.split("\n")
        if lines and lines[0].startswith("extra "):
            _decode(lines.pop(0).removeprefix("extra "))
        word, _, index = lines.pop(0).partition(" ") if lines else ("", "", "")
        if header != PROOF_HEADER or not blank or word != "index" or not _NUMBER.fullmatch(index):
            raise NoteError("not an inclusion proof")
        return cls(int(index), tuple(map(_hash, lines)), checkpoint)

    def open(self, data: bytes, verifier: Verifier) -> Checkpoint:
        """Return the signed checkpoint under which ``data`` is proved to be a leaf. Raises NoteError."""
        checkpoint = Checkpoint.open(self.checkpoint, verifier)
        leaf = merkle.leaf_hash(data)
        if not merkle.verify_inclusion(leaf, self.index, checkpoint.size, self.path, checkpoint.root):
            raise NoteError("the proof does not lead to the checkpoint")
        return checkpoint


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, signature = rest.partition(" ")
    data = _decode(signature)
    if dash != "—" or not _is_name(name) or len(data) < 5:
        raise NoteError("not a signature line")
    return name, data


def _hash(text: str) -> bytes:
    data = _decode(text)
    if len(data) != merkle.HASH_SIZE:
        raise NoteError("not a SHA-256 hash")
    return data


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes:
    """Decode base64; a spelling other than the encoder's is refused."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("not base64") from error
    if _encode(data) != text:
        raise NoteError("not base64 in its one spelling")
    return data


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(map(str.isspace, name))


def _has_control(text: str) -> bool:
    return any(character < " " and character != "\n" for character in text)
