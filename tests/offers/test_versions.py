"""R-OFR-5: versions name each other, and any two stand beside each other in words."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from offers import selectors, services
from offers.enums import Side
from offers.models import Offer
from offers.presenters import compare
from tests.factories.offers import begin_counter, counter, make_offer, make_offer_draft, revise, row, rows


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(offer: Offer, viewer: User) -> Offer:
    return selectors.offer_for(viewer=viewer, public_id=offer.public_id)


def changes(old: Offer, new: Offer, side: Side = Side.BUYER) -> list[str]:
    return compare(old=old, new=new, side=side).changes


def test_r_ofr_5_every_change_is_said(seller: User, buyer: User) -> None:
    first = make_offer(seller, buyer)  # 120, 240 and 80 dollars, 4 days each
    second = counter(
        first,
        row("100.00", criteria="Agreed in writing\nThree frames"),
        row("240.00", name="Model & materials", days="6", revisions="3"),
        row("50.00", name="Cutdowns", days="2"),
    )
    assert changes(first, second) == [
        "Price: $390.00 instead of $440.00.",
        "“Look & storyboard”: price $100.00 instead of $120.00.",
        "“Look & storyboard” is done when: “Three frames” is new.",
        "“Model & materials”: 6 days instead of 4 days.",
        "“Model & materials”: revisions 3 instead of 2.",
        "“Cutdowns” is new: 2 days, $50.00.",
        "“Rough cut” is dropped: 4 days, $80.00.",
    ]


def test_a_milestone_in_the_same_place_at_the_same_price_was_renamed(seller: User, buyer: User) -> None:
    first = make_offer(seller, buyer)
    assert first.plan
    second = counter(first, row("120.00", name="Storyboard"), *rows("120.00", "240.00", "80.00")[1:])
    assert changes(first, second) == [
        "“Look & storyboard” is now called “Storyboard”.",
        "“Storyboard”: other words about what the buyer gets.",
    ]


def test_another_order_is_said_and_the_same_terms_again_are_no_change(seller: User, buyer: User) -> None:
    first = make_offer(seller, buyer)
    looks, model, cut = rows("120.00", "240.00", "80.00")
    second = counter(first, model, looks, cut)
    assert changes(first, second) == ["The milestones come in another order."]
    third = revise(second, looks, model, cut)
    assert changes(first, third) == []


def test_the_buyer_does_not_read_what_the_seller_earns(seller: User, buyer: User) -> None:
    first = make_offer(seller, buyer)
    second = revise(first, *rows("60.00", "60.00"))
    buyers, sellers = (compare(old=first, new=second, side=side).head for side in (Side.BUYER, Side.SELLER))
    assert "You earn" not in [line.label for line in buyers]
    assert "You pay, with fees" in [line.label for line in buyers]
    assert "You earn" in [line.label for line in sellers]


def test_a_draft_has_nothing_to_compare(seller: User, buyer: User) -> None:
    with pytest.raises(ValueError, match="no terms"):
        compare(old=make_offer(seller, buyer), new=make_offer_draft(seller, buyer), side=Side.SELLER)


def test_the_chain_is_the_same_from_each_of_its_versions_and_has_no_draft(
    seller: User, buyer: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = make_offer(seller, buyer)
    second = counter(first)
    third = services.send_on_these_terms(offer=second, seller=seller)
    begin_counter(third)
    make_offer(seller, buyer)
    for offer in (first, second, third):
        found = sent(offer, buyer)
        with django_assert_max_num_queries(4):
            chain = selectors.versions_of(offer=found, viewer=buyer)
        assert [version.pk for version in chain] == [first.pk, second.pk, third.pk]


def test_r_ofr_5_a_replaced_version_is_folded_in_the_conversation_and_leads_to_the_newest(
    seller: User, buyer: User
) -> None:
    first = make_offer(seller, buyer)
    third = services.send_on_these_terms(offer=counter(first), seller=seller)
    page = as_(buyer).get(first.conversation.get_absolute_url()).text
    cards = re.findall(r'<article class="card offer-card.*?</article>', page, re.DOTALL)
    assert [("<details>" in card, "Read and decide" in card) for card in cards] == [(True, False)] * 2 + [(False, True)]
    assert f'href="{third.get_absolute_url()}"' in cards[1]


def test_the_page_shows_the_chain_and_two_versions(seller: User, buyer: User, stranger: User) -> None:
    first = make_offer(seller, buyer)
    second = counter(first, *rows("100.00", "200.00"), note="Two are enough.")
    third = services.send_on_these_terms(offer=second, seller=seller)
    path = reverse("offers:versions", args=[third.public_id])
    page = as_(buyer).get(path).content.decode()
    for words in ("Version 2, by you", "Version 3, by Selma", "From version 2 to version 3", "Exactly the same terms."):
        assert words in page
    page = as_(seller).get(path, {"old": "1", "new": "2"}).content.decode()
    for words in ("From version 1 to version 2", "Dropped", "Two are enough.", "Version 2, by Bruno", "You earn"):
        assert words in page
    assert "From version 1 to version 2" in as_(seller).get(path, {"old": "2", "new": "1"}).content.decode()
    assert "From version 2 to version 3" in as_(seller).get(path, {"old": "x", "new": "99"}).content.decode()
    assert "two different ones" in as_(seller).get(path, {"old": "2", "new": "2"}).content.decode()
    assert as_(stranger).get(path).status_code == 404
    page = as_(seller).get(second.get_absolute_url()).content.decode()
    assert "What changed since version 1" in page
    assert path.replace(third.public_id, second.public_id) in page


def test_one_version_alone_says_so_and_a_draft_has_no_page(seller: User, buyer: User) -> None:
    offer, draft = make_offer(seller, buyer), make_offer_draft(seller, buyer)
    page = as_(buyer).get(reverse("offers:versions", args=[offer.public_id])).content.decode()
    assert "There is one version only." in page
    assert as_(seller).get(reverse("offers:versions", args=[draft.public_id])).status_code == 404
