"""Who blocks somebody hears nothing more from them, either way; an order under way keeps its two talking (R-OFR-1)."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from inbox.errors import CannotBlockYourself, ConversationClosed, YouBlockThem
from inbox.models import Block, Conversation, Message
from inbox.selectors import standing_of
from inbox.services import block_person, post_card, unblock_person
from marketplace.kernel import clock
from offers.models import Offer, OfferRequest
from offers.services import ask_for_offer, send_offer
from tests.factories.inbox import make_conversation, say
from tests.factories.offers import make_offer_draft
from tests.factories.order_states import STATES
from tests.payments.simulator_fixtures import StripeDouble

CLOSED = "Nothing more can be sent in this conversation."


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("seller_blocks", [True, False])
def test_r_ofr_1_a_block_stops_messages_either_way(
    conversation: Conversation, buyer: User, seller: User, now: datetime, seller_blocks: bool
) -> None:
    blocker, blocked = (seller, buyer) if seller_blocks else (buyer, seller)
    block_person(blocker=blocker, blocked=blocked, now=now)
    with pytest.raises(YouBlockThem) as mine:
        say(conversation, blocker, now=now)
    assert f"You have blocked {blocked.first_name}" in mine.value.message
    with pytest.raises(ConversationClosed) as theirs:
        say(conversation, blocked, now=now)
    assert theirs.value.message == CLOSED
    assert not Message.objects.exists()


def test_r_ofr_1_a_block_stops_offers_and_requests_and_changes_nothing(
    conversation: Conversation, buyer: User, seller: User, now: datetime
) -> None:
    draft = make_offer_draft(seller, buyer, conversation=conversation)
    block_person(blocker=buyer, blocked=seller, now=now)
    with pytest.raises(ConversationClosed):
        send_offer(offer=draft, seller=seller, now=now)
    assert Offer.objects.get().state == "draft"
    unblock_person(blocker=buyer, blocked=seller)
    block_person(blocker=seller, blocked=buyer, now=now)
    with pytest.raises(ConversationClosed):
        ask_for_offer(
            conversation=conversation, buyer=buyer, brief="A logo", budget=None, needed_by=None, currency="USD", now=now
        )
    assert not OfferRequest.objects.exists()
    assert not Message.objects.exists()


def test_r_ofr_1_others_are_not_concerned(
    conversation: Conversation, buyer: User, seller: User, stranger: User, now: datetime
) -> None:
    block_person(blocker=seller, blocked=stranger, now=now)
    say(conversation, buyer, now=now)
    say(conversation, seller, now=now)
    say(make_conversation(buyer, stranger), stranger, now=now)
    assert Message.objects.count() == 3


def test_blocking_twice_is_once_and_only_ones_own_is_taken_back(
    conversation: Conversation, buyer: User, seller: User, now: datetime
) -> None:
    for _ in range(2):
        block_person(blocker=seller, blocked=buyer, now=now)
    block_person(blocker=buyer, blocked=seller, now=now)
    assert Block.objects.count() == 2
    unblock_person(blocker=seller, blocked=buyer)
    assert Block.objects.get().blocker == buyer
    with pytest.raises(ConversationClosed):
        say(conversation, seller, now=now)
    unblock_person(blocker=buyer, blocked=seller)
    assert say(conversation, seller, now=now).pk
    with pytest.raises(CannotBlockYourself):
        block_person(blocker=buyer, blocked=buyer, now=now)


@pytest.mark.parametrize(
    ("state", "tied"),
    [
        ("unpaid", False),
        ("questions", True),
        ("delivered", True),
        ("payment_failed", True),
        ("stopped", False),
        ("cancelled", False),
        ("abandoned", False),
    ],
)
def test_an_order_under_way_keeps_plain_messages_open_and_nothing_else(
    stripe: StripeDouble, buyer: User, seller: User, state: str, tied: bool
) -> None:
    STATES[state](stripe, buyer, seller)
    conversation, now = make_conversation(buyer, seller), clock.now()
    block_person(blocker=seller, blocked=buyer, now=now)
    standing = standing_of(conversation=conversation, viewer=buyer)
    assert (standing.may_write, standing.may_deal) == (tied, False)
    for author in (buyer, seller):
        if tied:
            assert say(conversation, author).pk
        else:
            with pytest.raises((ConversationClosed, YouBlockThem)):
                say(conversation, author)
    with pytest.raises(YouBlockThem):
        post_card(conversation=conversation, author=seller, kind="offer", reference="off_1", summary="x", now=now)
    page = as_(seller).get(conversation.get_absolute_url()).text
    assert ("As long as your order is under way" in page) == tied


def test_r_ofr_1_a_block_is_set_in_the_conversation_and_lifted_there_or_in_the_settings(
    conversation: Conversation, buyer: User, seller: User
) -> None:
    say(conversation, buyer)
    client, page = as_(seller), conversation.get_absolute_url()
    assert f"Block {buyer.display_name}?" in client.get(reverse("inbox:block", args=[conversation.public_id])).text
    client.post(reverse("inbox:block", args=[conversation.public_id]))
    text = client.get(page).text
    assert "You have blocked Bruno" in text
    assert 'id="id_body"' not in text
    assert "Make an offer" not in text
    lift = reverse("inbox:unblock", args=[buyer.public_id])
    assert client.post(lift, {"back": "1"})["Location"] == page
    assert "You have blocked" not in client.get(page).text.partition('id="main"')[2].partition('class="conv"')[2]
    block_person(blocker=seller, blocked=buyer, now=conversation.started_at)
    assert buyer.display_name in client.get(reverse("inbox:blocked")).text
    assert client.post(lift)["Location"] == reverse("inbox:blocked")
    assert not Block.objects.exists()


def test_r_ofr_1_who_is_blocked_reads_only_that_it_is_closed_and_keeps_the_words(
    conversation: Conversation, buyer: User, seller: User, now: datetime
) -> None:
    say(conversation, seller)
    block_person(blocker=seller, blocked=buyer, now=now)
    client, page = as_(buyer), conversation.get_absolute_url()
    text = client.get(page).text
    assert CLOSED in text
    assert "blocked" not in text.partition('class="conv"')[2]
    refused = client.post(page, {"body": "Please, one word"})
    assert refused.status_code == 422
    assert "Please, one word" in refused.text
    assert "Ask for an offer" not in text


def test_r_ofr_1_a_first_message_across_a_block_is_refused_and_kept(buyer: User, seller: User, now: datetime) -> None:
    block_person(blocker=seller, blocked=buyer, now=now)
    refused = as_(buyer).post(reverse("inbox:start", args=[seller.public_id]), {"body": "Hello again"})
    assert refused.status_code == 422
    assert CLOSED in refused.text
    assert "Hello again" in refused.text
    assert not Message.objects.exists()


def test_r_ofr_1_a_stranger_can_neither_block_by_a_conversation_nor_lift_what_is_not_theirs(
    conversation: Conversation, buyer: User, seller: User, stranger: User, now: datetime
) -> None:
    block_person(blocker=seller, blocked=buyer, now=now)
    outside = as_(stranger)
    assert outside.post(reverse("inbox:block", args=[conversation.public_id])).status_code == 404
    assert outside.post(reverse("inbox:unblock", args=[buyer.public_id])).status_code == 404
    assert as_(buyer).post(reverse("inbox:unblock", args=[seller.public_id])).status_code == 404
    assert Block.objects.count() == 1
