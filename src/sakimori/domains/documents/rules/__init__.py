"""Every state change of documents, their editions and their copies."""

from .approval import come_into_force, return_edition, submit_edition, take_effect
from .copies import collect_copy, exchange_copy, place_copy, report_lost
from .drafting import (
    add_article,
    change_article,
    change_value,
    describe,
    drop_draft,
    map_articles,
    move_article,
    propose,
    remove_article,
)
from .install import install_regulation, install_shipped, missing_shipped
from .manuscripts import bring, keep_original, take_over
from .matrix import approver, evaluator, may_draft
from .refusals import faults
from .shelf import abolish, name_readers, readers, register_document, register_external, reviewed

__all__ = [
    "abolish",
    "add_article",
    "approver",
    "bring",
    "change_article",
    "change_value",
    "collect_copy",
    "come_into_force",
    "describe",
    "drop_draft",
    "evaluator",
    "exchange_copy",
    "faults",
    "install_regulation",
    "install_shipped",
    "keep_original",
    "map_articles",
    "may_draft",
    "missing_shipped",
    "move_article",
    "name_readers",
    "place_copy",
    "propose",
    "readers",
    "register_document",
    "register_external",
    "remove_article",
    "report_lost",
    "return_edition",
    "reviewed",
    "submit_edition",
    "take_effect",
    "take_over",
]
