"""Chargebacks in the books: each state of a dispute × where its charge's money stands (R-PAY-7)."""

import pytest

from payments.models import Charge, Dispute, PayoutHold
from payments.selectors import group_balances
from payments.services.sweeping import sweep_events
from tests.factories.payments import make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db


def hear(stripe: StripeDouble) -> None:
    stripe.deliver_webhooks()
    sweep_events()


def payment_of(charge: Charge) -> str:
    return charge.attempts.get(state="succeeded").payment_id


def test_opened_and_lost_out_of_held_money(stripe: StripeDouble) -> None:
    charge = make_paid_charge(stripe)
    found = stripe.dispute(payment_of(charge))
    hear(stripe)
    dispute = Dispute.objects.get(charge=charge)
    assert (dispute.provider_id, dispute.state, dispute.withdrawn, dispute.fee) == (found["id"], "needs_response", 8400, 1500)
    assert PayoutHold.objects.filter(reference=dispute.public_id, lifted_at=None).count() == 1
    assert group_balances(charge.group).disputed == 8400
    stripe.close_dispute(found["id"], won=False)
    hear(stripe)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.kind, dispute.price_part, dispute.fee_part) == ("lost", "held", 8000, 400)
    balances = group_balances(charge.group)
    assert (balances.held, balances.fee_held, balances.disputed, balances.lost) == (0, 0, 0, 8400)
