"""What this package does by name or on call, known when the product starts."""

from . import background, forgetting  # noqa: F401 - declare themselves
