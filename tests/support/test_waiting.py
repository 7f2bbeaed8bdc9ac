"""The desk's first page lists what waits for a person, each with where it is settled (R-SUP-1, R-SUP-4)."""

import pytest
from django.urls import reverse

from accounts.models import User
from inbox.enums import ReportReason
from inbox.services import report_conversation
from marketplace.kernel import clock
from payments.models import Audit, Dispute
from payments.services.sweeping import sweep_events
from support.presenters import waiting_for_support
from support.services import hold_order, hold_seller
from tests.factories.inbox import make_conversation, say
from tests.factories.order_states import at_work, delivered
from tests.factories.payouts import onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db


def test_nothing_waits_at_first(desk: Desk) -> None:
    assert "Nothing just now." in desk.client.get(reverse("admin:index")).content.decode()


def test_r_sup_4_all_that_waits_stands_on_the_first_page(
    desk: Desk, helper: User, clerk: User, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    account = onboard(stripe, seller)
    order, disputed = at_work(stripe, buyer, seller), delivered(stripe, buyer, seller)
    charge = disputed.milestones.get(position=1).charge
    assert charge is not None
    stripe.dispute(str(charge.attempts.get(state="succeeded").payment_id))
    stripe.deliver_webhooks()
    sweep_events()
    hold_order(order=order, agent=helper, reason="We look into a report.")
    hold_seller(account=account, agent=helper, reason="His papers look odd.")
    talk, now = make_conversation(buyer, seller), clock.now()
    message = say(talk, seller, "Pay me elsewhere", now=now)
    report_conversation(
        conversation=talk, reporter=buyer, reason=ReportReason.SCAM, words="See this.", message=message, now=now
    )
    audit = Audit.objects.create(kind="books", began_at=now, ended_at=now, compared=29, error="It broke off.")
    desk_of_order = reverse("admin:orders_order_change", args=[order.pk])
    assert [(each.words, each.url) for each in waiting_for_support(helper)] == [
        ("1 chargeback waits for our answer to the bank", reverse("admin:payments_dispute_changelist")),
        (f"The ledger’s invariants: {audit.verdict}", reverse("admin:payments_audit_change", args=[audit.pk])),
        (
            "All payouts to Selma Seller are held back by support",
            reverse("admin:payments_connectedaccount_change", args=[account.pk]),
        ),
        (f"{order.number} is on hold by support: We look into a report.", f"{desk_of_order}#desk-holds"),
        ("1 report of a conversation waits to be looked at", reverse("admin:inbox_report_changelist")),
    ]
    assert Dispute.objects.count() == 1
    assert f"{order.number} is on hold by support" in desk.client.get(reverse("admin:index")).content.decode()
    assert waiting_for_support(clerk) == []
