"""R-OFR-5: every step × state × side, allowed or refused, against a list written by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import User
from offers import services
from offers.enums import OfferState, Part, Side
from offers.errors import CounterNotAccepted, NotACounter, NotYourStep, OfferNotOpen
from offers.models import Offer
from offers.services.door import move
from offers.transitions import OFFERS
from tests.factories.offers import accept, begin_counter, counter, make_offer, make_offer_draft, revise

# The whole truth, independent of offers/transitions.py: step, state, who acts, who wrote the version.
ALLOWED = {
    ("send", "draft", "seller", "seller"): "sent",
    ("send", "draft", "buyer", "buyer"): "sent",
    ("accept", "sent", "buyer", "seller"): "accepted",
    ("decline", "sent", "buyer", "seller"): "declined",
    ("decline", "sent", "seller", "buyer"): "declined",
    ("withdraw", "sent", "seller", "seller"): "withdrawn",
    ("withdraw", "sent", "buyer", "buyer"): "withdrawn",
    ("remind", "sent", "seller", "seller"): "sent",
    ("remind", "sent", "buyer", "buyer"): "sent",
    ("replace", "sent", "seller", "seller"): "replaced",
    ("replace", "sent", "seller", "buyer"): "replaced",
    ("counter", "sent", "buyer", "seller"): "replaced",
    ("counter", "sent", "buyer", "buyer"): "replaced",
    ("agree", "sent", "seller", "buyer"): "replaced",
    ("expire", "sent", "timer", "seller"): "expired",
    ("expire", "sent", "timer", "buyer"): "expired",
}
NAMES = ["send", "accept", "decline", "withdraw", "remind", "replace", "counter", "agree", "expire"]
STATES = ["draft", "sent", "accepted", "declined", "withdrawn", "expired", "replaced"]
FAR_AHEAD = datetime(2040, 1, 1, tzinfo=UTC)
SIDES = ["buyer", "seller", "timer"]
AUTHORS = ["seller", "buyer"]
EVERY = list(product(NAMES, STATES, SIDES, AUTHORS))
STANDINGS = [pair for pair in product(STATES, AUTHORS) if pair != ("accepted", "buyer")]  # which can't be


def test_the_lists_by_hand_are_complete() -> None:
    assert [row.name for row in OFFERS] == NAMES
    assert OfferState.values == STATES
    assert Side.values == SIDES
    assert Part.values == ["author", "reader"]


@pytest.mark.parametrize(("name", "state", "side", "author"), EVERY)
def test_r_ofr_5_the_table_allows_exactly_the_list(name: str, state: str, side: str, author: str) -> None:
    row = OFFERS.find(name)
    open_ = row.permits(OfferState(state), Side(side)) and row.is_for(Side(side), Side(author))
    assert open_ == ((name, state, side, author) in ALLOWED)
    if open_:
        assert row.target == ALLOWED[name, state, side, author]


def bring_to(state: str, seller: User, buyer: User, now: datetime, author: str = "seller") -> Offer:
    """A version by `author` in `state`, by the services; valid from `now`."""
    if state == "draft":
        return _draft(seller, buyer, now, author)
    offer = make_offer(seller, buyer, now=now)
    offer = offer if author == "seller" else counter(offer, now=now)
    writer, reader = (seller, buyer) if author == "seller" else (buyer, seller)
    steps: dict[str, Callable[[], object]] = {
        "sent": lambda: None,
        "accepted": lambda: accept(offer, now=now),
        "declined": lambda: services.decline_offer(offer=offer, actor=reader, now=now),
        "withdrawn": lambda: services.withdraw_offer(offer=offer, actor=writer, now=now),
        "expired": lambda: services.expire_offers(now=now + timedelta(days=14)),
        "replaced": lambda: revise(offer, now=now),
    }
    steps[state]()
    return Offer.objects.get(pk=offer.pk)


def _draft(seller: User, buyer: User, now: datetime, author: str) -> Offer:
    if author == "seller":
        return make_offer_draft(seller, buyer, now=now)
    return begin_counter(make_offer(seller, buyer, now=now), now=now)


@pytest.mark.parametrize(("state", "author"), STANDINGS)
def test_r_ofr_5_the_door_refuses_every_other_step(
    state: str, author: str, seller: User, buyer: User, now: datetime
) -> None:
    offer = bring_to(state, seller, buyer, now, author)
    assert (offer.state, offer.made_by) == (state, author)
    refusals = (NotYourStep, OfferNotOpen, CounterNotAccepted, NotACounter)
    for name, side in product(NAMES, SIDES):
        if (name, state, side, author) in ALLOWED:
            continue
        with pytest.raises(refusals):
            move(offer=offer, name=name, side=Side(side), now=now)
        assert Offer.objects.get(pk=offer.pk).state == state


@pytest.mark.parametrize(
    ("name", "side", "author"),
    [(name, side, by) for (name, state, side, by), target in ALLOWED.items() if state == "sent" != target],
)
def test_r_ofr_5_the_door_takes_every_allowed_step(
    name: str, side: str, author: str, seller: User, buyer: User, now: datetime
) -> None:
    offer = bring_to("sent", seller, buyer, now, author)
    moved = move(offer=offer, name=name, side=Side(side), now=now)
    assert moved.state == ALLOWED[name, "sent", side, author]
    assert moved.closed_at == now


@pytest.mark.parametrize(("state", "author"), STANDINGS)
def test_the_database_refuses_every_step_that_the_list_has_not(
    state: str, author: str, seller: User, buyer: User, now: datetime
) -> None:
    offer = bring_to(state, seller, buyer, now, author)
    legal = {target for (_, source, _, by), target in ALLOWED.items() if (source, by) == (state, author)}
    for target in set(STATES) - legal - {state}:
        with pytest.raises(DatabaseError), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(state=target, closed_at=now)
        assert Offer.objects.get(pk=offer.pk).state == state


def test_r_ofr_5_the_database_never_lets_a_counter_offer_be_accepted(seller: User, buyer: User, now: datetime) -> None:
    proposed = bring_to("sent", seller, buyer, now, "buyer")
    with pytest.raises(IntegrityError, match="counter_is_never_accepted"), transaction.atomic():
        Offer.objects.filter(pk=proposed.pk).update(state=OfferState.ACCEPTED, closed_at=now)


def test_r_ofr_5_the_database_wants_a_counter_offer_to_answer_one(seller: User, buyer: User, now: datetime) -> None:
    begun = bring_to("draft", seller, buyer, now, "buyer")
    with pytest.raises(IntegrityError, match="counter_answers_an_offer"), transaction.atomic():
        Offer.objects.filter(pk=begun.pk).update(replaces=None)


def test_the_database_lets_a_version_be_replaced_once(seller: User, buyer: User, now: datetime) -> None:
    old = make_offer(seller, buyer, now=now)
    counter(old, now=now)
    other = make_offer(seller, buyer, now=now)
    begun = services.revise_offer(offer=other, seller=seller, now=now)
    Offer.objects.filter(pk=begun.pk).update(replaces=old)
    with pytest.raises(IntegrityError, match="offer_replaced_once"), transaction.atomic():
        Offer.objects.filter(pk=begun.pk).update(
            state=OfferState.SENT,
            plan=old.plan,
            policy=old.policy,
            sent_at=now,
            expires_at=old.expires_at,
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Another"),
        ("description", "Another"),
        ("version", 7),
        ("note", "Another"),
        ("made_by", "buyer"),
        ("expires_at", datetime(2040, 1, 1).astimezone()),
    ],
)
def test_r_ofr_5_the_database_keeps_a_sent_offer_as_it_was_sent(
    field: str, value: object, seller: User, buyer: User
) -> None:
    offer = make_offer(seller, buyer)
    with pytest.raises(DatabaseError, match="a sent offer never changes"), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(**{field: value})


def test_the_database_keeps_sent_offers_and_lets_drafts_go(seller: User, buyer: User) -> None:
    sent, draft = make_offer(seller, buyer), make_offer_draft(seller, buyer)
    with pytest.raises(DatabaseError), transaction.atomic():
        Offer.objects.filter(pk=sent.pk).delete()
    Offer.objects.filter(pk=draft.pk).delete()
    assert list(Offer.objects.all()) == [sent]


def test_the_database_lets_an_offer_begin_only_as_a_draft(seller: User, buyer: User) -> None:
    born = make_offer(seller, buyer)
    with pytest.raises(DatabaseError, match="begins as a draft"), transaction.atomic():
        Offer.objects.create(
            conversation=born.conversation,
            gig=born.gig,
            seller=seller,
            buyer=buyer,
            title="Born accepted",
            plan=born.plan,
            policy=born.policy,
            state=OfferState.SENT,
            sent_at=born.sent_at,
            expires_at=born.expires_at,
            created_at=born.created_at,
            updated_at=born.updated_at,
        )
