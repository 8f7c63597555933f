"""Standards with their clauses and controls, why each is needed, and the statement of applicability.

The tables stand in ``catalogue``, ``needs`` and ``statements``; what follows from them is read by ``crosswalk``
(which controls correspond), ``proof`` (what shows that a control is in place) and ``content`` (what a statement says).
"""

from .catalogue import Control, ControlQuerySet, Mapping, Standard
from .needs import ControlTest, Ground, Need, NeedQuerySet, Reason
from .statements import Statement, StatementRow

__all__ = [
    "Control",
    "ControlQuerySet",
    "ControlTest",
    "Ground",
    "Mapping",
    "Need",
    "NeedQuerySet",
    "Reason",
    "Standard",
    "Statement",
    "StatementRow",
]
