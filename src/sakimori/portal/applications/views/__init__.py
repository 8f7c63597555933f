"""Pages: applying (``filing``), deciding (``deciding``), notices and parameters (``parameters``)."""

from .filing import forms_list, mine, new, resubmit

__all__ = ["forms_list", "mine", "new", "resubmit"]
