"""Every state change of the organization: units, roles, scope, context, charts."""

from .charts import confirm_chart, draw_chart
from .context import (
    add_circumstance,
    add_party,
    change_party,
    commit,
    decide_circumstance,
    give_instruction,
    report_work,
    verify_work,
)
from .roles import (
    UNAPPOINTED,
    announce,
    appoint,
    confirm_supervision,
    end_appointment,
    end_deputy,
    name_deputy,
    request_appointment,
    vacancies,
)
from .scope import approve_scope, change_scope, start_scope, submit_scope
from .units import (
    add_department,
    add_site,
    change_company,
    change_department,
    change_site,
    close_department,
    found_company,
    set_head,
)

__all__ = [
    "UNAPPOINTED",
    "add_circumstance",
    "add_department",
    "add_party",
    "add_site",
    "announce",
    "appoint",
    "approve_scope",
    "change_company",
    "change_department",
    "change_party",
    "change_scope",
    "change_site",
    "close_department",
    "commit",
    "confirm_chart",
    "confirm_supervision",
    "decide_circumstance",
    "draw_chart",
    "end_appointment",
    "end_deputy",
    "found_company",
    "give_instruction",
    "name_deputy",
    "report_work",
    "request_appointment",
    "set_head",
    "start_scope",
    "submit_scope",
    "vacancies",
    "verify_work",
]
