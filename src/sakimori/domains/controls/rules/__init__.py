"""Every state change of standards, controls and statements."""

from .catalogue import (
    add_company_control,
    drop_company_control,
    install,
    install_shipped,
    name_article,
    put_in_use,
    retire_standard,
)
from .imports import import_catalogue
from .needs import add_ground, drop_ground, end_needs, mark_needs_done, need, record_test, schedule_test
from .statement import (
    Verdict,
    decide_row,
    decide_rows,
    fill_statement,
    start_statement,
    summarise,
    take_over_sheet,
)
from .submission import approve_statement, return_statement, submit_statement

__all__ = [
    "Verdict",
    "add_company_control",
    "add_ground",
    "approve_statement",
    "decide_row",
    "decide_rows",
    "drop_company_control",
    "drop_ground",
    "end_needs",
    "fill_statement",
    "import_catalogue",
    "install",
    "install_shipped",
    "mark_needs_done",
    "name_article",
    "need",
    "put_in_use",
    "record_test",
    "retire_standard",
    "return_statement",
    "schedule_test",
    "start_statement",
    "submit_statement",
    "summarise",
    "take_over_sheet",
]
