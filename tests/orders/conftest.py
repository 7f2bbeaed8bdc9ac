"""An order of three milestones for the tests of each service, and a clock that can be moved."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from milestones.enums import PackageTier
from orders.models import Order
from tests.factories.gigs import make_gig
from tests.factories.milestones import make_design
from tests.factories.orders import pay_first, place_gig_order
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, movable_clock


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Iterator[Story]:
    """Placed and not yet paid: 60.00 + 80.00 + 100.00, five days and two revisions each."""
    with movable_clock():
        yield Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])


@pytest.fixture
def delivered(story: Story) -> Story:
    """The first milestone is delivered."""
    story.pay()
    story.deliver()
    return story


@pytest.fixture
def staged(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Paid at once, 260.00, and at work: its three stages only show progress (R-GIG-6)."""
    gig = make_gig(seller, prices={PackageTier.BASIC: 26_000}, design=make_design(10_000, 8_000, 8_000, payments=False))
    return pay_first(place_gig_order(gig, buyer), stripe)
