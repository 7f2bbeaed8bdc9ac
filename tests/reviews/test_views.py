"""R-ORD-17, R-GIG-9: the pages and the API of reviews; nothing leaks before it is revealed, to anyone, anywhere."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from marketplace.kernel import clock
from notifications.models import Notification
from orders.models import Order
from reviews.models import Review
from reviews.presenters import page_of, public_name
from reviews.selectors import reviews_of_seller
from reviews.services import ask_for_reviews
from tests.factories import order_states
from tests.factories.accounts import make_user
from tests.factories.orders import make_order
from tests.factories.reviews import BUYERS, SELLERS, buyer_says, seller_says
from tests.payments.simulator_fixtures import StripeDouble

JSON = "application/json"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(order: Order) -> list[str]:
    """Everywhere that could show a review of this order."""
    assert order.gig is not None
    gig, seller, buyer = order.gig.public_id, order.seller.public_id, order.buyer.public_id
    return [
        f"/gigs/{gig}/", f"/reviews/gig/{gig}/", f"/reviews/seller/{seller}/", f"/reviews/seller/{buyer}/",
        f"/reviews/order/{order.public_id}/", f"/orders/{order.public_id}/", "/orders/", "/orders/?side=selling",
        f"/orders/{order.public_id}/timeline.json", f"/orders/{order.public_id}/money/", "/selling/", "/",
        "/gigs/", "/notifications/", "/sitemap.xml", f"/api/v1/orders/{order.public_id}/",
        f"/api/v1/orders/{order.public_id}/review/", f"/api/v1/orders/{order.public_id}/timeline/",
        f"/api/v1/gigs/{gig}/", f"/api/v1/gigs/{gig}/reviews/", f"/api/v1/sellers/{seller}/reviews/", "/api/v1/gigs/",
    ]  # fmt: skip


def everything(client: Client, order: Order) -> str:
    return "".join(client.get(url).content.decode() for url in addresses(order))


def test_what_is_not_revealed_is_nowhere_but_with_its_author(over: Order, stranger: User, agent: User) -> None:
    others = [signed_in(each) for each in (over.seller, stranger, agent)] + [Client()]
    before = [everything(client, over) for client in others[1:]]
    ask_for_reviews()
    buyer_says(over)
    assert BUYERS in everything(signed_in(over.buyer), over)
    for client in others:
        assert BUYERS not in everything(client, over)
    assert [len(everything(client, over)) for client in others[1:]] == pytest.approx(
        [len(each) for each in before], abs=400
    )
    assert not any(BUYERS in f"{notice.data}" for notice in Notification.objects.all())
    assert not any(BUYERS in str(letter.message()) for letter in mail.outbox)


def test_the_other_cannot_tell_whether_there_is_a_review(over: Order) -> None:
    client = signed_in(over.seller)
    ask_for_reviews()
    url = f"/orders/{over.public_id}/review/"
    page, answer = client.get(f"/reviews/order/{over.public_id}/"), client.get(f"/api/v1{url}")
    buyer_says(over)
    assert client.get(f"/api/v1{url}").content == answer.content
    again = client.get(f"/reviews/order/{over.public_id}/")
    assert len(again.content) == len(page.content)


def test_once_revealed_everyone_reads_what_the_buyer_said(over: Order, stranger: User) -> None:
    buyer_says(over)
    seller_says(over)
    for client in (Client(), signed_in(stranger), signed_in(over.seller)):
        html = client.get(f"/gigs/{over.gig.public_id if over.gig else ''}/").content.decode()
        assert BUYERS in html
        assert "Bruno B." in html
        assert SELLERS not in html
        assert BUYERS in client.get(f"/reviews/seller/{over.seller.public_id}/").content.decode()
    assert SELLERS in signed_in(over.buyer).get(f"/orders/{over.public_id}/").content.decode()


def test_a_name_says_little_and_never_an_address() -> None:
    assert public_name(User(name="Bruno Maria Buyer", email="b@example.com")) == "Bruno M."
    assert public_name(User(name="Bruno", email="b@example.com")) == "Bruno"
    assert public_name(User(name="", email="secret@example.com")) == "Somebody"


# --- Writing ----------------------------------------------------------------------------------------------------------
def test_a_buyer_writes_changes_and_sees_both(over: Order) -> None:
    client, url = signed_in(over.buyer), f"/reviews/order/{over.public_id}/"
    assert "Review Selma" in client.get(f"/orders/{over.public_id}/").content.decode()
    answer = client.post(url, {"stars": "4", "text": "Good work."}, follow=True)
    assert answer.redirect_chain == [(f"/orders/{over.public_id}/", 302)]
    assert "Change my review" in answer.content.decode()
    assert "Good work.</textarea>" in client.get(url).content.decode()
    client.post(url, {"stars": "5", "text": "Very good work."})
    seller_says(over)
    html = client.get(f"/orders/{over.public_id}/").content.decode()
    assert "Very good work." in html
    assert SELLERS in html
    assert "Change my review" not in html
    assert client.get(url).status_code == 409


def test_what_is_missing_is_said_and_what_was_typed_stays(over: Order) -> None:
    answer = signed_in(over.buyer).post(f"/reviews/order/{over.public_id}/", {"text": "Only words."})
    assert answer.status_code == 422
    assert "Choose one to five stars." in answer.content.decode()
    assert "Only words.</textarea>" in answer.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize("state", ["unpaid", "at_work", "delivered", "cancelled", "abandoned"])
def test_an_order_that_is_not_completed_has_no_review(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = order_states.STATES[state](stripe, buyer, seller)
    client = signed_in(buyer)
    assert client.get(f"/reviews/order/{order.public_id}/").status_code == 409
    assert client.get(f"/api/v1/orders/{order.public_id}/review/").json()["code"] == "order_not_completed"
    assert "/reviews/order/" not in client.get(f"/orders/{order.public_id}/").content.decode()


def test_strangers_find_nothing_to_write_or_answer(over: Order, stranger: User, agent: User) -> None:
    review = buyer_says(over)
    for user in (stranger, agent):
        client = signed_in(user)
        assert client.get(f"/reviews/order/{over.public_id}/").status_code == 404
        assert client.post(f"/reviews/order/{over.public_id}/", {"stars": 1, "text": "x"}).status_code == 404
        assert client.get(f"/api/v1/orders/{over.public_id}/review/").status_code == 404
    seller_says(over)
    for user in (stranger, agent, over.buyer):
        assert signed_in(user).post(f"/reviews/{review.public_id}/answer/", {"text": "x"}).status_code == 404
    assert Review.objects.get(pk=review.pk).answer == ""


def test_why_is_asked_of_who_stopped_alone(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = order_states.stopped(stripe, buyer, seller)
    url = f"/reviews/order/{order.public_id}/"
    assert "Why did you stop?" in signed_in(buyer).get(url).content.decode()
    assert "Why did you stop?" not in signed_in(seller).get(url).content.decode()
    signed_in(buyer).post(url, {"stars": "3", "text": "Fine.", "why_stopped": "No budget left"})
    seller_says(order)
    assert Review.objects.get(side="buyer").why_stopped == "No budget left"
    assert "No budget left" not in everything(signed_in(seller), order)


def test_the_seller_answers_in_public(over: Order) -> None:
    review = buyer_says(over)
    client, url = signed_in(over.seller), f"/reviews/{review.public_id}/answer/"
    assert client.get(url).status_code == 404
    seller_says(over)
    assert "Answer Bruno in public" in client.get(f"/orders/{over.public_id}/").content.decode()
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "Thank you, Bruno."}).status_code == 302
    assert client.post(url, {"text": "Again."}).status_code == 409
    assert "Thank you, Bruno." in Client().get(f"/reviews/seller/{over.seller.public_id}/").content.decode()


def test_the_desk_reads_what_is_revealed_and_changes_nothing(over: Order, agent: User) -> None:
    review, client = buyer_says(over), signed_in(agent)
    assert BUYERS not in client.get("/support/reviews/review/").content.decode()
    assert client.get(f"/support/reviews/review/{review.pk}/change/").status_code == 302
    seller_says(over)
    assert BUYERS in client.get(f"/support/reviews/review/{review.pk}/change/").content.decode()
    assert client.post(f"/support/reviews/review/{review.pk}/change/", {"stars": 1}).status_code == 403
    assert client.post(f"/support/reviews/review/{review.pk}/delete/", {"post": "yes"}).status_code == 403


# --- What needs a word ------------------------------------------------------------------------------------------------
def test_both_dashboards_ask_until_it_is_written(over: Order) -> None:
    buyer, seller = signed_in(over.buyer), signed_in(over.seller)
    assert "How was it with Selma?" in buyer.get("/orders/").content.decode()
    assert "How was it with Bruno?" in seller.get("/selling/").content.decode()
    buyer_says(over)
    assert "How was it with Selma?" not in buyer.get("/orders/").content.decode()
    assert "How was it with Bruno?" in seller.get("/selling/").content.decode()


# --- By program -------------------------------------------------------------------------------------------------------
def test_the_api_writes_reads_and_answers(over: Order) -> None:
    buyer, seller = signed_in(over.buyer), signed_in(over.seller)
    url = f"/api/v1/orders/{over.public_id}/review/"
    said = buyer.put(url, {"stars": 5, "text": BUYERS}, content_type=JSON, headers={"Idempotency-Key": "a"}).json()
    assert (said["mine"]["text"], said["theirs"], said["can_write"]) == (BUYERS, None, True)
    both = seller.put(url, {"stars": 4, "text": SELLERS}, content_type=JSON, headers={"Idempotency-Key": "b"}).json()
    assert (both["theirs"]["text"], both["can_write"]) == (BUYERS, False)
    answer = f"/api/v1/reviews/{both['theirs']['id']}/answer/"
    done = seller.post(answer, {"text": "Thanks."}, content_type=JSON, headers={"Idempotency-Key": "c"})
    assert done.json()["answer"] == "Thanks."
    refused = buyer.post(answer, {"text": "No."}, content_type=JSON, headers={"Idempotency-Key": "d"})
    assert refused.status_code == 403
    listed = Client().get(f"/api/v1/sellers/{over.seller.public_id}/reviews/").json()["results"]
    assert [(each["stars"], each["name"], each["answer"]) for each in listed] == [(5, "Bruno B.", "Thanks.")]
    bad = buyer.put(url, {"stars": 9, "text": "x"}, content_type=JSON, headers={"Idempotency-Key": "e"})
    assert bad.status_code == 422


# --- Pages of a list --------------------------------------------------------------------------------------------------
def fill(seller: User, count: int) -> None:
    """Revealed reviews as rows: what the list reads."""
    order = make_order(seller=seller)
    now = clock.now()
    for number in range(count):
        author = make_user(f"Writer {number}")
        each = make_order(seller=seller, buyer=author)
        Review.objects.create(
            order=each, author=author, subject=seller, side="buyer", gig=order.gig, stars=1 + number % 5,
            text=f"Text number {number}.", written_at=now, revealed_at=now - timedelta(minutes=number // 2),
        )  # fmt: skip


def test_pages_by_key_show_every_review_once(seller: User) -> None:
    fill(seller, 7)
    seen, cursor = [], ""
    for _ in range(4):
        page = page_of(reviews_of_seller(seller), about="", url="", cursor=cursor, size=2)
        seen += [each.review.text for each in page.shown]
        cursor = page.older
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 7
    assert page_of(reviews_of_seller(seller), about="", url="", size=2).rating.average == 2.6


@pytest.mark.parametrize(
    "cursor", ["x", "_1", "2026-01-01_5", "2026-01-01T00:00:00+00:00_x", "0001-01-01T00:00:00+00:00_9"]
)
def test_a_made_up_cursor_does_no_harm(cursor: str, seller: User) -> None:
    assert Client().get(f"/reviews/seller/{seller.public_id}/", {"from": cursor}).status_code == 200


def test_twenty_reviews_take_the_queries_of_one(seller: User) -> None:
    fill(seller, 1)
    url = f"/reviews/seller/{seller.public_id}/"
    Client().get(url)
    with CaptureQueriesContext(connection) as one:
        Client().get(url)
    fill(seller, 12)
    with CaptureQueriesContext(connection) as many:
        Client().get(url)
    assert len(many) == len(one)
