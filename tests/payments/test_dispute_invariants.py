"""The invariants of disputes find what they are there for, one wrong thing at a time (R-PAY-7)."""

import pytest

from payments.invariants import violations
from payments.models import Charge
from tests.factories.payments import make_paid_charge
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


def test_a_hold_that_nobody_placed_for_it(charges: list[Charge]) -> None:
    bend("UPDATE payments_payouthold SET lifted_at = placed_at WHERE lifted_at IS NULL")
    assert broken() == {"chargebacks_hold_payouts"}
