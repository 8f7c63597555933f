"""Every state change of standards, controls and statements."""

from .catalogue import add_company_control, install, install_shipped, name_article, put_in_use
from .needs import end_needs, mark_needs_done, need, record_test
from .statement import (
    approve_statement,
    decide_row,
    fill_statement,
    return_statement,
    start_statement,
    submit_statement,
    summarise,
)

__all__ = [
    "add_company_control",
    "approve_statement",
    "decide_row",
    "end_needs",
    "fill_statement",
    "install",
    "install_shipped",
    "mark_needs_done",
    "name_article",
    "need",
    "put_in_use",
    "record_test",
    "return_statement",
    "start_statement",
    "submit_statement",
    "summarise",
]
