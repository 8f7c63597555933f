"""What the committee does; commands write, everything else reads."""

from .agenda import Proposal, by_task, proposals, source
from .convening import (
    add_item,
    call_person,
    cancel_meeting,
    change_meeting,
    convene,
    drop_item,
    move_item,
    open_meeting,
    plan_meeting,
    take_items,
)
from .decisions import (
    CHANGED,
    IMPORTED,
    cancel_decision,
    complete_decision,
    complete_imported,
    follow_import,
)
from .forces import add_member, change_force, close_force, decline, put_forward, set_up
from .minutes import (
    VERDICTS,
    answer_objection,
    attended,
    carry_out,
    confirm_minutes,
    finish_minutes,
    object_to,
    reopen_minutes,
    write_minutes,
)
from .seats import application_of, concerned, is_member, may_decide, members, needed, non_standing, office

__all__ = [
    "CHANGED", "IMPORTED", "VERDICTS", "Proposal", "add_item", "add_member", "answer_objection", "application_of",
    "attended", "by_task", "call_person", "cancel_decision", "cancel_meeting", "carry_out", "change_force", "change_meeting",
    "close_force", "complete_decision", "complete_imported", "concerned", "confirm_minutes", "convene", "decline",
    "drop_item", "finish_minutes", "follow_import", "is_member", "may_decide", "members", "move_item", "needed",
    "non_standing", "object_to", "office", "open_meeting", "plan_meeting", "proposals", "put_forward",
    "reopen_minutes", "set_up", "source", "take_items", "write_minutes",
]  # fmt: skip
