"""What each notice of an offer says to its reader."""

from datetime import date, datetime, timedelta

from accounts.models import User
from marketplace.kernel.money import Money
from notifications.models import Notification
from notifications.rendering import render_words
from offers import services
from tests.factories.inbox import make_conversation
from tests.factories.offers import accept, make_offer, make_single_offer, revise


def words_of(reader: User, kind: str) -> tuple[str, str]:
    words = render_words(Notification.objects.get(recipient=reader, kind=kind), reader=reader)
    return words.title, words.body


def test_a_sent_offer_names_the_sum_the_parts_and_the_time(seller: User, buyer: User, now: datetime) -> None:
    offer = make_offer(seller, buyer, now=now)
    title, body = words_of(buyer, "offer_sent")
    assert title == "Selma Seller sent you an offer of $440.00"
    assert body.startswith("“A launch film”: 3 milestones, 12 days in all. You have until Mon 16 Mar")
    revise(offer, now=now)
    assert words_of(buyer, "offer_revised")[0] == "Selma Seller sent a new version of “A launch film”"


def test_a_single_payment_is_called_one(seller: User, buyer: User, now: datetime) -> None:
    make_single_offer(seller, buyer, now=now)
    assert "one payment, 4 days in all" in words_of(buyer, "offer_sent")[1]


def test_the_seller_hears_of_an_acceptance_that_the_money_comes_first(seller: User, buyer: User) -> None:
    accept(make_offer(seller, buyer))
    title, body = words_of(seller, "offer_accepted")
    assert title == "Bruno Buyer accepted your offer “A launch film”"
    assert "only when the order says that the money is there" in body


def test_a_decline_brings_its_reason(seller: User, buyer: User) -> None:
    services.decline_offer(offer=make_offer(seller, buyer), actor=buyer, reason="Too dear.")
    assert "They wrote: “Too dear.”" in words_of(seller, "offer_declined")[1]


def test_a_withdrawal_says_that_nothing_was_charged(seller: User, buyer: User) -> None:
    services.withdraw_offer(offer=make_offer(seller, buyer), actor=seller)
    assert "nothing was charged" in words_of(buyer, "offer_withdrawn")[1]


def test_each_side_hears_of_an_expiry_in_its_own_words(seller: User, buyer: User, now: datetime) -> None:
    make_offer(seller, buyer, now=now)
    services.expire_offers(now=now + timedelta(days=14))
    assert "You can send it again" in words_of(seller, "offer_expired")[1]
    assert "Ask Selma Seller to send it again" in words_of(buyer, "offer_expired")[1]


def test_a_request_says_what_for_how_much_and_when(seller: User, buyer: User, now: datetime) -> None:
    services.ask_for_offer(
        conversation=make_conversation(buyer, seller),
        buyer=buyer,
        brief="A film",
        budget=Money(120000, "USD"),
        needed_by=date(2026, 3, 20),
        currency="USD",
        now=now,
    )
    title, body = words_of(seller, "offer_requested")
    assert title == "Bruno Buyer asks you for an offer"
    assert body == "“A film”\nBudget: up to $1,200.00.\nNeeded by 20 Mar 2026."
