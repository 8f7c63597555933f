"""The ledger: who did what to which record, when, from what to what. Sealed, provable, never rewritten.

Public names stand in ``book`` (commands, history) and ``seal`` (heads and proofs).
"""
