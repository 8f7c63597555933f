"""Every register goes out to Excel and comes back.

``columns`` declares a sheet, ``imports`` takes a file in (upload, map, check, apply, undo), ``exports`` writes.
"""
