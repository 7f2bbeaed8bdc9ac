"""What the gateway makes of disputes and late refunds at Stripe."""

from datetime import timedelta

import pytest

from payments.gateway import DisputeSnapshot, ObjectMissing, OutcomeUnknown, RequestRejected, StateConflict
from tests.payments.at_stripe import NOW, charge, refund
from tests.payments.simulator_fixtures import StripeDouble

SIDE = {"product_description": "A logo", "service_date": "2026-03-02", "uncategorized_text": "Delivered and accepted."}


def test_a_chargeback_takes_its_sum_and_a_fee_at_once(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    dispute = stripe.dispute(paid.id)
    assert stripe.gateway.get_dispute(dispute["id"]) == DisputeSnapshot(
        id=dispute["id"],
        status="needs_response",
        amount=8_400,
        currency="USD",
        payment_id=paid.id,
        charge_id=paid.charge_id,
        reason="product_not_received",
        created=NOW,
        evidence_due=NOW + timedelta(days=14),
        withdrawn=8_400,
        fee=1_500,
        settled_in=frozenset({"USD"}),
    )


def test_a_part_of_a_payment_can_be_disputed(stripe: StripeDouble) -> None:
    snapshot = stripe.gateway.get_dispute(stripe.dispute(charge(stripe).id, amount=2_000)["id"])
    assert (snapshot.amount, snapshot.withdrawn, snapshot.fee, snapshot.reinstated) == (2_000, 2_000, 1_500, 0)


def test_an_inquiry_moves_no_money_until_it_grows(stripe: StripeDouble) -> None:
    dispute = stripe.dispute(charge(stripe).id, inquiry=True)
    asked = stripe.gateway.get_dispute(dispute["id"])
    assert (asked.status, asked.withdrawn, asked.fee) == ("warning_needs_response", 0, 0)
    stripe.escalate_dispute(dispute["id"])
    grown = stripe.gateway.get_dispute(dispute["id"])
    assert (grown.status, grown.withdrawn, grown.fee) == ("needs_response", 8_400, 1_500)


@pytest.mark.parametrize(
    ("inquiry", "won", "status", "reinstated"),
    [(False, True, "won", 8_400), (False, False, "lost", 0), (True, True, "warning_closed", 0)],
)
def test_a_decision_gives_the_sum_back_or_not_and_keeps_the_fee(
    stripe: StripeDouble, inquiry: bool, won: bool, status: str, reinstated: int
) -> None:
    dispute = stripe.dispute(charge(stripe).id, inquiry=inquiry)
    stripe.close_dispute(dispute["id"], won=won)
    closed = stripe.gateway.get_dispute(dispute["id"])
    assert (closed.status, closed.reinstated, closed.fee) == (status, reinstated, 0 if inquiry else 1_500)


@pytest.mark.parametrize(
    ("inquiry", "status"), [(False, "under_review"), (True, "warning_under_review")], ids=["chargeback", "inquiry"]
)
def test_evidence_is_sent_once_and_for_all(stripe: StripeDouble, inquiry: bool, status: str) -> None:
    dispute = stripe.dispute(charge(stripe).id, inquiry=inquiry)
    sent = stripe.gateway.submit_evidence(dispute["id"], evidence=SIDE, idempotency_key="evidence:1")
    assert (sent.status, sent.evidence_sent) == (status, True)
    (kept,) = stripe.objects("dispute")
    assert {name: value for name, value in kept["evidence"].items() if value} == SIDE
    again = stripe.gateway.submit_evidence(dispute["id"], evidence=SIDE, idempotency_key="evidence:1")
    assert again == sent  # the same key, the same answer
    with pytest.raises(StateConflict) as refused:
        stripe.gateway.submit_evidence(dispute["id"], evidence=SIDE, idempotency_key="evidence:2")
    assert refused.value.code == "dispute_not_open"


def test_no_evidence_is_taken_once_it_is_decided(stripe: StripeDouble) -> None:
    dispute = stripe.dispute(charge(stripe).id)
    stripe.close_dispute(dispute["id"], won=False)
    with pytest.raises(StateConflict, match="lost"):
        stripe.gateway.submit_evidence(dispute["id"], evidence=SIDE, idempotency_key="evidence:1")


def test_evidence_by_a_name_that_stripe_does_not_have_is_our_bug(stripe: StripeDouble) -> None:
    dispute = stripe.dispute(charge(stripe).id)
    with pytest.raises(RequestRejected, match="parameter_unknown"):
        stripe.gateway.submit_evidence(dispute["id"], evidence={"proof": "x"}, idempotency_key="evidence:1")


def test_evidence_without_an_answer_is_unknown_and_can_be_looked_up(stripe: StripeDouble) -> None:
    dispute = stripe.dispute(charge(stripe).id)
    stripe.faults.add("lost_after", on="/v1/disputes", times=3)
    with pytest.raises(OutcomeUnknown):
        stripe.gateway.submit_evidence(dispute["id"], evidence=SIDE, idempotency_key="evidence:1")
    assert stripe.gateway.get_dispute(dispute["id"]).evidence_sent


def test_a_chargeback_that_nobody_answers_is_lost(stripe: StripeDouble) -> None:
    dispute = stripe.dispute(charge(stripe).id)
    stripe.clock.set(NOW + timedelta(days=14, seconds=-1))
    assert stripe.gateway.get_dispute(dispute["id"]).status == "needs_response"
    stripe.clock.set(NOW + timedelta(days=14))
    assert stripe.gateway.get_dispute(dispute["id"]).status == "lost"


def test_a_dispute_that_does_not_exist(stripe: StripeDouble) -> None:
    with pytest.raises(ObjectMissing):
        stripe.gateway.get_dispute("du_none")


# --- Refunds beside disputes, from the dashboard, and returned --------------------------------------------------------
@pytest.mark.parametrize("lost", [False, True])
def test_what_the_bank_takes_back_itself_can_not_be_refunded(stripe: StripeDouble, lost: bool) -> None:
    paid = charge(stripe)
    dispute = stripe.dispute(paid.id, amount=2_000)
    if lost:
        stripe.close_dispute(dispute["id"], won=False)
    with pytest.raises(StateConflict) as refused:
        refund(stripe, paid.id, amount=1_000)
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize("inquiry", [True, False])
def test_an_inquiry_and_a_dispute_that_we_won_leave_refunds_possible(stripe: StripeDouble, inquiry: bool) -> None:
    paid = charge(stripe)
    dispute = stripe.dispute(paid.id, inquiry=inquiry)
    if not inquiry:
        stripe.close_dispute(dispute["id"])
    refund(stripe, paid.id, amount=1_000)
    assert stripe.gateway.get_payment(paid.id).refunded_amount == 1_000


def test_r_pay_7_several_parts_are_refunded_and_never_more_than_was_paid(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    for number, amount in enumerate([1, 3_333, 5_066]):
        refund(stripe, paid.id, amount=amount, key=f"refund:{number}")
    assert stripe.gateway.get_payment(paid.id).refunded_amount == 8_400
    with pytest.raises(StateConflict):
        refund(stripe, paid.id, amount=1, key="refund:9")
    assert [each.amount for each in stripe.gateway.find_refunds(refund_ref="", payment_id=paid.id)] == [5_066, 3_333, 1]


def test_a_refund_made_in_stripes_dashboard_carries_no_mark_and_is_found(stripe: StripeDouble) -> None:
    paid = charge(stripe)
    refund(stripe, paid.id, amount=400)
    made = stripe.refund_in_dashboard(paid.id, 3_000)
    assert [each.amount for each in stripe.gateway.find_refunds(refund_ref="ref_1", payment_id=paid.id)] == [400]
    foreign, _ = stripe.gateway.find_refunds(refund_ref="", payment_id=paid.id)
    assert (foreign.id, foreign.amount, foreign.metadata) == (made["id"], 3_000, {})
    assert stripe.refund_in_dashboard(paid.id)["amount"] == 5_000  # all that is left


@pytest.mark.parametrize("pending", [True, False])
def test_a_refund_that_the_bank_returns_ends_failed_and_can_be_made_again(stripe: StripeDouble, pending: bool) -> None:
    paid = charge(stripe)
    if pending:
        stripe.faults.add("late_success", on="/v1/refunds", seconds=60)
    refund_id = refund(stripe, paid.id, amount=3_000)
    assert stripe.gateway.get_refund(refund_id).status == ("pending" if pending else "succeeded")
    stripe.fail_refund(refund_id)
    stripe.clock.advance(timedelta(minutes=5))
    failed = stripe.gateway.get_refund(refund_id)
    assert (failed.status, failed.failure) == ("failed", "expired_or_canceled_card")
    assert stripe.gateway.get_payment(paid.id).refunded_amount == 0
    refund(stripe, paid.id, key="refund:2")
    assert stripe.gateway.get_payment(paid.id).refunded_amount == 8_400
