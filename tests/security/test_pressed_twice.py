"""Two presses of one button at the same instant, on real connections: one order, one thing to pay."""

import pytest

from accounts.models import User
from milestones.enums import PackageTier
from orders.models import Order
from orders.services.placing import place_from_gig
from payments.models import Charge
from tests.factories.gigs import make_gig
from tests.factories.orders import digest_of
from tests.orders.test_races import at_once

TRIALS = 5


@pytest.mark.django_db(transaction=True)
def test_r_ord_2_ordering_twice_at_once_makes_one_unpaid_order(buyer: User, seller: User) -> None:
    for _ in range(TRIALS):
        gig = make_gig(seller)
        digest = digest_of(gig)

        def press(gig=gig, digest=digest) -> None:  # type: ignore[no-untyped-def]
            place_from_gig(gig=gig, tier=PackageTier.BASIC, buyer=buyer, shown_digest=digest)

        assert at_once(press, press, press) == [None, None, None]
        order = Order.objects.get(gig=gig)
        assert Charge.objects.filter(group=order.public_id).count() == 1
