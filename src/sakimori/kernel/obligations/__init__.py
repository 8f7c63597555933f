"""Duties that recur: what is due, by whom, until when, proved by which record.

``obligations`` is the door for the rest of the product; ``targets`` takes the named lists of fan-outs.
"""
