"""Two presses of one button at the same instant, on real connections: one order, one thing to pay."""

import pytest

from accounts.models import User
from milestones.enums import PackageTier
from offers.errors import OfferNotOpen
from offers.models import Offer
from orders.models import Order
from orders.services.placing import place_from_gig
from payments.models import Charge
from tests.factories.gigs import make_gig
from tests.factories.orders import digest_of, make_offer_with, place_offer_order
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


@pytest.mark.django_db(transaction=True)
def test_r_ofr_5_two_accepts_at_once_make_one_order(buyer: User, seller: User) -> None:
    for _ in range(TRIALS):
        offer = make_offer_with(seller, buyer, (60_00, 70_00))

        def accept(offer: Offer = offer) -> None:
            place_offer_order(offer, buyer)

        raised = at_once(accept, accept, accept)
        assert raised.count(None) == 1
        assert [str(refusal) for refusal in raised if refusal] == [
            "This offer is accepted, so you can’t accept it any more."
        ] * 2
        assert {type(refusal) for refusal in raised if refusal} == {OfferNotOpen}
        order = Order.objects.get(offer=offer)
        assert (order.state, Charge.objects.filter(group=order.public_id).count()) == ("pending_payment", 1)
