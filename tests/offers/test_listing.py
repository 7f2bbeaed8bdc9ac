"""The list of offers and requests, from both sides, and declining a request (R-OFR-2)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from inbox.models import Conversation, Message
from marketplace.kernel import clock
from marketplace.kernel.errors import Unknown
from notifications.models import Notification
from notifications.rendering import render_words
from offers import selectors, services
from offers.enums import Shown
from offers.errors import NotYourStep, RequestClosed, TooLong
from offers.models import Offer, OfferRequest
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation
from tests.factories.offers import ask, begin_counter, counter, draft_of, make_offer, make_offer_draft

LIST = "/offers/"


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def listed(viewer: User, shown: Shown, now: datetime) -> list[Offer]:
    return list(selectors.listed_offers(viewer=viewer, shown=shown, now=now).order_by("pk"))


def test_each_list_holds_what_its_name_says(seller: User, buyer: User, stranger: User, now: datetime) -> None:
    offer, draft = make_offer(seller, buyer, now=now), make_offer_draft(seller, buyer, now=now)
    answered = make_offer(seller, buyer, now=now)
    proposed = counter(answered, now=now)
    begun = begin_counter(offer, now=now)
    everything = {
        (seller, Shown.WAITING): [proposed],
        (seller, Shown.RECEIVED): [proposed],
        (seller, Shown.SENT): [offer],
        (seller, Shown.DRAFTS): [draft],
        (buyer, Shown.WAITING): [offer],
        (buyer, Shown.RECEIVED): [offer],
        (buyer, Shown.SENT): [proposed],
        (buyer, Shown.DRAFTS): [begun],
    }
    for (viewer, shown), expected in everything.items():
        assert listed(viewer, shown, now) == expected, (viewer, shown)
        assert listed(stranger, shown, now) == []
    late = now + timedelta(days=14)
    assert listed(buyer, Shown.WAITING, late) == []
    assert listed(buyer, Shown.RECEIVED, late) == [offer]


def test_the_page_shows_each_list(conversation: Conversation, seller: User, buyer: User) -> None:
    make_offer(seller, buyer, conversation=conversation)
    make_offer_draft(seller, buyer, conversation=conversation, draft=draft_of(make_gig(seller), title="Begun"))
    ask(conversation, buyer)
    assert "A launch film" in as_(buyer).get(LIST).content.decode()
    assert "Waiting for Bruno" in as_(seller).get(LIST, {"show": "sent"}).content.decode()
    assert "Begun" in as_(seller).get(LIST, {"show": "drafts"}).content.decode()
    assert "Begun" not in as_(buyer).get(LIST, {"show": "drafts"}).content.decode()
    assert "Bruno Buyer asks" in as_(seller).get(LIST, {"show": "requests"}).content.decode()
    assert "You asked Selma Seller" in as_(buyer).get(LIST, {"show": "requests"}).content.decode()
    assert "Nothing waits for your answer" in as_(seller).get(LIST, {"show": "nonsense"}).content.decode()


def test_pages_follow_by_keyset_in_a_constant_number_of_queries(
    conversation: Conversation,
    seller: User,
    buyer: User,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("offers.views.listing.PER_PAGE", 2)
    offers = [make_offer(seller, buyer, conversation=conversation, now=clock.now()) for _ in range(3)]
    reader = as_(buyer)
    first = reader.get(LIST)
    assert [row.pk for row in first.context["page"].rows] == [offers[2].pk, offers[1].pk]
    second = reader.get(LIST, {"from": first.context["page"].following})
    assert [row.pk for row in second.context["page"].rows] == [offers[0].pk]
    assert "Newer" in second.content.decode()
    assert reader.get(LIST, {"from": "made-up"}).context["page"].rows == first.context["page"].rows
    with django_assert_max_num_queries(40) as two:
        reader.get(LIST)
    with django_assert_max_num_queries(40) as one:
        reader.get(LIST, {"from": first.context["page"].following})
    assert len(one) == len(two)


def test_r_ofr_2_the_seller_declines_a_request_with_a_word(
    conversation: Conversation, seller: User, buyer: User, now: datetime
) -> None:
    asked = ask(conversation, buyer, now=now)
    drawn = Message.objects.get(reference=asked.public_id).revised
    services.decline_request(request=asked, actor=seller, reason=" I am full until May. ", now=now)
    asked.refresh_from_db()
    assert (asked.declined_at, asked.decline_reason) == (now, "I am full until May.")
    assert Message.objects.get(reference=asked.public_id).revised > drawn
    words = render_words(Notification.objects.get(recipient=buyer), reader=buyer)
    assert words.title == "Selma Seller makes no offer on your request"
    assert words.body == "They wrote: “I am full until May.” You asked: “A film of a kettle”"
    assert selectors.request_to_answer(conversation=conversation, seller=seller) is None


def test_only_who_was_asked_declines_and_only_once(
    conversation: Conversation, seller: User, buyer: User, stranger: User, now: datetime
) -> None:
    asked = ask(conversation, buyer, now=now)
    for actor, refusal in ((buyer, NotYourStep), (stranger, Unknown)):
        with pytest.raises(refusal):
            services.decline_request(request=asked, actor=actor, now=now)
    with pytest.raises(TooLong):
        services.decline_request(request=asked, actor=seller, reason="x" * 501, now=now)
    services.decline_request(request=asked, actor=seller, reason="x" * 500, now=now)
    with pytest.raises(RequestClosed, match="declined already"):
        services.decline_request(request=asked, actor=seller, now=now)


def test_a_request_with_an_offer_is_answered_and_one_with_a_draft_is_not(
    conversation: Conversation, seller: User, buyer: User, now: datetime
) -> None:
    asked = ask(conversation, buyer, now=now)
    draft = services.save_draft(
        seller=seller, conversation=conversation, draft=draft_of(make_gig(seller)), request=asked, now=now
    )
    assert OfferRequest.objects.get().is_answered is False
    services.send_offer(offer=draft, seller=seller, now=now)
    assert OfferRequest.objects.get().is_answered is True
    with pytest.raises(RequestClosed, match="answered already"):
        services.decline_request(request=asked, actor=seller, now=now)


def test_the_seller_declines_from_the_card_and_the_buyer_reads_it(
    conversation: Conversation, seller: User, buyer: User, stranger: User
) -> None:
    asked = ask(conversation, buyer)
    path = reverse("offers:decline_request", args=[asked.public_id])
    assert path in as_(seller).get(conversation.get_absolute_url()).content.decode()
    assert path not in as_(buyer).get(conversation.get_absolute_url()).content.decode()
    assert as_(stranger).post(path).status_code == 404
    assert as_(buyer).post(path).status_code == 403
    assert as_(seller).post(path, {"reason": "x" * 501}).status_code == 302
    assert as_(seller).post(path, {"reason": "Full until May."})["Location"] == conversation.latest_url
    page = as_(buyer).get(conversation.get_absolute_url()).content.decode()
    assert "Full until May." in page
    assert "Declined" in page
    assert as_(seller).post(path).status_code == 409
