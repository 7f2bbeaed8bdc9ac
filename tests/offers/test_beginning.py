"""What an offer begins with: the gig that was asked about, and as many revisions as that gig has (R-OFR-2, R-OFR-3)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig
from gigs.services.publishing import pause_gig
from inbox.models import Conversation
from offers.models import OfferRequest
from offers.terms import DraftTerms
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation, say
from tests.factories.milestones import put_in_force
from tests.factories.offers import make_offer, rows
from tests.offers.test_views import HTMX, as_, compose, form


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


@pytest.fixture
def gigs(seller: User) -> list[Gig]:
    """Three active ones; the packages of the second include three revisions."""
    found = [make_gig(seller) for _ in range(3)]
    found[1].packages.update(revisions=3)
    return found


def ask(asking: Client, gig: Gig, words: str = "Is it quick?") -> None:
    """As the button on the gig's page does."""
    path = reverse("inbox:start", args=[gig.seller.public_id])
    asking.post(path, {"body": words, "about": gig.public_id})


def begun(seller: User, conversation: Conversation, query: str = "") -> tuple[str, list[str]]:
    """Which gig is chosen in a new offer, and how many revisions each row begins with."""
    composer = as_(seller).get(compose(conversation) + query).context["composer"]
    return composer.head["gig"].value(), [milestone.revisions for milestone in composer.draft.typed.milestones]


def test_r_ofr_2_an_offer_is_based_on_the_gig_that_was_asked_about_last(
    conversation: Conversation, gigs: list[Gig], buyer: User, seller: User
) -> None:
    assert begun(seller, conversation) == ("", ["1", "1"])
    for gig in (gigs[0], gigs[1]):
        ask(as_(buyer), gig)
    say(conversation, seller, f"Have a look at {gigs[2].get_absolute_url()}")
    say(conversation, buyer, "And by when?")
    assert begun(seller, conversation) == (gigs[1].public_id, ["3", "3"])
    pause_gig(gig=gigs[1], seller=seller)
    assert begun(seller, conversation)[0] == gigs[0].public_id


def test_r_ofr_2_a_request_counts_for_more_than_a_later_question(
    conversation: Conversation, gigs: list[Gig], buyer: User, seller: User
) -> None:
    brief = f"About “{gigs[2].title}”: twenty seconds of walnut."
    as_(buyer).post(reverse("offers:ask", args=[conversation.public_id]), {"brief": brief})
    ask(as_(buyer), gigs[0])
    assert begun(seller, conversation)[0] == gigs[2].public_id
    asked = OfferRequest.objects.get()
    assert begun(seller, conversation, f"?request={asked.public_id}")[0] == gigs[2].public_id


def test_r_ofr_2_where_no_gig_was_named_the_latest_offer_says_which(
    conversation: Conversation, gigs: list[Gig], buyer: User, seller: User
) -> None:
    make_offer(seller, buyer, gig=gigs[2], conversation=conversation)
    say(conversation, buyer, "And another one?")
    assert begun(seller, conversation)[0] == gigs[2].public_id
    ask(as_(buyer), gigs[0])
    assert begun(seller, conversation)[0] == gigs[0].public_id


def test_r_ofr_2_the_only_active_gig_is_chosen(conversation: Conversation, seller: User) -> None:
    gig = make_gig(seller)
    assert begun(seller, conversation) == (gig.public_id, ["2", "2"])


def test_r_ofr_2_the_check_list_says_that_a_gig_is_missing(
    conversation: Conversation, gigs: list[Gig], buyer: User, seller: User
) -> None:
    """All ticks and then a refusal would be a riddle. A counter-offer has the gig of the offer that it answers."""
    words = "Based on one of your active gigs"
    for chosen, state in (("", "not yet"), (gigs[0].public_id, "yes")):
        page = as_(seller).post(compose(conversation), form(gigs[0], "preview") | {"gig": chosen}, headers=HTMX)
        assert f'{words}<span class="vh">: {state}</span>' in page.content.decode()
    offer = make_offer(seller, buyer, gig=gigs[0], conversation=conversation)
    countering = as_(buyer).post(reverse("offers:counter", args=[offer.public_id]), follow=True)
    assert countering.context["is_counter"]
    assert words not in countering.content.decode()


def test_r_ofr_3_a_new_row_and_a_template_keep_the_revisions_of_the_gig(
    conversation: Conversation, gigs: list[Gig], seller: User
) -> None:
    typed = DraftTerms(milestones=rows("1", "2"))
    assert typed.added().milestones[2].revisions == typed.milestones[1].revisions == "2"
    page = as_(seller).get(compose(conversation))
    template = next(group for group in page.context["starts"] if group.label == "Templates of Milepost").choices[0][0]
    data = form(gigs[1], "start", start=template)
    filled = as_(seller).post(compose(conversation), data).context["composer"].draft.typed.milestones
    assert {milestone.revisions for milestone in filled} == {"3"}


@pytest.mark.parametrize("policy", ["standard", "classic"])
def test_r_ofr_3_that_empty_revisions_are_none_is_said(
    conversation: Conversation, gigs: list[Gig], seller: User, policy: str
) -> None:
    """Of each milestone, or of the whole order, as the policy counts them; both begin with what the gig includes."""
    put_in_force(policy)
    page = as_(seller).get(compose(conversation))
    composer = page.context["composer"]
    assert composer.by_order is (policy == "classic")
    assert "Empty: none." in page.content.decode()
    assert (composer.head if composer.by_order else composer.rows[0])["revisions"].value() == "1"
