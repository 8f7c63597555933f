"""The guided start of an empty installation."""
