"""Telling people: an outbox with delivery state, in the product and by mail.

``notices`` sends and lists, ``delivery`` is the job that mails what waits.
"""
