"""Checkpoints and proofs, judged by other people's implementations of the same standards."""

from __future__ import annotations

import base64
from hashlib import sha256

import pymerkle
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint
from sigstore._internal.trust import Keyring
from sigstore.errors import VerificationError
from sigstore.models import TransparencyLogEntry
from sigstore_models.common import v1 as common
from sigstore_models.rekor import v1 as rekor

from sakimori.kernel.ledger import keys, proofs, seal
from sakimori.kernel.ledger.models import Checkpoint, Entry
from sakimori.lib import notes


def base64_of(data: bytes) -> bytes:
    return base64.b64encode(data)


@pytest.fixture
def keyring(db) -> Keyring:
    der = keys.signer().private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Keyring(
        [common.PublicKey(raw_bytes=base64_of(der), key_details=common.PublicKeyDetails.PKIX_ED25519)]
    )


def as_logged(proved: proofs.ProvedEntry) -> TransparencyLogEntry:
    """Put one entry, read from its tlog-proof text, into the other implementation's own form."""
    proof = notes.Proof.parse(str(proved.proof))
    head = SignedCheckpoint.from_text(proof.checkpoint).checkpoint
    key = keys.verifier()
    return TransparencyLogEntry(
        rekor.TransparencyLogEntry(
            log_index=str(proof.index),
            log_id=common.LogId(
                key_id=base64_of(sha256(key.name.encode() + b"\n\x01" + key.public).digest())
            ),
            kind_version=rekor.KindVersion(kind="entry", version="1"),
            canonicalized_body=base64_of(proved.body.encode()),
            inclusion_proof=rekor.InclusionProof(
                log_index=str(proof.index),
                root_hash=base64_of(bytes.fromhex(head.log_hash)),
                tree_size=str(head.log_size),
                hashes=[base64_of(hash_) for hash_ in proof.path],
                checkpoint=rekor.Checkpoint(envelope=proof.checkpoint),
            ),
        )
    )


def test_every_entrys_proof_and_checkpoint_is_accepted(sealed, keyring):
    for pk in Entry.objects.values_list("pk", flat=True):
        logged = as_logged(proofs.of_entry(pk))
        verify_merkle_inclusion(logged)
        verify_checkpoint(keyring, logged)


def test_an_altered_entry_is_rejected_there_too(sealed, keyring):
    proved = proofs.of_record("STE-00001")
    altered = proofs.ProvedEntry(proved.number, proved.index, proved.body + " ", proved.proof)
    with pytest.raises(VerificationError):
        verify_merkle_inclusion(as_logged(altered))


def test_an_altered_checkpoint_is_rejected_there_too(sealed, keyring):
    proved = proofs.of_record("STE-00001")
    forged = proved.proof.checkpoint.replace("\n40\n", "\n41\n")
    altered = proofs.ProvedEntry(
        proved.number, proved.index, proved.body, notes.Proof(proved.index, proved.proof.path, forged)
    )
    with pytest.raises(VerificationError, match="signature"):
        verify_checkpoint(keyring, as_logged(altered))


def test_heads_are_those_of_another_tree_over_the_same_entries_and_consistent_there(write):
    for count in (1, 5, 58, 200, 37):
        write(count)
        seal.seal()
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for body in Entry.objects.order_by("place__index").values_list("body", flat=True):
        other.append_entry(body.encode())
    heads = list(Checkpoint.objects.all())
    for new in heads:
        assert other.get_root(new.size) == bytes(new.root)
        for old in heads[: heads.index(new)]:
            proof = other.prove_consistency(old.size, new.size)
            pymerkle.verify_consistency(bytes(old.root), bytes(new.root), proof, old.size, new.size)


def test_a_rebuilt_head_is_rejected_there_too(sealed):
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for body in Entry.objects.order_by("place__index").values_list("body", flat=True):
        other.append_entry((body + " ").encode())
    old, new = Checkpoint.objects.get(size=20), other.get_root(40)
    with pytest.raises(pymerkle.InvalidProof):
        pymerkle.verify_consistency(bytes(old.root), new, other.prove_consistency(20, 40), 20, 40)
