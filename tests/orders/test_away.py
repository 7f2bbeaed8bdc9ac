"""While a seller is away gigs can be seen and not ordered; offers, orders and clocks go on, and the page says so."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import SellerProfile, User
from accounts.selectors import is_seller
from accounts.services import set_away
from gigs.models import Gig
from marketplace.kernel import clock
from orders.errors import SellerAway
from orders.models import Order
from tests.factories import order_states
from tests.factories.accounts import make_seller
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation, say
from tests.factories.orders import current, make_offer_with, place_gig_order, place_offer_order
from tests.payments.simulator_fixtures import StripeDouble

TICK = timedelta(microseconds=1)


def go_away(seller: User, *, days: int = 3, message: str = "At sea.") -> SellerProfile:
    today = clock.now().date()
    return set_away(seller=seller, first=today, back=today + timedelta(days=days), message=message, now=clock.now())


def back_at(seller: User) -> datetime:
    moment = SellerProfile.objects.get(user=seller).away_ends
    assert moment is not None
    return moment


@pytest.fixture
def gig(seller: User) -> Gig:
    return make_gig(seller)


def fresh(gig: Gig) -> Gig:
    return Gig.objects.select_related("seller__seller").get(pk=gig.pk)


def test_a_gig_is_ordered_again_from_the_instant_of_return(gig: Gig, seller: User, buyer: User) -> None:
    profile = go_away(seller)
    with pytest.raises(SellerAway) as refused:
        place_gig_order(fresh(gig), buyer, now=back_at(seller) - TICK)
    assert refused.value.message == (
        f"Selma is away until {profile.away_words}. You can write, and order from then on."
    )
    assert not Order.objects.exists()
    assert place_gig_order(fresh(gig), buyer, now=back_at(seller)).buyer == buyer


def test_an_offer_that_was_sent_stays_valid(seller: User, buyer: User) -> None:
    offer = make_offer_with(seller, buyer, (12000, 8000))
    go_away(seller)
    assert place_offer_order(offer, buyer).offer == offer


def test_running_orders_and_their_clocks_go_on(stripe: StripeDouble, seller: User, buyer: User) -> None:
    order = order_states.at_work(stripe, buyer, seller)
    due = current(order).due_at
    go_away(seller)
    assert current(order).due_at == due
    late = order_states.late(stripe, buyer, make_seller("Other"))
    assert current(late).late_at is not None


def test_the_gig_page_says_until_when_and_offers_to_write(client: Client, gig: Gig, seller: User, buyer: User) -> None:
    client.force_login(buyer)
    assert "Order and pay" in client.get(gig.get_absolute_url()).content.decode()
    profile = go_away(seller)
    html = client.get(gig.get_absolute_url()).content.decode()
    assert f"Selma is away until {profile.away_words}." in html
    assert "“At sea.”" in html
    assert "Order and pay" not in html
    assert "Ask Selma a question" in html


def test_the_form_of_an_old_page_is_refused_with_the_reason(
    client: Client, gig: Gig, seller: User, buyer: User
) -> None:
    go_away(seller)
    client.force_login(buyer)
    answer = client.post(f"/orders/new/gig/{gig.public_id}/", {"package": "basic", "digest": "x"}, follow=True)
    assert "You can write, and order from then on." in answer.content.decode()
    assert not Order.objects.exists()


def test_the_conversation_says_it_to_the_other_alone(client: Client, seller: User, buyer: User) -> None:
    conversation = make_conversation(buyer, seller)
    say(conversation, buyer)
    go_away(seller)
    client.force_login(buyer)
    assert "Selma is away until" in client.get(conversation.get_absolute_url()).content.decode()
    client.force_login(seller)
    assert "is away until" not in client.get(conversation.get_absolute_url()).content.decode()


def test_programs_read_it_and_get_the_same_refusal(client: Client, gig: Gig, seller: User, buyer: User) -> None:
    client.force_login(buyer)
    assert client.get(f"/api/v1/gigs/{gig.public_id}/").json()["seller_away_until"] is None
    profile = go_away(seller)
    shown = client.get(f"/api/v1/gigs/{gig.public_id}/").json()
    assert shown["seller_away_until"] == str(profile.away_until)
    package = shown["packages"][0]
    answer = client.post(
        f"/api/v1/gigs/{gig.public_id}/orders/", {"package": package["tier"], "digest": package["digest"]},
        content_type="application/json", headers={"Idempotency-Key": "away"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (409, "seller_away")


# --- The page ---------------------------------------------------------------------------------------------------------
def post(client: Client, first: int, back: int) -> str:
    today = clock.now().date()
    days = {"first": str(today + timedelta(days=first)), "back": str(today + timedelta(days=back)), "message": "Hi"}
    return client.post("/selling/away/", days, follow=True).content.decode()


def test_a_seller_goes_and_comes_back_on_one_page(client: Client, seller: User) -> None:
    client.force_login(seller)
    assert "The day on which" not in post(client, 1, 2)
    assert "You go away on" in client.get("/selling/away/").content.decode()
    assert "You are away until" in post(client, 0, 2)
    assert "You are away until" in client.get("/selling/").content.decode()
    html = client.post("/selling/back/", follow=True).content.decode()
    assert "You are here." in html
    assert SellerProfile.objects.get(user=seller).away_until is None
    assert "You are not away" in client.post("/selling/back/", follow=True).content.decode()


def test_what_is_refused_stands_beside_its_day_and_keeps_what_was_typed(client: Client, seller: User) -> None:
    client.force_login(seller)
    html = post(client, 3, 2)
    assert "has to come after the first day away" in html
    assert "Hi</textarea>" in html
    assert SellerProfile.objects.get(user=seller).away_from is None


def test_the_page_lists_what_is_due_before_one_is_back(
    client: Client, stripe: StripeDouble, seller: User, buyer: User
) -> None:
    order = order_states.at_work(stripe, buyer, seller)
    client.force_login(seller)
    name = f"‘{current(order).name}’ for Bruno is due"
    go_away(seller, days=3)
    assert name not in client.get("/selling/away/").content.decode()
    go_away(seller, days=6)
    html = client.get("/selling/away/").content.decode()
    assert name in html
    assert "A due date does not wait for you." in html


def test_what_is_due_before_one_goes_is_told_apart_from_what_is_due_while_one_is_away(
    client: Client, stripe: StripeDouble, seller: User, buyer: User
) -> None:
    order_states.at_work(stripe, buyer, seller)  # due in five days
    client.force_login(seller)
    for first, before, meanwhile in ((2, False, True), (8, True, False)):
        post(client, first, 12)
        html = client.get("/selling/away/").content.decode()
        assert ("Due before you go" in html) is before
        assert ("Due while you are away" in html) is meanwhile
        assert ("Nothing of yours is due while you are away." in html) is not meanwhile
        assert "Your gigs come back by themselves on" in html


def test_who_does_not_sell_is_led_to_selling(client: Client, buyer: User) -> None:
    client.force_login(buyer)
    assert not is_seller(buyer)
    assert client.get("/selling/away/").headers["Location"] == "/sell/"
    assert client.post("/selling/away/").headers["Location"] == "/sell/"
    assert client.post("/selling/back/").headers["Location"] == "/sell/"
