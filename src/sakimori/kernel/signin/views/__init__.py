"""Pages: the entrance, one's own security, the users' administration."""
