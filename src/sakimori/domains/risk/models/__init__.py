"""Tables of risk management."""

from .answers import Acceptance, Permit, Treatment
from .risk import Risk, Round

__all__ = ["Acceptance", "Permit", "Risk", "Round", "Treatment"]
