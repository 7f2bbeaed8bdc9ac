"""The invariants of disputes find what they are there for, one wrong thing at a time (R-PAY-7)."""

from dataclasses import replace

import pytest

from payments.invariants import violations
from payments.models import Charge, Refund
from payments.selectors import group_balances, left_of
from payments.services.refunding import request_refund
from payments.services.returning import settle_refund, submit_refund
from tests.factories.payments import NOW, make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble
from tests.payments.test_disputing import payment_of, settle
from tests.payments.test_invariants import bend

pytestmark = pytest.mark.django_db

OPEN, LOST, WON = "provider_id LIKE 'du_%' AND state = 'needs_response'", "state = 'lost'", "state = 'won'"
BENDS = {
    "not all that was taken is booked": ("disputes_are_booked", f"withdrawn = withdrawn + 1 WHERE {OPEN}"),
    "a fee is not booked": ("disputes_are_booked", f"fee = fee + 1 WHERE {WON}"),
    "what came back is not booked": ("disputes_are_booked", f"reinstated = reinstated - 1 WHERE {WON}"),
    "booked as lost and still open": ("losses_are_lost_disputes", f"state = 'under_review' WHERE {LOST}"),
    "lost and not booked": ("losses_are_lost_disputes", f"state = 'lost' WHERE {OPEN}"),
    "less taken than there was": ("we_bear_what_was_gone", f"price_part = price_part - 1 WHERE {LOST}"),
    "open for ever": ("disputes_return_to_zero", f"opened_at = now() - interval '91 days' WHERE {OPEN}"),
    "decided and still held back": ("chargebacks_hold_payouts", f"state = 'closed' WHERE {OPEN}"),
}


@pytest.fixture
def charges(stripe: StripeDouble) -> list[Charge]:
    """One dispute open, one won, one lost."""
    charges = [make_paid_charge(stripe, group=f"ord_{number}") for number in range(3)]
    for charge, status in zip(charges, ("needs_response", "won", "lost"), strict=True):
        found = stripe.gateway.get_dispute(stripe.dispute(payment_of(charge))["id"])
        settle(charge, found, status=status, reinstated=8_400 if status == "won" else 0)
    return charges


def broken() -> set[str]:
    return {violation.invariant.name for violation in violations()}


def test_all_hold_after_every_end(charges: list[Charge]) -> None:
    assert broken() == set()


@pytest.mark.parametrize("what", BENDS)
def test_each_has_teeth(charges: list[Charge], what: str) -> None:
    name, change = BENDS[what]
    bend(f"UPDATE payments_dispute SET {change}")
    assert name in broken()


def test_r_pay_7_a_refund_that_fails_after_the_loss_leaves_nothing_for_others(
    stripe: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the loss left where it is, the books would hold money that the buyer has."""
    for number, takes in enumerate((True, False)):
        charge = make_paid_charge(stripe, group=f"ord_{number}")
        refund = request_refund(charge=charge, reason="Cancelled", now=NOW)
        submit_refund(refund_id=refund.pk)
        found = stripe.gateway.get_dispute(stripe.dispute(payment_of(charge))["id"])
        settle(charge, found, status="lost")
        if not takes:
            monkeypatch.setattr("payments.services.returning.take_borne", lambda **_: None)
        done = stripe.gateway.get_refund(Refund.objects.get(pk=refund.pk).provider_id or "")
        settle_refund(refund_id=refund.pk, snapshot=replace(done, status="failed"))
        money = group_balances(charge.group)
        assert (left_of(charge), money.held, money.lost) == ((0, 0, 8_400) if takes else (8_400, 8_000, 0))
        assert broken() == (set() if takes else {"we_bear_what_was_gone"})


def test_a_hold_that_nobody_placed_for_it(charges: list[Charge]) -> None:
    bend("UPDATE payments_payouthold SET lifted_at = placed_at WHERE lifted_at IS NULL")
    assert broken() == {"chargebacks_hold_payouts"}
