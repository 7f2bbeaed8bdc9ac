"""R-OFR-5: every step × state × side, allowed or refused, against a list written by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from offers import services
from offers.enums import OfferState, Side
from offers.errors import NotYourStep, OfferNotOpen
from offers.models import Offer
from offers.services.door import move
from offers.transitions import OFFERS
from tests.factories.offers import accept, make_offer, make_offer_draft, revise

# The whole truth, independent of offers/transitions.py.
ALLOWED = {
    ("send", "draft", "seller"): "sent",
    ("accept", "sent", "buyer"): "accepted",
    ("decline", "sent", "buyer"): "declined",
    ("withdraw", "sent", "seller"): "withdrawn",
    ("replace", "sent", "seller"): "replaced",
    ("expire", "sent", "timer"): "expired",
}
NAMES = ["send", "accept", "decline", "withdraw", "replace", "expire"]
STATES = ["draft", "sent", "accepted", "declined", "withdrawn", "expired", "replaced"]
FAR_AHEAD = datetime(2040, 1, 1, tzinfo=UTC)
SIDES = ["buyer", "seller", "timer"]
EVERY = list(product(NAMES, STATES, SIDES))


def test_the_lists_by_hand_are_complete() -> None:
    assert [row.name for row in OFFERS] == NAMES
    assert OfferState.values == STATES
    assert Side.values == SIDES


@pytest.mark.parametrize(("name", "state", "side"), EVERY)
def test_r_ofr_5_the_table_allows_exactly_the_list(name: str, state: str, side: str) -> None:
    row = OFFERS.find(name)
    assert row.permits(OfferState(state), Side(side)) == ((name, state, side) in ALLOWED)
    if (name, state, side) in ALLOWED:
        assert row.target == ALLOWED[name, state, side]


def bring_to(state: str, seller: User, buyer: User, now: datetime) -> Offer:
    """An offer in `state`, by the services; valid from `now`."""
    if state == "draft":
        return make_offer_draft(seller, buyer, now=now)
    offer = make_offer(seller, buyer, now=now)
    steps: dict[str, Callable[[], object]] = {
        "sent": lambda: None,
        "accepted": lambda: accept(offer, now=now),
        "declined": lambda: services.decline_offer(offer=offer, actor=buyer, now=now),
        "withdrawn": lambda: services.withdraw_offer(offer=offer, actor=seller, now=now),
        "expired": lambda: services.expire_offers(now=now + timedelta(days=14)),
        "replaced": lambda: revise(offer, now=now),
    }
    steps[state]()
    return Offer.objects.get(pk=offer.pk)


@pytest.mark.parametrize("state", STATES)
def test_r_ofr_5_the_door_refuses_every_other_step(state: str, seller: User, buyer: User, now: datetime) -> None:
    offer = bring_to(state, seller, buyer, now)
    assert offer.state == state
    for name, side in product(NAMES, SIDES):
        if (name, state, side) in ALLOWED:
            continue
        with pytest.raises((NotYourStep, OfferNotOpen)):
            move(offer=offer, name=name, side=Side(side), now=now)
        assert Offer.objects.get(pk=offer.pk).state == state


@pytest.mark.parametrize(("name", "side"), [(name, side) for name, state, side in ALLOWED if state == "sent"])
def test_r_ofr_5_the_door_takes_every_allowed_step(
    name: str, side: str, seller: User, buyer: User, now: datetime
) -> None:
    offer = make_offer(seller, buyer, now=now)
    moved = move(offer=offer, name=name, side=Side(side), now=now)
    assert moved.state == ALLOWED[name, "sent", side]
    assert moved.closed_at == now


@pytest.mark.parametrize("state", STATES)
def test_the_database_refuses_every_step_that_the_list_has_not(
    state: str, seller: User, buyer: User, now: datetime
) -> None:
    offer = bring_to(state, seller, buyer, now)
    legal = {target for (_, source, _), target in ALLOWED.items() if source == state}
    for target in set(STATES) - legal - {state}:
        with pytest.raises(DatabaseError), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(state=target, closed_at=now)
        assert Offer.objects.get(pk=offer.pk).state == state


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Another"),
        ("description", "Another"),
        ("version", 7),
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
