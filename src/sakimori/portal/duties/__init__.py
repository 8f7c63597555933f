"""Duties over the year, one of them on its day, and what the checks found."""
