"""R-OFR-5: a buyer's counter-offer is a version that names the old one, and only the buyer ever accepts."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from inbox.models import Message
from marketplace.kernel.errors import DomainError, ManyInvalid, Unknown
from marketplace.kernel.money import Money
from milestones.enums import OrderType
from milestones.errors import MilestoneTooCheap, OfferTotalTooLow
from notifications.models import Notification
from offers import services
from offers.enums import OfferState, Side
from offers.errors import (
    CounterNotAccepted,
    NotACounter,
    NothingProposed,
    NotYourStep,
    OfferExpired,
    OfferMovedOn,
    OfferNeedsGig,
    OfferNotOpen,
    TooLong,
)
from offers.models import Offer
from offers.services.accepting import accept_offer
from offers.services.drafting import Draft
from tests.factories.accounts import make_seller, make_user
from tests.factories.milestones import shipped_policy
from tests.factories.offers import accept, begin_counter, counter, make_offer, revise, row, rows

VALID = timedelta(days=14)
A_SECOND = timedelta(seconds=1)


def state(offer: Offer) -> str:
    return Offer.objects.get(pk=offer.pk).state


def told(reader: User) -> list[str]:
    return list(Notification.objects.filter(recipient=reader).order_by("pk").values_list("kind", flat=True))


def test_r_ofr_5_a_counter_offer_is_the_next_version_and_replaces_the_one_it_answers(
    seller: User, buyer: User, now: datetime
) -> None:
    old = make_offer(seller, buyer, now=now)
    later = now + timedelta(days=3)
    new = counter(old, *rows("100.00", "200.00"), note="Two are enough.", now=later)
    assert (new.state, new.version, new.replaces, new.made_by) == (OfferState.SENT, 2, old, Side.BUYER)
    assert (new.seller, new.buyer, new.gig, new.order_type) == (seller, buyer, old.gig, old.order_type)
    assert new.plan
    assert new.plan.terms.total == Money(30000, "USD")
    assert new.expires_at == later + VALID
    assert state(old) == OfferState.REPLACED
    assert told(seller) == ["offer_countered"]
    card = Message.objects.get(reference=new.public_id)
    assert (card.author, card.body) == (buyer, "Proposes other terms: A launch film, $300.00")


def test_a_counter_offer_begins_with_the_terms_of_the_offer_which_stays_open(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    begun = begin_counter(offer)
    assert [typed.amount for typed in begun.typed.milestones] == ["120.00", "240.00", "80.00"]
    assert begin_counter(offer) == begun
    assert accept(offer).state == OfferState.ACCEPTED
    with pytest.raises(OfferNotOpen, match="accepted"):
        services.send_counter(offer=begun, buyer=buyer)


def test_what_changes_nothing_is_no_counter_offer(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    with pytest.raises(NothingProposed):
        services.send_counter(offer=begin_counter(offer), buyer=buyer)
    assert state(offer) == OfferState.SENT


def test_r_ofr_3_the_policys_limits_hold_for_a_counter_offer(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    with pytest.raises(ManyInvalid) as refusal:
        counter(offer, row("4.99"), row("95.01", name="Second"))
    assert {type(error) for error in refusal.value.errors} == {MilestoneTooCheap, OfferTotalTooLow}
    assert state(offer) == OfferState.SENT
    assert counter(offer, row("5.00"), row("95.01", name="Second")).state == OfferState.SENT


def test_a_buyer_can_not_move_a_counter_offer_to_another_gig_or_way_of_paying(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    begun = begin_counter(offer)
    other = make_offer(seller, buyer)
    draft = Draft(order_type=OrderType.SINGLE, title="Mine", description="Mine", gig=other.gig, typed=begun.typed)
    kept = services.save_counter(offer=begun, buyer=buyer, draft=draft, now=begun.created_at)
    assert (kept.gig, kept.order_type, kept.title) == (offer.gig, "milestones", "Mine")


def test_a_note_has_room_for_500_characters(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    with pytest.raises(TooLong):
        counter(offer, note="x" * 501)
    assert len(counter(offer, note="x" * 500).note) == 500


def test_r_ofr_5_nobody_accepts_a_counter_offer(seller: User, buyer: User, stranger: User) -> None:
    proposed = counter(make_offer(seller, buyer))
    assert proposed.plan
    for person, refusal in ((buyer, CounterNotAccepted), (seller, CounterNotAccepted), (stranger, Unknown)):
        with pytest.raises(refusal):
            accept_offer(offer=proposed, buyer=person, shown_digest=proposed.plan.digest)
    assert state(proposed) == OfferState.SENT


def test_r_ofr_5_the_seller_sends_it_on_exactly_these_terms_and_the_buyer_accepts(
    seller: User, buyer: User, now: datetime
) -> None:
    proposed = counter(make_offer(seller, buyer, now=now), *rows("100.00", "201.00"), now=now)
    later = now + timedelta(days=2)
    agreed = services.send_on_these_terms(offer=proposed, seller=seller, now=later)
    assert (agreed.version, agreed.replaces, agreed.made_by, agreed.state) == (3, proposed, Side.SELLER, "sent")
    assert agreed.plan
    assert proposed.plan
    assert agreed.plan.digest == proposed.plan.digest
    assert agreed.plan != proposed.plan
    assert agreed.expires_at == later + VALID
    assert state(proposed) == OfferState.REPLACED
    assert told(buyer) == ["offer_sent", "offer_revised"]
    assert Notification.objects.get(recipient=buyer, kind="offer_revised").data["agreed"] is True
    assert accept(agreed, now=later).state == OfferState.ACCEPTED


def test_a_draft_begun_on_the_counter_offer_does_not_stand_in_the_way(seller: User, buyer: User) -> None:
    proposed = counter(make_offer(seller, buyer))
    begun = services.revise_offer(offer=proposed, seller=seller, now=proposed.created_at)
    services.send_on_these_terms(offer=proposed, seller=seller)
    with pytest.raises(OfferMovedOn, match="version 3"):
        services.send_offer(offer=begun, seller=seller)


def test_only_the_seller_agrees_and_only_to_a_counter_offer(seller: User, buyer: User, stranger: User) -> None:
    offer = make_offer(seller, buyer)
    with pytest.raises(NotACounter):
        services.send_on_these_terms(offer=offer, seller=seller)
    proposed = counter(offer)
    with pytest.raises(NotYourStep, match="Only the seller"):
        services.send_on_these_terms(offer=proposed, seller=buyer)
    with pytest.raises(Unknown):
        services.send_on_these_terms(offer=proposed, seller=stranger)
    assert Offer.objects.count() == 2


def test_what_todays_rules_no_longer_allow_is_not_agreed_to(seller: User, buyer: User) -> None:
    proposed = counter(make_offer(seller, buyer))
    assert proposed.gig
    proposed.gig.state = "paused"
    proposed.gig.save()
    with pytest.raises(ManyInvalid) as refusal:
        services.send_on_these_terms(offer=proposed, seller=seller)
    assert [type(error) for error in refusal.value.errors] == [OfferNeedsGig]
    assert (state(proposed), Offer.objects.count()) == (OfferState.SENT, 2)


def test_the_seller_answers_with_a_version_of_their_own(seller: User, buyer: User) -> None:
    proposed = counter(make_offer(seller, buyer))
    mine = revise(proposed, *rows("150.00", "250.00"))
    assert (mine.version, mine.replaces, mine.made_by) == (3, proposed, Side.SELLER)
    assert Notification.objects.get(recipient=buyer, kind="offer_revised").data["agreed"] is False
    assert counter(mine).version == 4


def test_the_seller_declines_it_with_a_word_and_the_buyer_takes_it_back(seller: User, buyer: User) -> None:
    declined = services.decline_offer(
        offer=counter(make_offer(seller, buyer)), actor=seller, reason="I need the third step."
    )
    assert declined.state == OfferState.DECLINED
    assert told(buyer)[-1] == "offer_declined"
    withdrawn = services.withdraw_offer(offer=counter(make_offer(seller, buyer)), actor=buyer)
    assert withdrawn.state == OfferState.WITHDRAWN
    assert told(seller)[-1] == "offer_withdrawn"


def test_the_buyer_changes_an_open_proposal_and_not_one_that_has_ended(seller: User, buyer: User) -> None:
    proposed = counter(make_offer(seller, buyer))
    again = counter(proposed)
    assert (again.version, state(proposed)) == (3, OfferState.REPLACED)
    services.decline_offer(offer=again, actor=seller)
    with pytest.raises(OfferNotOpen):
        begin_counter(again)


@pytest.mark.parametrize(("late", "open_"), [(-A_SECOND, True), (timedelta(), False), (A_SECOND, False)])
def test_r_ofr_5_the_deadline_ends_countering_and_agreeing(
    late: timedelta, open_: bool, seller: User, buyer: User, now: datetime
) -> None:
    moment = now + VALID + late
    offer, other = make_offer(seller, buyer, now=now), make_offer(seller, buyer, now=now)
    begun, proposed = begin_counter(offer, now=now), counter(other, now=now)
    longer = replace(begun.typed, milestones=rows("120.00", "240.00", days="9"))
    draft = Draft(order_type=OrderType.MILESTONES, title="T", description="D", typed=longer)
    services.save_counter(offer=begun, buyer=buyer, draft=draft, now=now)
    if open_:
        assert services.send_counter(offer=begun, buyer=buyer, now=moment).sent_at == moment
        assert services.send_on_these_terms(offer=proposed, seller=seller, now=moment).sent_at == moment
        return
    with pytest.raises(OfferExpired):
        services.send_counter(offer=begun, buyer=buyer, now=moment)
    with pytest.raises(OfferExpired):
        begin_counter(offer, now=moment)
    with pytest.raises(OfferExpired):
        services.send_on_these_terms(offer=proposed, seller=seller, now=moment)
    assert (state(offer), state(proposed)) == (OfferState.SENT, OfferState.SENT)


def test_a_counter_offer_runs_out_at_its_own_instant(seller: User, buyer: User, now: datetime) -> None:
    sent = now + timedelta(days=5)
    proposed = counter(make_offer(seller, buyer, now=now), now=sent)
    assert services.expire_offers(now=sent + VALID - A_SECOND) == 0
    assert services.expire_offers(now=sent + VALID) == 1
    assert state(proposed) == OfferState.EXPIRED


def test_the_policy_of_the_moment_is_the_counter_offers(seller: User, buyer: User) -> None:
    assert counter(make_offer(seller, buyer)).policy == shipped_policy()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("accept", "counter"),
        ("withdraw", "counter"),
        ("revise", "counter"),
        ("agree", "withdraw_counter"),
        ("agree", "decline_counter"),
        ("agree", "counter_again"),
        ("agree", "agree"),
    ],
)
def test_r_ofr_5_of_two_acts_at_once_on_two_connections_one_wins(first: str, second: str) -> None:
    seller, buyer = make_seller("Selma Seller"), make_user("Bruno Buyer")
    offer = make_offer(seller, buyer)
    if "agree" in (first, second):
        offer = counter(offer)
    ready, won, refused = threading.Barrier(2), [], []

    def run(name: str) -> None:
        mine = Offer.objects.get(pk=offer.pk)
        ready.wait()
        try:
            _act(name, mine, seller, buyer)
            won.append(name)
        except DomainError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(name,)) for name in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(refused)) == (1, 1)
    assert state(offer) != OfferState.SENT
    after = Offer.objects.filter(replaces=offer).exclude(state=OfferState.DRAFT)
    assert after.count() == (won[0] in {"counter", "counter_again", "revise", "agree"})


def _act(name: str, offer: Offer, seller: User, buyer: User) -> None:
    match name:
        case "accept":
            accept(offer)
        case "counter" | "counter_again":
            counter(offer)
        case "revise":
            revise(offer)
        case "agree":
            services.send_on_these_terms(offer=offer, seller=seller)
        case "withdraw":
            services.withdraw_offer(offer=offer, actor=seller)
        case "withdraw_counter":
            services.withdraw_offer(offer=offer, actor=buyer)
        case _:
            services.decline_offer(offer=offer, actor=seller)
