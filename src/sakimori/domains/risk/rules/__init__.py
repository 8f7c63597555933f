"""Every state change of risks, one verb each, in the order of the work."""

from .acceptance import expire_acceptances, permit_operation, renew_review, request_acceptance, request_permit
from .analysis import analyse, revalue
from .identification import answering_controls, identify, reject, reword
from .level import decide_level
from .rounds import close_round, open_round, take_up_input
from .treatment import (
    cancel_treatment,
    complete_treatment,
    judge_effect,
    plan_treatment,
    replan_treatment,
    report_progress,
    submit_treatment,
)

__all__ = [
    "analyse",
    "answering_controls",
    "cancel_treatment",
    "close_round",
    "complete_treatment",
    "decide_level",
    "expire_acceptances",
    "identify",
    "judge_effect",
    "open_round",
    "permit_operation",
    "plan_treatment",
    "reject",
    "renew_review",
    "replan_treatment",
    "report_progress",
    "request_acceptance",
    "request_permit",
    "revalue",
    "reword",
    "submit_treatment",
    "take_up_input",
]
