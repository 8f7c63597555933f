"""Pages of the readings."""
