"""R-OFR-2, R-OFR-5: every step that a state, a side or a role forbids, by the page and by the service."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import TeamMember, User
from accounts.services.team import remove_member
from inbox.services import post_card
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from notifications.models import Notification
from offers import services
from offers.models import Offer, OfferRequest
from offers.services.accepting import accept_offer
from orders.models import Order
from tests.factories.offers import ask, begin_counter, counter, draft_of, make_offer, make_offer_draft
from tests.factories.team import make_contributor, make_manager
from tests.offers.test_transitions import bring_to

HTMX = {"HX-Request": "true"}
# Whose step it is, of a version that the seller wrote; "revise" begins another.
SELLERS, BUYERS = ("withdraw", "remind", "revise"), ("decline", "counter")
ENDED = ["accepted", "declined", "withdrawn", "expired", "replaced", "run out"]
REVISABLE = {"declined", "withdrawn", "expired", "run out"}


def brought(state: str, seller: User, buyer: User) -> Offer:
    """Of the seller; "run out" is past its deadline before the clock has written so."""
    if state in ("expired", "run out"):
        offer = make_offer(seller, buyer, now=clock.now() - timedelta(days=14))
        if state == "expired":
            services.expire_offers()
        return Offer.objects.get(pk=offer.pk)
    return bring_to(state, seller, buyer, clock.now())


def press(client: Client, name: str, offer: Offer) -> int:
    return client.post(reverse(f"offers:{name}", args=[offer.public_id]), headers=HTMX).status_code


@pytest.mark.parametrize("state", ENDED)
def test_r_ofr_5_the_pages_refuse_every_step_on_what_has_ended(state: str, seller: User, buyer: User) -> None:
    offer, client = brought(state, seller, buyer), Client()
    before = list(Offer.objects.order_by("pk").values())
    digest = offer.plan.digest if offer.plan else ""
    for person, names in ((seller, SELLERS), (buyer, BUYERS)):
        client.force_login(person)
        for name in names:
            if name != "revise" or state not in REVISABLE:
                assert press(client, name, offer) == 409, name
    path = reverse("orders:place_offer", args=[offer.public_id])
    assert client.post(path, {"digest": digest})["Location"] == offer.get_absolute_url()
    assert list(Offer.objects.order_by("pk").values()) == before
    assert not Order.objects.exists()


def test_r_ofr_5_the_pages_refuse_the_other_sides_steps_on_what_is_open(seller: User, buyer: User) -> None:
    offer, client = make_offer(seller, buyer), Client()
    for person, names in ((seller, (*BUYERS, "agree")), (buyer, (*SELLERS, "keep", "agree"))):
        client.force_login(person)
        assert {name: press(client, name, offer) for name in names} == dict.fromkeys(names, 403)
    assert Offer.objects.get().state == "sent"


def test_r_ofr_5_the_page_takes_an_answer_in_the_last_minute_of_its_fourteen_days(
    client: Client, seller: User, buyer: User
) -> None:
    """To the instant itself it is tried with the services; "run out" above is the first moment after."""
    offer = make_offer(seller, buyer, now=clock.now() - timedelta(days=14) + timedelta(minutes=1))
    client.force_login(buyer)
    assert client.post(reverse("offers:decline", args=[offer.public_id])).status_code == 302
    assert Offer.objects.get().state == "declined"


def test_r_ofr_5_who_may_not_accept_makes_no_order(seller: User, buyer: User, stranger: User) -> None:
    """The seller, a manager of theirs, a contributor, a stranger and a visitor, each with the right digest."""
    offer = make_offer(seller, buyer)
    assert offer.plan
    path, typed = reverse("orders:place_offer", args=[offer.public_id]), {"digest": offer.plan.digest}
    people = {seller: 303, make_manager(seller): 303, make_contributor(seller): 404, stranger: 404, None: 401}
    for person, status in people.items():
        client = Client()
        if person:
            client.force_login(person)
        assert client.post(path, typed, headers=HTMX).status_code == status
    assert Offer.objects.get().state == "sent"
    assert not Order.objects.exists()


def test_a_reason_has_room_for_500_characters_on_the_page_and_a_draft_has_no_reader(
    client: Client, seller: User, buyer: User
) -> None:
    offer, draft = make_offer(seller, buyer), make_offer_draft(seller, buyer)
    client.force_login(seller)
    for reason in ("", "x" * 501):
        assert client.post(reverse("offers:decline", args=[draft.public_id]), {"reason": reason}).status_code == 404
    client.force_login(buyer)
    path = reverse("offers:decline", args=[offer.public_id])
    refused = client.post(path, {"reason": "x" * 501})
    sentence = "Ensure this value has at most 500 characters (it has 501)."
    assert (refused.status_code, refused.context["form"].errors) == (422, {"reason": [sentence]})
    assert Offer.objects.get(pk=offer.pk).state == "sent"
    assert client.post(path, {"reason": "x" * 500}).status_code == 302
    assert Offer.objects.get(pk=offer.pk).decline_reason == "x" * 500


# --- By the services --------------------------------------------------------------------------------------------------
Step = Callable[[User], object]


def steps(seller: User, buyer: User) -> dict[str, Step]:
    """Every write of offers, each on something on which the one whose step it is could take it."""
    now = clock.now()
    offer, draft = make_offer(seller, buyer), make_offer_draft(seller, buyer)
    talk, gig = offer.conversation, draft.gig
    assert offer.plan
    assert gig
    request, proposed = ask(talk, buyer), counter(make_offer(seller, buyer))
    begun, digest, typed = begin_counter(make_offer(seller, buyer)), offer.plan.digest, draft_of(gig)
    revised = services.revise_offer(offer=make_offer(seller, buyer), seller=seller, now=now)
    return {
        "save": lambda who: services.save_draft(seller=seller, by=who, conversation=talk, draft=typed, now=now),
        "change": lambda who: services.save_draft(
            seller=who, conversation=draft.conversation, draft=typed, offer=draft, now=now
        ),
        "send": lambda who: services.send_offer(offer=draft, seller=who),
        "discard": lambda who: services.discard_draft(offer=draft, author=who),
        "revise": lambda who: services.revise_offer(offer=offer, seller=who, now=now),
        "answer_newest": lambda who: services.answer_newest(offer=revised, author=who, now=now),
        "withdraw": lambda who: services.withdraw_offer(offer=offer, actor=who),
        "remind": lambda who: services.remind_reader(offer=offer, actor=who, now=now + timedelta(days=1)),
        "keep": lambda who: services.keep_as_template(offer=offer, actor=who, name="Mine"),
        "agree": lambda who: services.send_on_these_terms(offer=proposed, seller=who),
        "decline_counter": lambda who: services.decline_offer(offer=proposed, actor=who),
        "decline_request": lambda who: services.decline_request(request=request, actor=who, now=now),
        "card": lambda who: post_card(
            conversation=talk, author=who, kind="offer", reference="off_x", summary="x", now=now
        ),
        "accept": lambda who: accept_offer(offer=offer, buyer=who, shown_digest=digest),
        "decline": lambda who: services.decline_offer(offer=offer, actor=who),
        "counter": lambda who: services.begin_counter(offer=offer, buyer=who),
        "save_counter": lambda who: services.save_counter(offer=begun, buyer=who, draft=typed, now=now),
        "send_counter": lambda who: services.send_counter(offer=begun, buyer=who),
        "discard_counter": lambda who: services.discard_draft(offer=begun, author=who),
        "withdraw_counter": lambda who: services.withdraw_offer(offer=proposed, actor=who),
        "remind_counter": lambda who: services.remind_reader(offer=proposed, actor=who, now=now + timedelta(days=1)),
        "ask": lambda who: services.ask_for_offer(
            conversation=talk, buyer=who, brief="x", budget=None, needed_by=None, currency="USD", now=now
        ),
    }


NOBODY_KNOWS = "not_found"
# By hand: how the step is refused to the other side. A draft is not even known to it.
TO_THE_BUYER = {
    "save": NOBODY_KNOWS,
    "change": NOBODY_KNOWS,
    "send": NOBODY_KNOWS,
    "discard": NOBODY_KNOWS,
    "revise": "not_your_step",
    "answer_newest": NOBODY_KNOWS,
    "withdraw": "not_your_step",
    "remind": "not_your_step",
    "keep": "not_your_step",
    "agree": "not_your_step",
    "decline_counter": "not_your_step",
    "decline_request": "not_your_step",
}
TO_THE_SELLER = {
    "accept": "not_your_step",
    "decline": "not_your_step",
    "counter": "not_your_step",
    "save_counter": NOBODY_KNOWS,
    "send_counter": NOBODY_KNOWS,
    "discard_counter": NOBODY_KNOWS,
    "withdraw_counter": "not_your_step",
    "remind_counter": "not_your_step",
    "ask": "not_a_seller",
}


def refusal(step: Step, who: User) -> str:
    try:
        step(who)
    except DomainError as error:
        return error.code
    return ""


def test_r_ofr_2_the_services_refuse_every_step_to_all_but_the_one_whose_it_is(
    seller: User, buyer: User, stranger: User
) -> None:
    gone, cleo, mila = make_manager(seller, "Greta Gone"), make_contributor(seller), make_manager(seller)
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=clock.now())
    every = steps(seller, buyer)
    assert {*TO_THE_BUYER, *TO_THE_SELLER, "card"} == set(every)
    before = _everything()
    for outsider in (stranger, cleo, gone):
        assert {name: refusal(step, outsider) for name, step in every.items()} == dict.fromkeys(every, NOBODY_KNOWS)
    assert {name: refusal(every[name], buyer) for name in TO_THE_BUYER} == TO_THE_BUYER
    assert {name: refusal(every[name], seller) for name in TO_THE_SELLER} == TO_THE_SELLER
    assert {name: refusal(every[name], mila) for name in TO_THE_SELLER} == TO_THE_SELLER | {"ask": NOBODY_KNOWS}
    assert _everything() == before


def _everything() -> list[object]:
    rows = [model.objects.order_by("pk").values() for model in (Offer, OfferRequest, Notification)]
    return [row for found in rows for row in found]
