"""R-OFR-5: accepted once, exactly as shown, before the deadline; declined, withdrawn, expired."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from accounts.models import User
from inbox.models import Message
from marketplace.kernel.errors import DomainError, Unknown
from notifications.models import Notification
from offers import services
from offers.enums import OfferState
from offers.errors import NotYourStep, OfferChanged, OfferExpired, OfferNotOpen, TooLong
from offers.models import Offer
from offers.services.accepting import accept_offer
from offers.tasks import expire_offers
from tests.factories.accounts import make_seller, make_user
from tests.factories.offers import accept, make_offer, make_offer_draft, revise, rows

A_SECOND = timedelta(seconds=1)
VALID = timedelta(days=14)


def test_r_ofr_5_the_buyer_accepts_what_was_shown(seller: User, buyer: User, now: datetime) -> None:
    offer = accept(make_offer(seller, buyer, now=now), now=now)
    assert (offer.state, offer.closed_at) == (OfferState.ACCEPTED, now)
    notice = Notification.objects.get(recipient=seller)
    assert notice.kind == "offer_accepted"


def test_r_ofr_5_accepting_twice_is_refused_the_second_time(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    accept(offer)
    with pytest.raises(OfferNotOpen, match="accepted"):
        accept(offer)
    assert Notification.objects.filter(kind="offer_accepted").count() == 1


def test_r_ofr_5_other_terms_than_were_shown_are_refused(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    other = make_offer(seller, buyer, draft=None)
    changed = revise(other, *rows("60.00", "61.00"))
    assert changed.plan
    for digest in ("", "x" * 64, changed.plan.digest):
        with pytest.raises(OfferChanged):
            accept_offer(offer=offer, buyer=buyer, shown_digest=digest)
    assert Offer.objects.get(pk=offer.pk).state == OfferState.SENT


def test_only_the_buyer_accepts(seller: User, buyer: User, stranger: User) -> None:
    offer = make_offer(seller, buyer)
    assert offer.plan
    with pytest.raises(NotYourStep):
        accept_offer(offer=offer, buyer=seller, shown_digest=offer.plan.digest)
    with pytest.raises(Unknown):
        accept_offer(offer=offer, buyer=stranger, shown_digest=offer.plan.digest)


def test_a_draft_can_not_be_accepted(seller: User, buyer: User) -> None:
    with pytest.raises(Unknown):
        accept(make_offer_draft(seller, buyer))


def test_accepting_joins_the_callers_transaction(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)

    def fail() -> None:
        with transaction.atomic():
            accept(offer)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert Offer.objects.get().state == OfferState.SENT
    assert not Notification.objects.filter(recipient=seller).exists()


@pytest.mark.parametrize(("late", "open_"), [(-A_SECOND, True), (timedelta(), False), (A_SECOND, False)])
def test_r_ofr_5_the_deadline_is_exclusive(
    late: timedelta, open_: bool, seller: User, buyer: User, now: datetime
) -> None:
    moment = now + VALID + late
    for answer in ("accept", "decline", "withdraw"):
        offer = make_offer(seller, buyer, now=now)

        def act(offer: Offer = offer, answer: str = answer) -> Offer:
            if answer == "accept":
                return accept(offer, now=moment)
            if answer == "decline":
                return services.decline_offer(offer=offer, actor=buyer, now=moment)
            return services.withdraw_offer(offer=offer, actor=seller, now=moment)

        if open_:
            assert act().closed_at == moment
        else:
            with pytest.raises(OfferExpired):
                act()
            assert Offer.objects.get(pk=offer.pk).state == OfferState.SENT


@pytest.mark.parametrize(("late", "count"), [(-A_SECOND, 0), (timedelta(), 1), (A_SECOND, 1)])
def test_r_ofr_5_an_offer_expires_at_its_instant(
    late: timedelta, count: int, seller: User, buyer: User, now: datetime
) -> None:
    make_offer(seller, buyer, now=now)
    assert services.expire_offers(now=now + VALID + late) == count
    assert Offer.objects.filter(state=OfferState.EXPIRED).count() == count


def test_expiring_tells_both_and_redraws_the_card_once(seller: User, buyer: User, now: datetime) -> None:
    offer = make_offer(seller, buyer, now=now)
    drawn = Message.objects.get(reference=offer.public_id).revised
    assert services.expire_offers(now=now + VALID) == 1
    assert services.expire_offers(now=now + VALID) == 0
    told = Notification.objects.filter(kind="offer_expired")
    assert {notice.recipient_id for notice in told} == {seller.pk, buyer.pk}
    assert Message.objects.get(reference=offer.public_id).revised > drawn


def test_the_task_expires_more_than_a_batch(
    seller: User, buyer: User, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    for _ in range(3):
        make_offer(seller, buyer, now=now - VALID)
    in_pairs = services.expire_offers
    monkeypatch.setattr(services, "expire_offers", lambda: in_pairs(now=now, batch=2))
    expire_offers()
    assert Offer.objects.filter(state=OfferState.EXPIRED).count() == 3


def test_the_buyer_declines_and_may_say_why(seller: User, buyer: User) -> None:
    offer = services.decline_offer(offer=make_offer(seller, buyer), actor=buyer, reason="  Too dear.  ")
    assert (offer.state, offer.decline_reason) == (OfferState.DECLINED, "Too dear.")
    assert Notification.objects.get(recipient=seller).data["reason"] == "Too dear."


def test_a_reason_has_room_for_500_characters(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    with pytest.raises(TooLong):
        services.decline_offer(offer=offer, actor=buyer, reason="x" * 501)
    assert services.decline_offer(offer=offer, actor=buyer, reason="x" * 500).state == OfferState.DECLINED


def test_the_seller_withdraws_and_the_buyer_is_told(seller: User, buyer: User) -> None:
    offer = services.withdraw_offer(offer=make_offer(seller, buyer), actor=seller)
    assert offer.state == OfferState.WITHDRAWN
    assert set(Notification.objects.filter(recipient=buyer).values_list("kind", flat=True)) == {
        "offer_sent",
        "offer_withdrawn",
    }


def test_neither_side_takes_the_others_step_and_a_stranger_none(seller: User, buyer: User, stranger: User) -> None:
    offer = make_offer(seller, buyer)
    with pytest.raises(NotYourStep):
        services.decline_offer(offer=offer, actor=seller)
    with pytest.raises(NotYourStep):
        services.withdraw_offer(offer=offer, actor=buyer)
    for step in (services.decline_offer, services.withdraw_offer):
        with pytest.raises(Unknown):
            step(offer=offer, actor=stranger)


def at_once(*steps: "threading.Thread") -> None:
    for thread in steps:
        thread.start()
    for thread in steps:
        thread.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["accept", "decline", "withdraw", "expire", "revise"])
def test_r_ofr_5_of_two_steps_at_once_on_two_connections_one_wins(rival: str) -> None:
    seller, buyer = make_seller("Selma Seller"), make_user("Bruno Buyer")
    offer = make_offer(seller, buyer)
    ready, won, refused = threading.Barrier(2), [], []

    def run(name: str) -> None:
        mine = Offer.objects.get(pk=offer.pk)
        ready.wait()
        try:
            won.append(_take(name, mine, seller, buyer))
        except DomainError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    at_once(*(threading.Thread(target=run, args=(name,)) for name in ("accept", rival)))
    final = Offer.objects.get(pk=offer.pk)
    outcomes = {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn", "revise": "replaced"}
    if rival == "expire":  # it is not due, so the clock never wins here
        assert (won.count("accept"), final.state) == (1, OfferState.ACCEPTED)
        return
    assert (len(won), len(refused)) == (1, 1)
    assert final.state == outcomes[won[0]]


def _take(name: str, offer: Offer, seller: User, buyer: User) -> str:
    if name == "accept":
        accept(offer)
    elif name == "decline":
        services.decline_offer(offer=offer, actor=buyer)
    elif name == "withdraw":
        services.withdraw_offer(offer=offer, actor=seller)
    elif name == "expire":
        services.expire_offers()
    else:
        revise(offer)
    return name
