"""The example that the process was worked out with: 60.00 + 80.00 + 100.00, two delivered, then silence (R-ORD-8).

Pay the first; deliver, accept and start the next; deliver, and nobody decides. The delivered one counts as accepted,
the third never starts, and no more is charged: every balance at each step, just before the deadline and after it.
"""

from dataclasses import dataclass

import pytest

from accounts.models import User
from tests.factories.milestones import put_in_force
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, beat, travel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("moving_clock")]

Books = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Check:
    """The terms, and where the money is when the first is paid, when the second is, and after the silence."""

    policy: str
    changes: Books
    days: int
    first_paid: Books
    second_paid: Books
    silent: Books


CHECKS = {
    "standard": Check(
        policy="standard",
        changes={},
        days=8,
        first_paid={"captured": 63_00, "held": 60_00, "fee_held": 3_00},
        second_paid={
            "captured": 147_00, "released": 54_00, "commission": 6_00, "fees": 3_00, "held": 80_00, "fee_held": 4_00,
        },
        silent={"captured": 147_00, "released": 126_00, "commission": 14_00, "fees": 7_00},
    ),
    "classic": Check(
        policy="classic",
        changes={},
        days=5,
        first_paid={"captured": 63_00, "held": 60_00, "fee_held": 3_00},
        second_paid={
            "captured": 147_00, "accrued": 54_00, "commission_accrued": 6_00, "fee_accrued": 3_00, "held": 80_00,
            "fee_held": 4_00,
        },
        silent={"captured": 147_00, "released": 126_00, "commission": 14_00, "fees": 7_00},
    ),
    "as_worked_out": Check(  # a commission of 20 %, and no fee for the buyer
        policy="standard",
        changes={"commission_bp": 2000, "buyer_fee_bp": 0},
        days=8,
        first_paid={"captured": 60_00, "held": 60_00},
        second_paid={"captured": 140_00, "released": 48_00, "commission": 12_00, "held": 80_00},
        silent={"captured": 140_00, "released": 112_00, "commission": 28_00},
    ),
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_r_ord_8_two_delivered_then_silence_and_the_third_never_starts(
    stripe: StripeDouble, buyer: User, seller: User, check: Check
) -> None:
    put_in_force(check.policy, **check.changes)
    story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
    story.expect()
    story.pay()
    story.expect(**check.first_paid)
    story.deliver()
    story.expect(**check.first_paid)
    story.accept_and_continue()
    story.expect_order("active", "", "accepted", "in_progress", "planned")
    story.expect(**check.second_paid)
    story.deliver()
    story.expect(**check.second_paid)

    travel(days=check.days, seconds=-5)
    beat()
    story.expect_order("active", "", "accepted", "delivered", "planned")
    story.expect(**check.second_paid)

    travel(seconds=6)
    for _ in range(2):
        beat()
        story.expect_order("completed", "review_lapsed", "accepted", "accepted", "not_started")
        story.expect(**check.silent)
    assert story.milestone(3).charge is None
    assert story.charged_at_stripe == check.silent["captured"]
    assert stripe.objects("refund") == []
