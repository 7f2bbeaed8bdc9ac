"""Reports of conversations at the desk: found, read with what was said around them, resolved with a note (R-OFR-1)."""

from datetime import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from inbox.enums import ReportReason
from inbox.models import Report
from inbox.services import report_conversation
from tests.factories.inbox import make_conversation, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(buyer: User, seller: User, now: datetime) -> Report:
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer, "How do I pay?", now=now)
    message = say(conversation, seller, "Pay me elsewhere", now=now)
    return report_conversation(
        conversation=conversation, reporter=buyer, reason=ReportReason.SCAM, words="See this.", message=message, now=now
    )


def test_r_ofr_1_an_agent_finds_a_report_and_reads_it_with_what_was_said(
    report: Report, agent: User, client: Client
) -> None:
    client.force_login(agent)
    found = client.get(reverse("admin:inbox_report_changelist"), {"q": "Bruno"}).content.decode()
    assert report.public_id in found
    assert "Selma Seller" in found
    page = client.get(reverse("admin:inbox_report_change", args=[report.pk])).content.decode()
    assert "Bruno Buyer reports Selma Seller" in page
    assert "How do I pay?" in page
    assert page.count("This was reported") == 1
    assert "See this." in page


def test_r_sup_4_a_report_is_resolved_once_with_a_note_on_record(
    report: Report, agent: User, client: Client, now: datetime
) -> None:
    client.force_login(agent)
    resolve = reverse("admin:inbox_report_resolve", args=[report.pk])
    client.post(resolve, {"note": " "})
    assert Report.objects.get().resolved_at is None
    client.post(resolve, {"note": "Warned the seller"})
    again = client.post(resolve, {"note": "Another"}, follow=True).content.decode()
    assert "Agnes Agent has resolved this report already" in again
    kept = Report.objects.get()
    assert (kept.note, kept.resolved_by) == ("Warned the seller", agent)
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Resolved: Warned the seller"]


def test_r_sup_5_nobody_else_reads_or_resolves_a_report(report: Report, buyer: User, seller: User) -> None:
    for user in (buyer, seller):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("admin:inbox_report_change", args=[report.pk])).status_code in {302, 404}
        client.post(reverse("admin:inbox_report_resolve", args=[report.pk]), {"note": "Fine"})
    assert Report.objects.get().resolved_at is None
    assert not LogEntry.objects.exists()


def test_r_sup_5_a_report_is_changed_by_nobodys_hand(report: Report, client: Client) -> None:
    root = User.objects.create_superuser(email="root@example.com", password="a-long-password-1")
    client.force_login(root)
    page = reverse("admin:inbox_report_change", args=[report.pk])
    assert client.post(page, {"words": "Other words"}).status_code == 403
    assert client.post(reverse("admin:inbox_report_delete", args=[report.pk]), {"post": "yes"}).status_code == 403
    assert Report.objects.get().words == "See this."
