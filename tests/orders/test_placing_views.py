"""From the gig or the offer to the hosted page and back, through HTTP (R-ORD-2, R-OFR-5, R-PAY-1)."""

import pytest
from django.test import Client

from accounts.models import User
from offers.models import Offer
from orders.enums import MilestoneState, OrderState
from orders.models import Order
from payments.models import Charge
from tests.factories.order_states import action_required, at_work, consent_wanted, delivered, payment_failed, unpaid
from tests.factories.orders import PARTS, again, digest_of, make_gig_with, make_offer_with, make_order, states
from tests.payments.simulator_fixtures import StripeDouble

M = MilestoneState
HOSTED = "http://stripe.simulator/"


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(order: Order) -> str:
    return f"/orders/{order.public_id}/"


def test_ordering_a_package_leads_to_the_hosted_page_and_back(stripe: StripeDouble, buyer: User, seller: User) -> None:
    gig, client = make_gig_with(seller, PARTS), as_(buyer)
    answer = client.post(f"/orders/new/gig/{gig.public_id}/", {"package": "basic", "digest": digest_of(gig)})
    assert answer.status_code == 303
    assert answer["Location"].startswith(HOSTED)
    order = Order.objects.get()
    assert (order.state, order.buyer, order.seller) == (OrderState.PENDING_PAYMENT, buyer, seller)
    stripe.pay(answer["Location"])
    back = client.get(f"{page(order)}paid/")
    assert (back.status_code, back["Location"]) == (303, f"{page(order)}?paid")
    assert (again(order).state, states(order)) == (OrderState.ACTIVE, [M.IN_PROGRESS, M.PLANNED, M.PLANNED])


def test_the_return_page_alone_changes_nothing(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order, client = unpaid(stripe, buyer, seller), as_(buyer)
    client.post(f"{page(order)}pay/")
    html = client.get(f"{page(order)}paid/", follow=True).content.decode()
    assert (again(order).state, states(order)[0]) == (OrderState.PENDING_PAYMENT, M.CHARGING)
    assert "You came back from the payment page." in html
    assert "Pay $126.00 for ‘Step 1’" in html


@pytest.mark.parametrize("questions", [0, 2])
def test_r_pay_2_once_the_payment_has_arrived_the_return_page_does_not_wait_for_it(
    stripe: StripeDouble, buyer: User, seller: User, questions: int
) -> None:
    order, client = make_order(buyer=buyer, seller=seller, questions=questions), as_(buyer)
    stripe.pay(client.post(f"{page(order)}pay/")["Location"])
    html = client.get(f"{page(order)}paid/", follow=True).content.decode()
    assert ("Your payment arrived." if questions else "There is nothing for you to do.") in html
    assert "You came back from the payment page." not in html
    assert "Look again" not in html


def test_r_ord_6_who_pays_with_another_card_hears_nothing_late_about_a_payment_that_was_not_made(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, client = delivered(stripe, buyer, seller), as_(buyer)
    answer = client.post(f"{page(order)}accept_and_continue/", {"shown_to_pay": 8400, "other_card": "1"})
    assert answer["Location"].startswith(HOSTED)
    html = client.get(f"{page(order)}money/").content.decode()
    assert "is being paid" not in html
    assert "Your turn: pay for ‘Step 2’" in client.get(page(order)).content.decode()


def test_a_visitor_signs_in_and_comes_back_to_the_package(db: None, seller: User) -> None:
    gig = make_gig_with(seller, PARTS)
    answer = Client().post(f"/orders/new/gig/{gig.public_id}/", {"package": "basic", "digest": digest_of(gig)})
    assert answer["Location"] == f"/accounts/login/?next=/gigs/{gig.public_id}/%3Fpackage%3Dbasic"
    assert not Order.objects.exists()


def test_r_ofr_5_other_terms_than_were_shown_are_not_ordered(stripe: StripeDouble, buyer: User, seller: User) -> None:
    gig = make_gig_with(seller, PARTS)
    answer = as_(buyer).post(f"/orders/new/gig/{gig.public_id}/", {"package": "basic", "digest": "0" * 64}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/gigs/{gig.public_id}/?package=basic"
    assert "has changed since you opened the page" in answer.content.decode()
    assert not Order.objects.exists()


def test_nobody_orders_from_themselves(stripe: StripeDouble, seller: User) -> None:
    gig = make_gig_with(seller, PARTS)
    answer = as_(seller).post(
        f"/orders/new/gig/{gig.public_id}/", {"package": "basic", "digest": digest_of(gig)}, follow=True
    )
    assert "You can’t order from yourself." in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize("package", ["", "premium", "gold"])
def test_a_package_that_is_not_there_is_refused(stripe: StripeDouble, buyer: User, seller: User, package: str) -> None:
    gig = make_gig_with(seller, PARTS)
    answer = as_(buyer).post(f"/orders/new/gig/{gig.public_id}/", {"package": package, "digest": "x"}, follow=True)
    assert not Order.objects.exists()
    assert answer.status_code in (200, 404)


def test_ordering_twice_makes_one_order_and_one_charge(stripe: StripeDouble, buyer: User, seller: User) -> None:
    gig, client = make_gig_with(seller, PARTS), as_(buyer)
    typed = {"package": "basic", "digest": digest_of(gig)}
    answers = [client.post(f"/orders/new/gig/{gig.public_id}/", typed) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert (Order.objects.count(), Charge.objects.count()) == (1, 1)


def test_when_the_payment_page_cant_be_opened_the_order_waits_with_a_button(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    gig, client = make_gig_with(seller, PARTS), as_(buyer)
    stripe.faults.add("bad_gateway", on="/v1/", times=20)
    answer = client.post(
        f"/orders/new/gig/{gig.public_id}/", {"package": "basic", "digest": digest_of(gig)}, follow=True
    )
    html = answer.content.decode()
    assert answer.redirect_chain[-1] == (page(Order.objects.get()), 303)
    assert "The payment page can’t be opened just now. Nothing was charged." in html
    assert "Pay $126.00 for ‘Step 1’" in html
    stripe.faults.clear()
    assert client.post(f"{page(Order.objects.get())}pay/")["Location"].startswith(HOSTED)


def test_accepting_an_offer_twice_makes_one_order(stripe: StripeDouble, buyer: User, seller: User) -> None:
    offer, client = make_offer_with(seller, buyer, PARTS), as_(buyer)
    typed = {"digest": digest(offer)}
    first = client.post(f"/orders/new/offer/{offer.public_id}/", typed)
    assert first["Location"].startswith(HOSTED)
    order = Order.objects.get()
    second = client.post(f"/orders/new/offer/{offer.public_id}/", typed)
    assert (second.status_code, second["Location"]) == (303, page(order))
    assert (Order.objects.count(), Charge.objects.count()) == (1, 1)


def test_the_card_and_the_page_of_an_accepted_offer_lead_both_to_its_order(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User
) -> None:
    offer = make_offer_with(seller, buyer, PARTS)
    path = f"/orders/of/offer/{offer.public_id}/"
    assert as_(buyer).get(path).status_code == 404
    as_(buyer).post(f"/orders/new/offer/{offer.public_id}/", {"digest": digest(offer)})
    for person in (buyer, seller):
        for shown in (offer.conversation.get_absolute_url(), offer.get_absolute_url()):
            assert f'href="{path}"' in as_(person).get(shown).content.decode()
        assert as_(person).get(path)["Location"] == page(Order.objects.get())
    assert as_(stranger).get(path).status_code == 404


def test_r_ofr_5_another_version_of_an_offer_is_not_accepted(stripe: StripeDouble, buyer: User, seller: User) -> None:
    offer = make_offer_with(seller, buyer, PARTS)
    answer = as_(buyer).post(f"/orders/new/offer/{offer.public_id}/", {"digest": "0" * 64})
    assert (answer.status_code, answer["Location"]) == (303, f"/offers/{offer.public_id}/")
    assert not Order.objects.exists()


def test_only_the_two_of_an_offer_know_it(stripe: StripeDouble, buyer: User, seller: User, stranger: User) -> None:
    offer = make_offer_with(seller, buyer, PARTS)
    path, typed = f"/orders/new/offer/{offer.public_id}/", {"digest": digest(offer)}
    assert as_(stranger).post(path, typed).status_code == 404
    assert Client().post(path, typed)["Location"].startswith("/accounts/login/")
    as_(seller).post(path, typed)
    assert not Order.objects.exists()


@pytest.mark.parametrize("build", [payment_failed, action_required, consent_wanted])
def test_r_pay_2_the_buyer_pays_again_on_the_hosted_page(
    build: object, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = build(stripe, buyer, seller)  # type: ignore[operator]
    client = as_(buyer)
    answer = client.post(f"{page(order)}pay/")
    assert answer["Location"].startswith(HOSTED)
    stripe.pay(answer["Location"])
    client.get(f"{page(order)}paid/")
    assert (again(order).state, states(order)[1]) == (OrderState.ACTIVE, M.IN_PROGRESS)


def test_only_the_buyer_pays_and_only_what_waits(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = unpaid(stripe, buyer, seller)
    refused = as_(seller).post(f"{page(order)}pay/")
    assert refused.status_code == 403
    assert "Only the buyer can do this." in refused.content.decode()
    paid = at_work(stripe, buyer, seller)
    nothing = as_(buyer).post(f"{page(paid)}pay/")
    assert nothing.status_code == 409
    assert "Nothing waits to be paid on this order." in nothing.content.decode()


def digest(offer: Offer) -> str:
    assert offer.plan is not None
    return offer.plan.digest
