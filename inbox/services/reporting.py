"""Tell support of a conversation or a message; an agent reads it there and resolves it (R-OFR-1, R-SUP-4)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from inbox.enums import ReportReason
from inbox.errors import AlreadyResolved, NoteNeeded, ReportNeedsWords, ReportTooLong, TooManyReports
from inbox.limits import REPORT_LIMIT, REPORTS_AT_ONCE, REPORTS_WITHIN
from inbox.models import Conversation, Message, Report
from marketplace.kernel.errors import NotAllowed, Unknown


def report_conversation(
    *,
    conversation: Conversation,
    reporter: User,
    reason: ReportReason,
    words: str,
    message: Message | None = None,
    now: datetime,
) -> Report:
    """Report the conversation, or one message of the other's in it; the other is not told.

    Raises Unknown, ReportNeedsWords, ReportTooLong, TooManyReports.
    """
    if not conversation.includes(reporter):
        raise Unknown
    if message is not None and (message.conversation_id != conversation.pk or message.side_id == reporter.pk):
        raise Unknown
    said = words.strip()
    if not said:
        raise ReportNeedsWords(field="words")
    if len(said) > REPORT_LIMIT:
        raise ReportTooLong(field="words", limit=REPORT_LIMIT)
    recent = Report.objects.filter(reporter=reporter, at__gt=now - REPORTS_WITHIN)
    if recent.count() >= REPORTS_AT_ONCE:
        raise TooManyReports(count=REPORTS_AT_ONCE)
    return Report.objects.create(
        conversation=conversation, message=message, reporter=reporter, reason=reason, words=said, at=now
    )


@transaction.atomic
def resolve_report(*, report: Report, agent: User, note: str, now: datetime) -> Report:
    """An agent has dealt with it; the note says how. Raises NotAllowed, NoteNeeded, ReportTooLong, AlreadyResolved."""
    said = note.strip()
    if not agent.is_staff:
        raise NotAllowed
    if not said:
        raise NoteNeeded(field="note")
    if len(said) > REPORT_LIMIT:
        raise ReportTooLong(field="note", limit=REPORT_LIMIT)
    locked = Report.objects.select_for_update(of=("self",)).select_related("resolved_by").get(pk=report.pk)
    if locked.resolved_by is not None:
        raise AlreadyResolved(agent=locked.resolved_by.display_name)
    locked.resolved_at, locked.resolved_by, locked.note = now, agent, said
    locked.save(update_fields=["resolved_at", "resolved_by", "note"])
    return locked
