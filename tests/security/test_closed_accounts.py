"""Support closes an account: whoever is in it is out, and nobody can pay a seller who is gone."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig
from gigs.selectors.browsing import open_categories
from orders.errors import GigNotForSale, SellerGone
from orders.models import Order
from tests.factories.gigs import make_gig
from tests.factories.orders import digest_of, make_offer_with, place_gig_order, place_offer_order

pytestmark = pytest.mark.django_db


def close_account(user: User) -> None:
    """As the desk does, on a row of its own."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.refresh_from_db()


def test_r_gig_2_the_gigs_of_a_closed_account_are_gone(client: Client, seller: User) -> None:
    gig = make_gig(seller)
    assert gig.title in client.get("/gigs/").content.decode()
    close_account(seller)
    assert gig.title not in client.get("/gigs/").content.decode()
    assert client.get(gig.get_absolute_url()).status_code == 404
    assert client.get(f"/api/v1/gigs/{gig.public_id}/").status_code == 404
    assert sum(category.gig_count for category in open_categories()) == 0


def test_r_ord_1_nobody_orders_from_a_closed_account(client: Client, seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    digest = digest_of(gig)
    close_account(seller)
    with pytest.raises(GigNotForSale):
        place_gig_order(Gig.objects.get(), buyer)
    client.force_login(buyer)
    answer = client.post(reverse("orders:place_gig", args=[gig.public_id]), {"package": "basic", "digest": digest})
    assert (answer.status_code, Order.objects.count()) == (404, 0)


def test_r_ofr_5_an_offer_of_a_closed_account_is_not_accepted(client: Client, seller: User, buyer: User) -> None:
    offer = make_offer_with(seller, buyer, (12000, 8000))
    close_account(seller)
    with pytest.raises(SellerGone, match="Selma doesn’t take orders any more"):
        place_offer_order(offer, buyer)
    offer.refresh_from_db()
    assert (offer.state, Order.objects.count()) == ("sent", 0)


def test_a_closed_account_is_out_at_once(client: Client, buyer: User) -> None:
    client.force_login(buyer)
    assert client.get("/settings/").status_code == 200
    close_account(buyer)
    assert client.get("/settings/").status_code == 302
