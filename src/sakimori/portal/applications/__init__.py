"""Applying and deciding: forms, one application's page, the queue of what waits, notices, parameters."""
