"""R-ORD-17: each side reviews the other once, blind, revealed with the second or after 14 days, to the microsecond."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from gigs.models import Gig
from marketplace.kernel.errors import ManyInvalid
from notifications.models import Notification
from orders.enums import OrderState
from orders.errors import OrderUnknown
from orders.models import Order
from reviews.errors import (
    AnsweredAlready,
    OnlyTheReviewedAnswers,
    OrderNotCompleted,
    ReviewRevealed,
    ReviewTimeOver,
    ReviewUnknown,
)
from reviews.models import ANSWER_LIMIT, REVEAL_AFTER, TEXT_LIMIT, Review, ReviewRound
from reviews.services import answer_review, ask_for_reviews, reveal_due, write_review
from tests.factories.order_states import STATES
from tests.factories.orders import again
from tests.factories.reviews import BUYERS, buyer_says, seller_says
from tests.payments.simulator_fixtures import StripeDouble

TICK = timedelta(microseconds=1)


def ended(order: Order) -> datetime:
    assert order.ended_at is not None
    return order.ended_at


def told(user: User) -> list[str]:
    kinds = Notification.objects.filter(recipient=user, kind__startswith="review_").exclude(kind="review_lapsed")
    return sorted(kinds.values_list("kind", flat=True))


def rating(order: Order) -> tuple[int, int]:
    gig = Gig.objects.get(orders=order)
    return gig.rating_total, gig.rating_count


# --- Who and when -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", STATES)
def test_only_completed_orders_are_reviewed(state: str, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES[state](stripe, buyer, seller)
    for say in (buyer_says, seller_says):
        if order.state == OrderState.COMPLETED:
            assert say(order).stars in (4, 5)
        else:
            with pytest.raises(OrderNotCompleted):
                say(order)
    assert Review.objects.count() == (2 if order.state == OrderState.COMPLETED else 0)


def test_nobody_but_the_two_reviews_it(over: Order, stranger: User, agent: User) -> None:
    for other in (stranger, agent):
        with pytest.raises(OrderUnknown):
            write_review(order=over, author=other, stars=5, text="Great!")
    assert not ReviewRound.objects.exists()


def test_the_time_ends_fourteen_days_after_completion(over: Order) -> None:
    end = ended(over) + timedelta(days=14)
    assert buyer_says(over, now=end - TICK).revealed_at is None
    with pytest.raises(ReviewTimeOver):
        seller_says(over, now=end)
    with pytest.raises(ReviewTimeOver):
        buyer_says(over, now=end)


@pytest.mark.parametrize(
    ("stars", "text", "codes"),
    [
        (0, "Fine.", ["stars_missing"]),
        (6, "Fine.", ["stars_missing"]),
        (3, "  ", ["words_missing"]),
        (0, "", ["stars_missing", "words_missing"]),
        (3, "x" * (TEXT_LIMIT + 1), ["too_many_words"]),
    ],
)
def test_what_a_review_needs(over: Order, stars: int, text: str, codes: list[str]) -> None:
    with pytest.raises(ManyInvalid) as refused:
        buyer_says(over, stars=stars, text=text)
    assert [error.code for error in refused.value.errors] == codes
    assert not Review.objects.exists()


@pytest.mark.parametrize("stars", [1, 5])
def test_one_and_five_stars_and_the_longest_text_are_allowed(over: Order, stars: int) -> None:
    assert len(buyer_says(over, stars=stars, text="x" * TEXT_LIMIT).text) == TEXT_LIMIT


# --- Blind ------------------------------------------------------------------------------------------------------------
def test_the_second_review_reveals_both_at_one_instant(over: Order) -> None:
    first = buyer_says(over, now=ended(over) + timedelta(days=1))
    assert (first.revealed_at, rating(over)) == (None, (0, 0))
    at = ended(over) + timedelta(days=2)
    second = seller_says(over, now=at)
    assert second.revealed_at == Review.objects.get(pk=first.pk).revealed_at == at
    assert rating(over) == (5, 1)


def test_one_review_is_revealed_by_the_clock_at_the_instant_itself(over: Order) -> None:
    buyer_says(over, stars=3, now=ended(over))
    end = ended(over) + REVEAL_AFTER
    assert reveal_due(now=end - TICK) == 0
    assert reveal_due(now=end) == 1
    assert Review.objects.get().revealed_at == end
    assert (reveal_due(now=end), rating(over)) == (0, (3, 1))


def test_a_round_without_a_word_ends_too(over: Order) -> None:
    assert ask_for_reviews(now=ended(over)) == 1
    assert reveal_due(now=ended(over) + REVEAL_AFTER) == 1
    assert not Review.objects.exists()


def test_until_it_is_revealed_a_review_can_be_changed_and_afterwards_not(over: Order) -> None:
    buyer_says(over, stars=2, text="Late.")
    assert buyer_says(over, stars=4, text="Late, and worth it.").stars == 4
    assert Review.objects.count() == 1
    seller_says(over)
    with pytest.raises(ReviewRevealed):
        buyer_says(over, stars=1)
    with pytest.raises(ReviewRevealed):
        seller_says(over, stars=1)
    assert rating(over) == (4, 1)


def test_a_review_of_the_seller_counts_for_the_gig_and_one_of_the_buyer_does_not(over: Order) -> None:
    assert seller_says(over).gig is None
    assert buyer_says(over).gig == over.gig
    assert rating(over) == (5, 1)


def test_the_database_keeps_what_is_revealed(over: Order) -> None:
    buyer_says(over)
    seller_says(over)
    for change in ({"stars": 1}, {"text": "No."}, {"revealed_at": None}, {"why_stopped": "So."}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Review.objects.filter(side="buyer").update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Review.objects.filter(side="buyer").delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_reviewround")


def test_the_database_refuses_what_no_form_lets_through(over: Order) -> None:
    buyer_says(over)
    for change in ({"stars": 0}, {"stars": 6}, {"text": ""}, {"answer": "Thanks."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.update(**change)


# --- A stopped order asks why -----------------------------------------------------------------------------------------
def test_a_stopped_order_asks_its_buyer_why(stripe: StripeDouble, buyer: User, seller: User) -> None:
    stopped = STATES["stopped"](stripe, buyer, seller)
    said = write_review(order=stopped, author=buyer, stars=3, text="Fine.", why_stopped=" No budget. ")
    assert said.why_stopped == "No budget."
    assert write_review(order=stopped, author=seller, stars=3, text="Fine.", why_stopped="Ha").why_stopped == ""


def test_a_finished_order_does_not(over: Order) -> None:
    assert write_review(order=over, author=over.buyer, stars=3, text="Fine.", why_stopped="Ha").why_stopped == ""


# --- Telling ----------------------------------------------------------------------------------------------------------
def test_both_are_asked_once_an_order_is_completed(over: Order) -> None:
    assert ask_for_reviews(now=ended(over)) == 1
    assert ask_for_reviews(now=ended(over)) == 0
    assert told(over.buyer) == told(over.seller) == ["review_asked"]


def test_who_has_written_already_is_not_asked(over: Order) -> None:
    buyer_says(over)
    assert ask_for_reviews(now=ended(over)) == 0
    assert (told(over.buyer), told(over.seller)) == ([], ["review_asked"])


@pytest.mark.parametrize("state", ["unpaid", "at_work", "cancelled", "abandoned"])
def test_nobody_is_asked_about_an_order_that_was_not_completed(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    STATES[state](stripe, buyer, seller)
    assert ask_for_reviews() == 0


def test_orders_completed_long_ago_are_left_alone(over: Order) -> None:
    assert ask_for_reviews(now=ended(over) + REVEAL_AFTER) == 0


def test_nobody_hears_of_a_review_before_it_is_revealed(over: Order) -> None:
    ask_for_reviews(now=ended(over))
    buyer_says(over)
    assert told(over.seller) == ["review_asked"]
    assert not Notification.objects.filter(data__icontains=BUYERS).exists()
    seller_says(over)
    assert told(over.seller) == told(over.buyer) == ["review_asked", "review_revealed"]
    notice = Notification.objects.get(recipient=over.seller, kind="review_revealed")
    assert (notice.data["stars"], notice.data["text"], notice.data["other"]) == (5, BUYERS, "Bruno")


# --- Answering --------------------------------------------------------------------------------------------------------
def test_the_seller_answers_once(over: Order, now: datetime) -> None:
    review = buyer_says(over)
    with pytest.raises(ReviewUnknown):
        answer_review(review=review, author=over.seller, text="Thank you.")
    seller_says(over)
    assert answer_review(review=review, author=over.seller, text=" Thank you. ").answer == "Thank you."
    with pytest.raises(AnsweredAlready):
        answer_review(review=review, author=over.seller, text="And come again.")
    with pytest.raises(DatabaseError, match="given once"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(answer="Changed.")
    assert "review_answered" in told(over.buyer)


def test_nobody_else_answers_and_nobody_answers_a_seller(over: Order, stranger: User) -> None:
    of_seller, of_buyer = buyer_says(over), seller_says(over)
    for author in (over.buyer, stranger):
        with pytest.raises(OnlyTheReviewedAnswers):
            answer_review(review=of_seller, author=author, text="Thank you.")
    with pytest.raises(OnlyTheReviewedAnswers):
        answer_review(review=of_buyer, author=over.buyer, text="Thank you.")


@pytest.mark.parametrize("text", [" ", "x" * (ANSWER_LIMIT + 1)])
def test_an_answer_has_words_and_not_too_many(over: Order, text: str) -> None:
    review = buyer_says(over)
    seller_says(over)
    with pytest.raises(ManyInvalid):
        answer_review(review=review, author=over.seller, text=text)


def test_an_order_is_the_same_after_its_reviews(over: Order) -> None:
    buyer_says(over)
    seller_says(over)
    assert again(over).state == OrderState.COMPLETED
