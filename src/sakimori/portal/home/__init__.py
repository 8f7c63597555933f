"""The home page: what waits for this person, and where this person starts."""
