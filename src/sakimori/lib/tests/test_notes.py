"""Signed notes, checkpoints and proofs: what is accepted, and above all what is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.lib import merkle, notes

unhurried = settings(deadline=None)  # a busy machine is no fault of the code

# A note and its key as published with the reference implementation of signed notes.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PUBLISHED_NOTE = (
    PUBLISHED_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSN"
    + "XgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.fixture
def signer() -> notes.Signer:
    return notes.Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture
def checkpoint(signer) -> str:
    return signer.sign(str(notes.Checkpoint("example.com/log", 7, merkle.EMPTY_ROOT)))


def test_a_published_note_is_opened_with_its_published_key():
    verifier = notes.Verifier.parse(PUBLISHED_KEY)
    assert str(verifier) == PUBLISHED_KEY
    assert notes.open_note(PUBLISHED_NOTE, [verifier]) == PUBLISHED_TEXT


def test_a_signed_checkpoint_is_read_back(signer, checkpoint):
    opened = notes.Checkpoint.open(checkpoint, signer.verifier)
    assert opened == notes.Checkpoint("example.com/log", 7, merkle.EMPTY_ROOT)


def test_any_changed_byte_of_a_checkpoint_is_refused(signer, checkpoint):
    data = checkpoint.encode()
    for position in range(len(data)):
        for bit in (0x01, 0x20):
            changed = bytearray(data)
            changed[position] ^= bit
            with pytest.raises((notes.NoteError, UnicodeDecodeError)):
                notes.Checkpoint.open(changed.decode(), signer.verifier)


def test_any_changed_character_of_a_verifier_key_is_refused():
    for position in range(len(PUBLISHED_KEY)):
        other = "x" if PUBLISHED_KEY[position] != "x" else "y"
        with pytest.raises(notes.NoteError):
            notes.Verifier.parse(PUBLISHED_KEY[:position] + other + PUBLISHED_KEY[position + 1 :])


def test_signatures_of_strangers_are_passed_over(signer, checkpoint):
    stranger = notes.Signer("witness.example", Ed25519PrivateKey.generate())
    line = stranger.sign(notes.open_note(checkpoint, [signer.verifier])).splitlines(keepends=True)[-1]
    assert notes.Checkpoint.open(checkpoint + line, signer.verifier).size == 7
    with pytest.raises(notes.NoteError, match="no known key"):
        notes.open_note(checkpoint, [stranger.verifier])


def test_a_checkpoint_of_another_log_is_refused(signer):
    note = signer.sign(str(notes.Checkpoint("example.com/other", 7, merkle.EMPTY_ROOT)))
    with pytest.raises(notes.NoteError, match="another log"):
        notes.Checkpoint.open(note, signer.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\n{root}\n",
        "a\n-1\n{root}\n",
        "a\n1\nnot base64\n",
        "a\n1\nAAAA\n",
        "a\n1\n{root}\n\n",
        "\n1\n{root}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(notes.NoteError):
        notes.Checkpoint.parse(text.format(root="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="))


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u3000b"])
def test_a_key_name_with_blank_or_plus_is_refused(name):
    with pytest.raises(notes.NoteError):
        notes.Signer(name, Ed25519PrivateKey.generate())


@pytest.mark.parametrize("text", ["no newline at the end", "tab\tinside\n"])
def test_a_text_that_cannot_be_a_note_is_not_signed(signer, text):
    with pytest.raises(notes.NoteError):
        signer.sign(text)


@unhurried
@given(st.integers(1, 600), st.data())
def test_a_proof_proves_its_own_data_only(size, data):
    signer = notes.Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    index = data.draw(st.integers(0, size - 1))
    tree = merkle.Tree(0, lambda level, index: b"")
    tree.extend(merkle.leaf_hash(b"%d" % number) for number in range(size))
    head = signer.sign(str(notes.Checkpoint(signer.name, size, tree.root())))
    proof = notes.Proof.parse(str(notes.Proof(index, tree.inclusion(index), head)))
    assert proof.open(b"%d" % index, signer.verifier).size == size
    with pytest.raises(notes.NoteError, match="does not lead"):
        proof.open(b"other", signer.verifier)


def test_a_proof_with_extra_data_is_read_as_one_without(checkpoint):
    proof = str(notes.Proof(3, [merkle.EMPTY_ROOT], checkpoint))
    with_extra = proof.replace("index 3", "extra aGVsbG8=\nindex 3")
    assert notes.Proof.parse(with_extra) == notes.Proof.parse(proof)


@pytest.mark.parametrize(
    "change",
    [("@v1", "@v2"), ("index 3", "index 03"), ("index", "number"), ("=\n", "\n"), ("\n\n", "\n")],
)
def test_a_damaged_proof_is_refused(checkpoint, change):
    proof = str(notes.Proof(3, [merkle.EMPTY_ROOT], checkpoint))
    with pytest.raises(notes.NoteError):
        notes.Proof.parse(proof.replace(*change)).open(b"", notes.Verifier.parse(PUBLISHED_KEY))
