"""What gathers around a record: evidence files, links, comments, its retention and its disposal.

``evidence`` and ``files``, ``links``, ``comments``, ``kinds`` (the table of record kinds), ``retention``.
"""
