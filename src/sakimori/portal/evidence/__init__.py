"""The ledger on pages: entries, one entry as sealed, heads, verification, one record's proof."""
