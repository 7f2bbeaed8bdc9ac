"""Somebody tells support of a conversation or a message; the other is not told (R-OFR-1)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from inbox.enums import ReportReason
from inbox.errors import AlreadyResolved, NoteNeeded, ReportNeedsWords, ReportTooLong, TooManyReports
from inbox.limits import REPORT_LIMIT, REPORTS_AT_ONCE, REPORTS_WITHIN
from inbox.models import Conversation, Message, Report
from inbox.services import report_conversation, resolve_report
from marketplace.kernel import clock
from marketplace.kernel.errors import NotAllowed, Unknown
from notifications.models import Notification
from tests.factories.inbox import make_conversation, say


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def tell(
    conversation: Conversation,
    reporter: User,
    now: datetime,
    words: str = "They ask me to pay elsewhere.",
    message: Message | None = None,
) -> Report:
    return report_conversation(
        conversation=conversation,
        reporter=reporter,
        reason=ReportReason.SCAM,
        words=words,
        message=message,
        now=now,
    )


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_r_ofr_1_a_report_names_the_message_and_tells_nobody_else(
    conversation: Conversation, buyer: User, seller: User, now: datetime
) -> None:
    message = say(conversation, seller, "Pay me elsewhere", now=now)
    Notification.objects.all().delete()
    report = tell(conversation, buyer, now, message=message)
    assert (report.reported, report.message, report.reason) == (seller, message, "scam")
    assert not Notification.objects.exists()


def test_r_ofr_1_only_the_two_report_and_only_what_the_other_said_there(
    conversation: Conversation, buyer: User, seller: User, stranger: User, now: datetime
) -> None:
    own = say(conversation, buyer, now=now)
    elsewhere = say(make_conversation(seller, stranger), seller, now=now)
    for reporter, message in ((stranger, None), (buyer, own), (buyer, elsewhere)):
        with pytest.raises(Unknown):
            tell(conversation, reporter, now, message=message)
    assert not Report.objects.exists()


def test_a_report_says_what_happened(conversation: Conversation, buyer: User, now: datetime) -> None:
    with pytest.raises(ReportNeedsWords):
        tell(conversation, buyer, now, " \n")
    with pytest.raises(ReportTooLong):
        tell(conversation, buyer, now, "x" * (REPORT_LIMIT + 1))
    assert tell(conversation, buyer, now, "x" * REPORT_LIMIT).pk


def test_r_ofr_1_ten_reports_a_day(conversation: Conversation, buyer: User, seller: User, now: datetime) -> None:
    for _ in range(REPORTS_AT_ONCE):
        tell(conversation, buyer, now)
    with pytest.raises(TooManyReports):
        tell(conversation, buyer, now + REPORTS_WITHIN - timedelta(microseconds=1))
    assert tell(conversation, seller, now).pk
    assert tell(conversation, buyer, now + REPORTS_WITHIN).pk


def test_r_ofr_1_the_page_takes_a_report_and_says_that_it_was_received(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, seller, "Pay me elsewhere")
    client, path = as_(buyer), reverse("inbox:report", args=[conversation.public_id])
    assert '<option value="1">Pay me elsewhere</option>' in client.get(path).text
    refused = client.post(path, {"message": "1", "reason": "scam", "words": ""})
    assert refused.status_code == 422
    sent = client.post(path, {"message": "1", "reason": "scam", "words": "See above."}, follow=True)
    assert "Support has your report" in sent.text
    assert Report.objects.get().message == Message.objects.get()


def test_r_ofr_1_the_page_takes_the_longest_report_and_refuses_one_more(
    conversation: Conversation, buyer: User
) -> None:
    client, path = as_(buyer), reverse("inbox:report", args=[conversation.public_id])
    typed = {"message": "", "reason": "scam", "words": "x" * (REPORT_LIMIT + 1)}
    refused = client.post(path, typed)
    sentence = "That is longer than a report can be (2000 characters)."
    assert (refused.status_code, refused.context["form"].errors) == (422, {"words": [sentence]})
    assert client.post(path, typed | {"words": "x" * REPORT_LIMIT}).status_code == 302
    assert len(Report.objects.get().words) == REPORT_LIMIT == 2000


def test_r_ofr_1_the_page_takes_ten_reports_a_day(conversation: Conversation, buyer: User) -> None:
    for _ in range(REPORTS_AT_ONCE):
        tell(conversation, buyer, clock.now())
    typed = {"message": "", "reason": "scam", "words": "Once more."}
    refused = as_(buyer).post(reverse("inbox:report", args=[conversation.public_id]), typed)
    assert refused.status_code == 422
    assert refused.context["form"].non_field_errors() == [
        "You have sent 10 reports within a day, and support reads them all. Send the next one tomorrow."
    ]
    assert Report.objects.count() == REPORTS_AT_ONCE == 10


def test_a_message_that_is_not_the_others_cannot_be_chosen(conversation: Conversation, buyer: User) -> None:
    say(conversation, buyer, "My own")
    path = reverse("inbox:report", args=[conversation.public_id])
    assert as_(buyer).post(path, {"message": "1", "reason": "scam", "words": "x"}).status_code == 422
    assert not Report.objects.exists()


def test_r_sup_4_an_agent_resolves_a_report_once_with_a_note(
    conversation: Conversation, buyer: User, seller: User, agent: User, now: datetime
) -> None:
    report = tell(conversation, buyer, now)
    for other in (buyer, seller):
        with pytest.raises(NotAllowed):
            resolve_report(report=report, agent=other, note="Fine", now=now)
    with pytest.raises(NoteNeeded):
        resolve_report(report=report, agent=agent, note="  ", now=now)
    done = resolve_report(report=report, agent=agent, note="Warned", now=now)
    assert (done.resolved_at, done.resolved_by, done.note) == (now, agent, "Warned")
    with pytest.raises(AlreadyResolved):
        resolve_report(report=report, agent=agent, note="Again", now=now)
