"""Each invariant about paying sellers finds what it is there for: the rows are bent past their guards (R-PAY-5)."""

import pytest

from accounts.models import User
from payments.invariants import violations
from payments.models import Transfer
from payments.services.refunding import request_refund
from payments.services.sweeping import sweep_refunds, sweep_reversals, sweep_transfers
from tests.factories.payments import NOW
from tests.factories.payouts import make_transfer, onboard, owe
from tests.payments.simulator_fixtures import StripeDouble
from tests.payments.test_invariants import bend

pytestmark = pytest.mark.django_db

HELD_THEN = (
    "INSERT INTO payments_payouthold (\"group\", kind, reference, reason, placed_at) SELECT \"group\", 'case', '', '',"
    " requested_at - interval '1 hour' FROM payments_transfer WHERE state = 'succeeded'"
)
BENDS = [
    ("released_means_one_transfer", "DELETE FROM payments_transfer WHERE state = 'waiting'"),
    ("released_means_one_transfer", "UPDATE payments_transfer SET amount = amount + 1 WHERE state = 'waiting'"),
    ("transfers_are_booked", "UPDATE payments_transfer SET amount = amount + 1 WHERE state = 'succeeded'"),
    ("transfers_are_booked", "UPDATE payments_transfer SET state = 'succeeded' WHERE state = 'unknown'"),
    ("payout_clearing_is_on_the_way", "UPDATE payments_transfer SET state = 'waiting' WHERE state = 'unknown'"),
    ("payable_is_what_waits", "UPDATE payments_transfer SET amount = amount + 1 WHERE state = 'waiting'"),
    ("payable_is_what_waits", "UPDATE payments_transfer SET state = 'closed' WHERE state = 'waiting'"),
    ("netting_is_booked", "UPDATE payments_transfer SET netted = netted + 1 WHERE netted > 0"),
    ("reversals_are_booked", "UPDATE payments_transferreversal SET state = 'failed' WHERE state = 'succeeded'"),
    ("reversals_are_booked", "UPDATE payments_transfer SET amount = 1 WHERE state = 'succeeded'"),
    (
        "sent_when_it_may_be",
        "UPDATE payments_transfer SET clears_at = requested_at + interval '1 second' WHERE state = 'succeeded'",
    ),
    ("sent_when_it_may_be", HELD_THEN),
    ("debts_have_a_cause", "UPDATE payments_journalentry SET kind = 'accepted' WHERE kind = 'receivable_netted'"),
]


@pytest.fixture
def story(stripe: StripeDouble, seller: User) -> None:
    """One transfer sent and taken back, one whose debt the next has kept, one on its way, one that waits."""
    onboard(stripe, seller)
    for number in range(3):
        make_transfer(stripe, seller, group=f"ord_{number}")
    sweep_transfers()
    first, second, _ = Transfer.objects.order_by("pk")
    request_refund(charge=first.charge, reason="Support gave it back", now=NOW)
    sweep_refunds()
    sweep_reversals()
    owe(stripe, second)
    make_transfer(stripe, seller, group="ord_keeps")
    sweep_transfers()
    make_transfer(stripe, seller, group="ord_on_its_way")
    stripe.faults.add("lost_after", on="POST /v1/transfers", times=3)
    sweep_transfers()
    make_transfer(stripe, seller, group="ord_waits")


@pytest.mark.usefixtures("story")
def test_all_hold_after_a_whole_story() -> None:
    assert violations() == []


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(("name", "sql"), BENDS)
def test_each_invariant_has_teeth(name: str, sql: str) -> None:
    bend(sql)
    assert name in {violation.invariant.name for violation in violations()}
