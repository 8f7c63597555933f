"""Jobs of this package, read by name when a worker starts."""

from . import background  # noqa: F401 - declares its job
