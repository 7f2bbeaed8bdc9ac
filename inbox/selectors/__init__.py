"""What one person may see of their conversations. Every function takes a constant number of queries."""

from inbox.selectors.lists import (
    LinePage,
    conversation_as,
    conversation_between,
    conversation_for,
    conversations_of,
    filtered,
    list_lines,
    unread_conversations,
)
from inbox.selectors.people import answer_for, answers_of, blocked_by, standing_of
from inbox.selectors.pulse import Reading, inbox_tag, reading_for, reading_of
from inbox.selectors.searching import Found, Hit, matching_messages, search_inbox
from inbox.selectors.threads import (
    Thread,
    attachment_for,
    beginning_page,
    conversation_page,
    message_for,
    messages_of,
    reportable_messages,
    thread_news,
    thread_page,
    time_there,
)

__all__ = [
    "Found",
    "Hit",
    "LinePage",
    "Reading",
    "Thread",
    "answer_for",
    "answers_of",
    "attachment_for",
    "beginning_page",
    "blocked_by",
    "conversation_as",
    "conversation_between",
    "conversation_for",
    "conversation_page",
    "conversations_of",
    "filtered",
    "inbox_tag",
    "list_lines",
    "matching_messages",
    "message_for",
    "messages_of",
    "reading_for",
    "reading_of",
    "reportable_messages",
    "search_inbox",
    "standing_of",
    "thread_news",
    "thread_page",
    "time_there",
    "unread_conversations",
]
