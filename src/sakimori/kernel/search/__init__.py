"""Find records by any two characters of their words, in both databases, as far as one may know of them.

``search`` is the door; ``grams`` says what is indexed, ``store`` how each database keeps it.
"""
