"""The anchor of every register row. See ``models.Record``."""
