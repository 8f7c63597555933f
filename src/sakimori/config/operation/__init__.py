"""Running an installation: start, data folder, backup and restore. Nothing here is needed to answer a request."""
