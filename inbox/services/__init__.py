"""Everything that changes conversations and what belongs to them."""

from inbox.services.answers import delete_answer, save_answer
from inbox.services.blocking import block_person, unblock_person
from inbox.services.reporting import report_conversation, resolve_report
from inbox.services.talking import mark_read, open_conversation, post_card, refresh_card, send_message

__all__ = [
    "block_person",
    "delete_answer",
    "mark_read",
    "open_conversation",
    "post_card",
    "refresh_card",
    "report_conversation",
    "resolve_report",
    "save_answer",
    "send_message",
    "unblock_person",
]
