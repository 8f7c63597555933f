"""The terms of the ISMS and what they mean here."""
