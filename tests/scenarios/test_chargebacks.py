"""A bank takes money back: each balance at each step, wherever the money stood (R-PAY-7, stripe.md §10 line 19)."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from orders.models import OrderHold
from payments.models import Dispute
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, movable_clock, sweep_payments

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Iterator[Story]:
    """Paid and at work: 60.00 + 80.00 + 100.00, each with 5 % on top."""
    with movable_clock():
        story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
        story.pay()
        yield story


def hear(story: Story) -> None:
    story.stripe.deliver_webhooks()
    sweep_payments()


def test_r_pay_7_lost_out_of_held_money_ends_an_order_without_an_acceptance(story: Story) -> None:
    found = dispute(story, 1)
    story.expect(captured=63_00, held=60_00, fee_held=3_00, disputed=63_00)
    story.expect_order("active", "", "in_progress", "planned", "planned")
    assert story.order.held_since is not None
    close(story, found, won=False)
    story.expect(captured=63_00, lost=63_00)
    story.expect_order("cancelled", "", "charged_back", "not_started", "not_started")
    assert not OrderHold.objects.filter(lifted_at=None).exists()


def test_r_pay_7_won_goes_on_where_it_stood(story: Story) -> None:
    found = dispute(story, 1)
    close(story, found, won=True)
    story.expect(captured=63_00, held=60_00, fee_held=3_00)
    story.expect_order("active", "", "in_progress", "planned", "planned")
    assert story.order.held_since is None


def dispute(story: Story, position: int, **options: object) -> str:
    charge = story.milestone(position).charge
    assert charge is not None
    found = story.stripe.dispute(charge.attempts.get(state="succeeded").payment_id, **options)  # type: ignore[arg-type]
    hear(story)
    assert Dispute.objects.get(charge=charge).provider_id == found["id"]
    return str(found["id"])


def close(story: Story, found: str, *, won: bool) -> None:
    story.stripe.close_dispute(found, won=won)
    hear(story)
