"""Chargebacks and holds on the desk: found by deadline, answered once, lifted with a reason (R-PAY-7, R-SUP)."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from inbox.services import open_conversation
from marketplace.kernel import clock
from notifications.models import Notification
from orders.models import Order, OrderHold
from orders.presenters.evidence import CUT, assemble_evidence, cut
from orders.services.alerting import remind_evidence
from payments.models import Dispute
from payments.selectors import group_balances
from payments.services.answering import LIMITS, check_evidence
from payments.services.sweeping import sweep_announcements, sweep_disputes, sweep_events
from tests.factories.inbox import say
from tests.factories.order_states import at_work, delivered, finished
from tests.factories.orders import again
from tests.factories.payouts import onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import beat, movable_clock, travel
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Delivered, talked about, and charged back."""
    order = delivered(stripe, buyer, seller)
    conversation = open_conversation(starter=buyer, other=seller, now=clock.now())
    say(conversation, buyer, "Thank you, it arrived!")
    charge_back(stripe, order)
    return again(order)


def charge_back(stripe: StripeDouble, order: Order) -> Dispute:
    charge = order.milestones.get(position=1).charge
    assert charge is not None
    stripe.dispute(str(charge.attempts.get(state="succeeded").payment_id))
    stripe.deliver_webhooks()
    sweep_events()
    sweep_announcements()
    return Dispute.objects.get(charge=charge)


def look(desk: Desk, dispute: Dispute) -> str:
    page = desk.client.get(reverse("admin:payments_dispute_change", args=[dispute.pk]))
    assert page.status_code == 200
    return str(page.content.decode())


def answer(desk: Desk, dispute: Dispute, **fields: str) -> Any:
    return desk.client.post(reverse("admin:payments_dispute_answer", args=[dispute.pk]), fields)


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_r_pay_7_the_pack_holds_what_speaks_for_us(order: Order) -> None:
    pack = assemble_evidence(dispute=Dispute.objects.get(), order=order, summary="They had it.")
    assert check_evidence(pack) == pack
    assert pack["customer_name"] == "Bruno Buyer"
    assert pack["customer_email_address"] == "buyer@example.com"
    assert order.plan.digest in pack["product_description"]
    assert "Here it is." in pack["access_activity_log"]
    assert "preview-1.txt" in pack["access_activity_log"]
    assert pack["uncategorized_text"].startswith("They had it.")
    assert "Bruno Buyer: Thank you, it arrived!" in pack["uncategorized_text"]


def test_r_pay_7_texts_are_cut_to_what_the_bank_takes(order: Order) -> None:
    for limit in LIMITS.values():
        assert cut("x" * limit, limit) == "x" * limit
        short = cut("x" * (limit + 1), limit)
        assert (len(short), short.endswith(CUT)) == (limit, True)


def test_r_pay_7_seen_first_and_sent_once(desk: Desk, order: Order, stripe: StripeDouble) -> None:
    dispute = Dispute.objects.get()
    page = look(desk, dispute)
    for words in ("Answer the bank", "What would be sent", "Thank you, it arrived!", order.number):
        assert words in page
    assert said(answer(desk, dispute, summary="They had it.", keep="1")) == ["Kept. Nothing has been sent yet."]
    assert "They had it." in look(desk, dispute)
    answer(desk, dispute, summary="They had it all.", send="1")
    sweep_disputes()
    dispute.refresh_from_db()
    assert (dispute.evidence_state, dispute.evidence_by) == ("sent", desk.agent)
    assert stripe.objects("dispute")[0]["evidence"]["uncategorized_text"].startswith("They had it all.")
    page = look(desk, dispute)
    assert ("What was sent" in page, "Answer the bank" in page) == (True, False)
    assert "has been sent" in said(answer(desk, dispute, summary="More.", send="1"))[0]
    assert Dispute.objects.get().evidence["uncategorized_text"].startswith("They had it all.")


def test_r_sup_4_what_agents_do_is_on_record(desk: Desk, order: Order) -> None:
    answer(desk, Dispute.objects.get(), summary="They had it.", send="1")
    assert "Sent the evidence about the dispute du_" in desk.open(order)


def test_the_desk_leads_to_what_waits(desk: Desk, order: Order, stripe: StripeDouble) -> None:
    assert "1 chargeback waits for our answer" in desk.client.get("/support/").content.decode()
    page = desk.client.get(reverse("admin:payments_dispute_changelist"))
    assert [dispute.pk for dispute in page.context["cl"].result_list] == [Dispute.objects.get().pk]
    assert "On hold" in desk.open(order)
    answer(desk, Dispute.objects.get(), summary="", send="1")
    assert "waits for our answer" not in desk.client.get("/support/").content.decode()


def test_those_that_wait_for_us_come_first(
    desk: Desk, order: Order, stripe: StripeDouble, seller: User, stranger: User
) -> None:
    first = Dispute.objects.get()
    second = charge_back(stripe, finished(stripe, stranger, seller))
    Dispute.objects.filter(pk=second.pk).update(evidence_due=first.opened_at)
    url = reverse("admin:payments_dispute_changelist")
    assert [row.pk for row in desk.client.get(url).context["cl"].result_list] == [second.pk, first.pk]
    answer(desk, second, summary="", send="1")
    assert [row.pk for row in desk.client.get(url).context["cl"].result_list] == [first.pk, second.pk]


def test_agents_are_reminded_before_it_is_due_once_a_step(order: Order, helper: User) -> None:
    def told() -> int:
        return Notification.objects.filter(kind="evidence_due", recipient=helper).count()

    with movable_clock():
        due = Dispute.objects.get().evidence_due
        assert due is not None
        remind_evidence(now=clock.now())
        assert told() == 0
        travel(seconds=(due - clock.now()).total_seconds() - 72 * 3600)
        for hours, count in ((0, 1), (1, 1), (47, 2), (10, 2)):
            travel(hours=hours)
            remind_evidence(now=clock.now())
            remind_evidence(now=clock.now())
            assert told() == count, hours


def test_r_ord_17_support_holds_an_order_and_lets_it_go(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = at_work(stripe, buyer, seller)
    url = reverse("admin:orders_order_hold", args=[order.pk])
    desk.client.post(url, {"reason": "We look into a report."})
    assert again(order).held_since is not None
    page = desk.open(order)
    assert "We look into a report." in page
    assert "Put the order on hold: We look into a report." in page
    hold = OrderHold.objects.get()
    desk.client.post(url, {"reason": "Nothing was wrong.", "lift": str(hold.pk)})
    assert again(order).held_since is None
    assert "Nothing was wrong." in desk.open(order)


def test_r_sup_4_what_an_ended_order_has_not_paid_out_is_held_and_let_go_on_its_page(
    desk: Desk, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    onboard(stripe, seller)
    order = finished(stripe, buyer, seller)
    url = reverse("admin:orders_order_hold", args=[order.pk])
    assert "Hold back what this order has not paid out yet." in desk.open(order)
    desk.client.post(url, {"reason": "The pictures may be stolen."})
    assert "Let what it earned be paid out." in desk.open(order)
    with movable_clock():
        travel(days=8)
        beat()
        assert group_balances(order.public_id).paid_out == 0
        desk.client.post(url, {"reason": "They are the seller’s.", "lift": str(OrderHold.objects.get().pk)})
        beat()
    assert group_balances(order.public_id).paid_out == 234_00
    assert "Hold back what this order" not in desk.open(order)


def test_r_ord_17_a_chargebacks_hold_is_not_liftable_by_hand(desk: Desk, order: Order) -> None:
    url = reverse("admin:orders_order_hold", args=[order.pk])
    refused = desk.client.post(url, {"reason": "Please.", "lift": str(OrderHold.objects.get().pk)})
    assert said(refused) == [
        "This hold ends by itself, with what it was placed for. Only support’s own can be lifted here."
    ]
    assert again(order).held_since is not None


@pytest.mark.parametrize("fields", [{}, {"reason": ""}, {"reason": "x" * 301}])
def test_nobody_holds_without_a_reason(desk: Desk, order: Order, fields: dict[str, str]) -> None:
    before = OrderHold.objects.count()
    desk.client.post(reverse("admin:orders_order_hold", args=[order.pk]), fields)
    assert OrderHold.objects.count() == before


@pytest.mark.parametrize("who", ["buyer", "seller", "stranger", "clerk"])
def test_r_sup_5_only_agents_answer_and_hold(order: Order, who: str, request: pytest.FixtureRequest) -> None:
    client = Client()
    client.force_login(request.getfixturevalue(who))
    dispute = Dispute.objects.get()
    for url, fields in (
        (reverse("admin:payments_dispute_answer", args=[dispute.pk]), {"summary": "", "send": "1"}),
        (reverse("admin:orders_order_hold", args=[order.pk]), {"reason": "Because."}),
    ):
        assert client.post(url, fields).status_code == (403 if who == "clerk" else 404)
    dispute.refresh_from_db()
    assert dispute.evidence_state == "draft"
    assert OrderHold.objects.count() == 1
