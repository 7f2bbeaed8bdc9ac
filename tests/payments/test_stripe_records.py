"""Every movement of our balance at Stripe is a line of it; and what else Stripe remembers."""

from datetime import timedelta

import pytest
from django.db import transaction

from payments.gateway import OutcomeUnknown
from payments.stripe_gateway.guard import TransactionOpen
from tests.contract.validator import object_problems
from tests.payments.at_stripe import NOW, charge, refund, saved_card, seller, transfer
from tests.payments.simulator_fixtures import StripeDouble

KINDS = (
    "account", "balance_transaction", "charge", "customer", "dispute", "event", "payment_intent", "payment_method",
    "payout", "refund", "transfer", "transfer_reversal",
)  # fmt: skip
Line = tuple[str, int, int, int, str]


def lines(stripe: StripeDouble) -> list[Line]:
    """Type, amount, fee, net and source of all lines, the oldest first."""
    found = list(stripe.gateway.list_balance_transactions(since=NOW - timedelta(days=1)))
    return [(each.type, each.amount, each.fee, each.net, each.source_id) for each in reversed(found)]


def test_r_pay_4_everything_that_moves_the_balance_is_a_line_with_its_source(stripe: StripeDouble) -> None:
    paid, account = charge(stripe), seller(stripe)
    first = stripe.objects("charge")[0]["id"]
    sent = transfer(stripe, account.id, paid.charge_id)
    back = stripe.gateway.reverse_transfer(
        reversal_ref="rev_1", transfer_id=sent.id, amount=2_000, idempotency_key="reversal:1"
    )
    refunded = refund(stripe, paid.id, amount=1_000)
    stripe.fail_refund(refunded)
    dispute = stripe.dispute(paid.id)
    stripe.close_dispute(dispute["id"])
    stripe.clock.set(NOW + timedelta(days=2))
    payout = stripe.pay_out(5_000)
    assert lines(stripe) == [
        ("charge", 10_500, 335, 10_165, first),
        ("charge", 8_400, 274, 8_126, paid.charge_id),
        ("transfer", -7_000, 0, -7_000, sent.id),
        ("transfer_refund", 2_000, 0, 2_000, back.id),
        ("refund", -1_000, 0, -1_000, refunded),
        ("refund_failure", 1_000, 0, 1_000, refunded),
        ("adjustment", -8_400, 1_500, -9_900, dispute["id"]),
        ("adjustment", 8_400, 0, 8_400, dispute["id"]),
        ("payout", -5_000, 0, -5_000, payout["id"]),
    ]
    (balance,) = stripe.simulator.store.each("payout")
    assert (balance["amount"], balance["currency"], balance["status"]) == (5_000, "usd", "paid")


def test_a_line_says_when_it_was_made_and_when_its_money_can_be_used(stripe: StripeDouble) -> None:
    paid, account = charge(stripe), seller(stripe)
    transfer(stripe, account.id, paid.charge_id)
    sent, taken, _ = stripe.gateway.list_balance_transactions(since=NOW)
    assert (sent.created, sent.currency) == (NOW, "USD")
    assert sent.available_on == taken.available_on == NOW + timedelta(days=2)  # it waits for its charge


def test_lines_before_the_asked_time_are_left_out(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    stripe.clock.set(NOW + timedelta(hours=1))
    refund(stripe, paid.id)
    (only,) = stripe.gateway.list_balance_transactions(since=NOW + timedelta(seconds=1))
    assert only.type == "refund"


def test_all_lines_are_read_page_by_page(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    for _ in range(120):
        stripe.refund_in_dashboard(paid.id, 1)
    assert len({each.id for each in stripe.gateway.list_balance_transactions(since=NOW)}) == 122
    asked = [request for request, _ in stripe.adapter.exchanges if request.path == "/v1/balance_transactions"]
    assert [request.params.get("starting_after", "")[:4] for request in asked] == ["", "txn_"]


def test_a_page_that_is_lost_in_the_middle_is_unknown(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    for _ in range(120):
        stripe.refund_in_dashboard(paid.id, 1)
    found = stripe.gateway.list_balance_transactions(since=NOW)
    for _ in range(100):
        next(found)
    stripe.faults.add("truncated", on="/v1/balance_transactions")
    with pytest.raises(OutcomeUnknown):
        next(found)


@pytest.mark.django_db
def test_no_line_is_read_inside_a_transaction(stripe: StripeDouble) -> None:
    with transaction.atomic(), pytest.raises(TransactionOpen):
        next(stripe.gateway.list_balance_transactions(since=NOW))


def test_yen_are_whole(stripe: StripeDouble) -> None:
    customer_id, method_id = saved_card(stripe)
    payment = stripe.gateway.create_payment(
        charge_ref="chg_3", attempt=1, customer_id=customer_id, method_id=method_id, amount=10_001, currency="JPY",
        description="Map", group="ord_1", idempotency_key="charge:3:1",
    )  # fmt: skip
    paid = stripe.gateway.confirm_payment(payment.id, method_id=method_id, idempotency_key="confirm:3:1")
    sent = stripe.gateway.transfer(
        transfer_ref="trf_3", account_id=seller(stripe).id, amount=9_001, currency="JPY",
        source_charge_id=paid.charge_id, group="ord_1", idempotency_key="transfer:3",
    )  # fmt: skip
    stripe.gateway.reverse_transfer(reversal_ref="r", transfer_id=sent.id, amount=1, idempotency_key="reversal:3")
    yen = [each for each in stripe.gateway.list_balance_transactions(since=NOW) if each.currency == "JPY"]
    assert [(each.type, each.amount, each.net) for each in reversed(yen)] == [
        ("charge", 10_001, 9_681), ("transfer", -9_001, -9_001), ("transfer_refund", 1, 1),
    ]  # fmt: skip


# --- Events -----------------------------------------------------------------------------------------------------------
def types(stripe: StripeDouble, start: int = 0) -> list[str]:
    return [event["type"] for event in stripe.objects("event")][start:]


def test_each_movement_is_told(stripe: StripeDouble) -> None:
    paid, account = charge(stripe), seller(stripe)
    before = len(types(stripe))
    sent = transfer(stripe, account.id, paid.charge_id)
    stripe.gateway.reverse_transfer(reversal_ref="r", transfer_id=sent.id, amount=1, idempotency_key="reversal:1")
    stripe.fail_refund(refund(stripe, paid.id, amount=1))
    dispute = stripe.dispute(paid.id)
    stripe.gateway.submit_evidence(dispute["id"], evidence={"uncategorized_text": "x"}, idempotency_key="e:1")
    stripe.close_dispute(dispute["id"])
    stripe.clock.set(NOW + timedelta(days=2))
    stripe.pay_out()
    assert types(stripe, before) == [
        "transfer.created",
        "transfer.reversed", "transfer.updated",
        "charge.refunded", "refund.created", "refund.updated", "refund.failed",
        "charge.dispute.created", "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated", "charge.dispute.closed",
        "payout.created", "payout.paid",
    ]  # fmt: skip


def test_an_inquiry_that_grows_withdraws_later_and_a_lost_dispute_only_closes(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    before = len(types(stripe))
    dispute = stripe.dispute(paid.id, inquiry=True)
    stripe.escalate_dispute(dispute["id"])
    stripe.close_dispute(dispute["id"], won=False)
    assert types(stripe, before) == [
        "charge.dispute.created", "charge.dispute.updated", "charge.dispute.funds_withdrawn", "charge.dispute.closed",
    ]  # fmt: skip


def test_events_of_sellers_accounts_name_them_and_are_not_in_our_list(stripe: StripeDouble) -> None:
    charge(stripe)
    account = seller(stripe)
    told = [event for event in stripe.objects("event") if event.get("account")]
    assert [(each["type"], each["account"]) for each in told] == [
        ("account.updated", account.id), ("capability.updated", account.id),
    ]  # fmt: skip
    assert [each.account for each in stripe.gateway.list_events(since=NOW) if each.account] == []


def test_a_decision_that_leaves_the_capability_alone_does_not_tell_of_it(stripe: StripeDouble) -> None:
    account = seller(stripe)
    before = len(types(stripe))
    stripe.onboard(account.id)
    assert types(stripe, before) == ["account.updated"]


# --- The shape of everything ------------------------------------------------------------------------------------------
def test_every_kept_object_has_the_shape_that_stripe_describes(stripe: StripeDouble) -> None:
    paid, account = charge(stripe), seller(stripe)
    seller(stripe, "document", ref="usr_3")
    sent = transfer(stripe, account.id, paid.charge_id)
    stripe.gateway.reverse_transfer(reversal_ref="r", transfer_id=sent.id, amount=1, idempotency_key="reversal:1")
    stripe.fail_refund(refund(stripe, paid.id, amount=1))
    stripe.close_dispute(stripe.dispute(paid.id)["id"])
    stripe.clock.set(NOW + timedelta(days=2))
    stripe.pay_out(100)
    for kind in KINDS:
        kept = stripe.objects(kind)
        assert kept, kind
        assert [object_problems(thing) for thing in kept] == [[]] * len(kept)
