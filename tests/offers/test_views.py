"""The composer and the offer's page, with and without JavaScript."""

from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from gigs.models import Gig
from inbox.models import Conversation
from marketplace.kernel import clock
from offers import services
from offers.enums import OfferState
from offers.models import Offer, OfferRequest
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation, say, text_file
from tests.factories.offers import begin_counter, counter, make_offer, make_offer_draft, revise

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(buyer: User, seller: User) -> Conversation:
    return make_conversation(buyer, seller)


@pytest.fixture
def gig(seller: User) -> Gig:
    return make_gig(seller)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form(gig: Gig, action: str = "send", *amounts: str, **changes: str) -> dict[str, str]:
    data = {
        "action": action,
        "gig": gig.public_id,
        "order_type": "milestones",
        "title": "A launch film",
        "description": "Twenty seconds of walnut.",
    }
    for index, amount in enumerate(amounts or ("120.00", "240.00")):
        prefix = f"milestones-{index}"
        data |= {f"{prefix}-name": f"Step {index + 1}", f"{prefix}-amount": amount, f"{prefix}-days": "4"}
        data |= {f"{prefix}-description": "", f"{prefix}-criteria": "Sharp\nQuiet", f"{prefix}-revisions": "2"}
    return data | changes


def compose(conversation: Conversation) -> str:
    return reverse("offers:compose", args=[conversation.public_id])


def test_r_ofr_2_the_seller_sends_an_offer_into_the_conversation(
    conversation: Conversation, gig: Gig, seller: User, buyer: User
) -> None:
    response = as_(seller).post(compose(conversation), form(gig))
    assert response["Location"] == conversation.latest_url
    offer = Offer.objects.get()
    assert (offer.state, offer.buyer, offer.gig) == (OfferState.SENT, buyer, gig)
    page = as_(buyer).get(conversation.get_absolute_url()).content.decode()
    assert "A launch film" in page
    assert "$378.00" in page
    assert "$126.00" in page
    assert "Read and decide" in page


def test_a_draft_is_saved_with_whatever_was_typed(conversation: Conversation, gig: Gig, seller: User) -> None:
    data = form(gig, "save", "12,x", title="")
    response = as_(seller).post(compose(conversation), data)
    draft = Offer.objects.get()
    assert response["Location"] == reverse("offers:edit", args=[draft.public_id])
    page = as_(seller).get(response["Location"]).content.decode()
    assert 'value="12,x"' in page
    assert "Sharp\nQuiet" in page


def test_a_refused_offer_keeps_what_was_typed_and_says_what_is_missing(
    conversation: Conversation, gig: Gig, seller: User
) -> None:
    response = as_(seller).post(compose(conversation), form(gig, "send", "50.00", "50.00", title=""))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Give the offer a title" in page
    assert "must total more than $100.00" in page
    assert "Twenty seconds of walnut." in page
    draft = Offer.objects.get()
    assert draft.state == OfferState.DRAFT
    assert f'action="{reverse("offers:edit", args=[draft.public_id])}"' in page


def test_the_refused_draft_is_sent_once_it_is_mended(conversation: Conversation, gig: Gig, seller: User) -> None:
    as_(seller).post(compose(conversation), form(gig, "send", "50.00", "50.00"))
    edit = reverse("offers:edit", args=[Offer.objects.get().public_id])
    assert as_(seller).post(edit, form(gig, "send", "50.00", "50.01")).status_code == 302
    assert Offer.objects.get().state == OfferState.SENT


@pytest.mark.parametrize(
    ("action", "amounts"),
    [
        ("add", ["1.00", "2.00", "3.00", ""]),
        ("remove-1", ["1.00", "3.00"]),
        ("up-2", ["1.00", "3.00", "2.00"]),
        ("down-0", ["2.00", "1.00", "3.00"]),
        ("update", ["1.00", "2.00", "3.00"]),
        ("up-99999999", ["1.00", "2.00", "3.00"]),
        ("nonsense", ["1.00", "2.00", "3.00"]),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_rows_change_by_submit_buttons_and_nothing_is_stored(
    action: str, amounts: list[str], headers: dict[str, str], conversation: Conversation, gig: Gig, seller: User
) -> None:
    response = as_(seller).post(compose(conversation), form(gig, action, "1.00", "2.00", "3.00"), headers=headers)
    assert response.status_code == 200
    assert [row.draft_amount for row in shown(response)] == amounts
    assert ("<html" in response.content.decode()) == (not headers)
    assert not Offer.objects.exists()


class ShownRow:
    def __init__(self, amount: object) -> None:
        self.draft_amount = amount


def shown(response: object) -> list[ShownRow]:
    composer = response.context["composer"]  # type: ignore[attr-defined]
    return [ShownRow(milestone.amount) for milestone in composer.draft.typed.milestones]


def test_the_totals_come_as_typed(conversation: Conversation, gig: Gig, seller: User) -> None:
    data = form(gig, "preview", "240.00", "340.00", "320.00", "280.00")
    page = as_(seller).post(compose(conversation), data, headers=HTMX).content.decode()
    for amount in ("$1,180.00", "$59.00", "$1,239.00", "$252.00", "$1,062.00", "$118.00"):
        assert amount in page
    assert '<span id="send-sum" hx-swap-oob="true">$1,180.00</span>' in page
    assert not Offer.objects.exists()


def test_a_gig_of_another_counts_as_none(conversation: Conversation, seller: User) -> None:
    response = as_(seller).post(compose(conversation), form(make_gig()))
    assert response.status_code == 422
    assert "Choose which of your active gigs" in response.content.decode()
    assert Offer.objects.get().gig is None


def test_a_buyer_can_not_open_the_composer(conversation: Conversation, buyer: User) -> None:
    assert as_(buyer).get(compose(conversation)).status_code == 403


def test_strangers_get_404_everywhere(conversation: Conversation, seller: User, buyer: User, stranger: User) -> None:
    offer, draft = make_offer(seller, buyer), make_offer_draft(seller, buyer)
    outside = as_(stranger)
    for name in ("compose", "ask"):
        assert outside.get(reverse(f"offers:{name}", args=[conversation.public_id])).status_code == 404
    assert outside.get(offer.get_absolute_url()).status_code == 404
    assert outside.get(reverse("offers:edit", args=[draft.public_id])).status_code == 404
    for name, of in (("discard", draft), ("revise", offer), ("decline", offer), ("withdraw", offer)):
        assert outside.post(reverse(f"offers:{name}", args=[of.public_id])).status_code == 404
    assert set(Offer.objects.values_list("state", flat=True)) == {"sent", "draft"}


def test_a_draft_is_never_visible_to_the_buyer(conversation: Conversation, seller: User, buyer: User) -> None:
    draft = make_offer_draft(seller, buyer, conversation=conversation)
    reader = as_(buyer)
    for name in ("offer", "edit"):
        assert reader.get(reverse(f"offers:{name}", args=[draft.public_id])).status_code == 404
    for name in ("discard", "revise", "decline", "withdraw"):
        assert reader.post(reverse(f"offers:{name}", args=[draft.public_id])).status_code == 404
    say(conversation, seller)
    page = reader.get(conversation.get_absolute_url()).content.decode()
    assert draft.title not in page
    assert draft.title in as_(seller).get(conversation.get_absolute_url()).content.decode()


def test_r_pay_6_the_buyer_sees_every_sum_before_accepting(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    page = as_(buyer).get(offer.get_absolute_url()).content.decode()
    assert "Accept and pay $126.00" in page
    for words in ("Service fee, 5", "$6.00", "$252.00", "$84.00", "$462.00", "when you accept “Model &amp; materials”"):
        assert words in page
    assert offer.plan
    assert f'name="digest" value="{offer.plan.digest}"' in page
    assert reverse("orders:place_offer", args=[offer.public_id]) in page


def test_the_seller_sees_what_they_earn_and_no_accept(seller: User, buyer: User) -> None:
    page = as_(seller).get(make_offer(seller, buyer).get_absolute_url()).content.decode()
    assert "$396.00" in page
    assert "Take this offer back" in page
    assert "Accept and pay" not in page


def test_declining_leads_back_with_the_reason_kept(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    path = reverse("offers:decline", args=[offer.public_id])
    assert as_(buyer).post(path, {"reason": "x" * 501}).status_code == 422
    assert as_(buyer).post(path, {"reason": "Too dear"}).status_code == 302
    assert "Too dear" in as_(seller).get(offer.get_absolute_url()).content.decode()
    assert as_(buyer).post(path).status_code == 409


def test_withdrawing_and_revising_by_buttons(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    assert as_(buyer).post(reverse("offers:withdraw", args=[offer.public_id])).status_code == 403
    assert as_(seller).post(reverse("offers:withdraw", args=[offer.public_id])).status_code == 302
    response = as_(seller).post(reverse("offers:revise", args=[offer.public_id]))
    draft = Offer.objects.get(replaces=offer)
    assert response["Location"] == reverse("offers:edit", args=[draft.public_id]) + "#composer"
    page = as_(seller).get(reverse("offers:edit", args=[draft.public_id])).content.decode()
    assert "New version of your offer" in page
    assert as_(seller).post(reverse("offers:discard", args=[draft.public_id])).status_code == 302
    assert list(Offer.objects.all()) == [offer]


def test_each_ended_state_says_so_to_both_and_offers_no_accept(seller: User, buyer: User, now: datetime) -> None:
    sent = clock.now() - timedelta(days=15)
    expired, replaced = make_offer(seller, buyer, now=sent), make_offer(seller, buyer)
    newer = revise(replaced)
    declined, withdrawn = make_offer(seller, buyer), make_offer(seller, buyer)
    services.decline_offer(offer=declined, actor=buyer)
    services.withdraw_offer(offer=withdrawn, actor=seller)
    expected = {
        expired: "This offer has run out",
        replaced: "Replaced by a newer version",
        declined: "Declined",
        withdrawn: "Taken back",
    }
    for offer, words in expected.items():
        for viewer in (seller, buyer):
            page = as_(viewer).get(offer.get_absolute_url()).content.decode()
            assert words in page
            assert "Accept and pay" not in page
    assert newer.get_absolute_url() in as_(buyer).get(replaced.get_absolute_url()).content.decode()


def test_the_buyer_asks_and_the_seller_answers_from_the_card(
    conversation: Conversation, seller: User, buyer: User, gig: Gig
) -> None:
    path = reverse("offers:ask", args=[conversation.public_id])
    assert as_(buyer).post(path, {"brief": "", "budget": "lots"}).status_code == 422
    data = {"brief": "A film", "budget": "1,200", "needed_by": "", "attachments": text_file("grinder.step")}
    assert as_(buyer).post(path, data)["Location"] == conversation.latest_url
    asked = OfferRequest.objects.get()
    assert asked.budget == 120000
    page = as_(seller).get(conversation.get_absolute_url()).content.decode()
    answer = f"{compose(conversation)}?request={asked.public_id}"
    assert f"{answer}#composer" in page
    assert "grinder.step" in page
    yours = 'class="card request stack g3" data-tone="turn"'
    assert yours in page
    as_(seller).post(answer, form(gig))
    assert Offer.objects.get().request == asked
    assert yours not in as_(seller).get(conversation.get_absolute_url()).content.decode()
    assert "Answered" in as_(buyer).get(conversation.get_absolute_url()).content.decode()


def test_r_ofr_2_a_buyer_asks_from_the_gigs_or_the_sellers_page_and_so_begins_the_conversation(
    seller: User, buyer: User, gig: Gig
) -> None:
    writer, path = as_(buyer), reverse("offers:ask_seller", args=[seller.public_id])
    assert f'href="{path}?gig={gig.public_id}"' in writer.get(gig.get_absolute_url()).text
    assert f'href="{path}"' in writer.get(reverse("seller", args=[seller.public_id])).text
    assert f"About “{gig.title}”: </textarea>" in writer.get(path, {"gig": gig.public_id}).text
    assert writer.post(path, {"brief": " "}).status_code == 422
    assert not Conversation.objects.exists()

    sent = writer.post(path, {"brief": "A film of my grinder."})
    asked = OfferRequest.objects.get()
    assert (asked.buyer, asked.seller, asked.brief) == (buyer, seller, "A film of my grinder.")
    assert sent["Location"] == asked.conversation.latest_url
    onward = reverse("offers:ask", args=[asked.conversation.public_id])
    assert writer.get(path, {"gig": gig.public_id})["Location"] == f"{onward}?gig={gig.public_id}#composer"


@pytest.mark.parametrize(("asks", "asked"), [("seller", "seller"), ("seller", "buyer")])
def test_r_ofr_2_nobody_asks_themselves_or_who_does_not_sell(seller: User, buyer: User, asks: str, asked: str) -> None:
    people = {"seller": seller, "buyer": buyer}
    path = reverse("offers:ask_seller", args=[people[asked].public_id])
    assert as_(people[asks]).post(path, {"brief": "Mine"}).status_code == 409
    assert not Conversation.objects.exists()


def test_nobody_asks_who_does_not_sell(conversation: Conversation, seller: User) -> None:
    assert as_(seller).get(reverse("offers:ask", args=[conversation.public_id])).status_code == 409


def test_a_conversation_takes_the_same_queries_at_one_and_at_three_offers(
    conversation: Conversation, seller: User, buyer: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(40) as captured:
            reader.get(conversation.get_absolute_url())
        return len(captured)

    reader = as_(buyer)
    make_offer(seller, buyer, conversation=conversation)
    queries()
    one = queries()
    for _ in range(2):
        make_offer(seller, buyer, conversation=conversation)
    queries()
    assert queries() == one


def test_r_ofr_5_a_buyer_proposes_other_terms_and_the_seller_sends_them_back(
    conversation: Conversation, seller: User, buyer: User
) -> None:
    offer = make_offer(seller, buyer, conversation=conversation)
    assert offer.gig
    response = as_(buyer).post(reverse("offers:counter", args=[offer.public_id]))
    begun = Offer.objects.get(replaces=offer)
    edit = reverse("offers:edit", args=[begun.public_id])
    assert response["Location"] == f"{edit}#composer"
    page = as_(buyer).get(edit).content.decode()
    assert f"<title>Other terms for “{offer.title}”" in page
    assert "Propose other terms" in page
    assert "You would pay in all" in page
    assert "You earn" not in page
    assert 'name="order_type"' not in page
    assert as_(seller).get(edit).status_code == 404
    data = form(offer.gig, "send", "100.00", "200.00", note="Two are enough.", order_type="single")
    assert as_(buyer).post(edit, data)["Location"] == conversation.latest_url
    proposed = Offer.objects.get(version=2)
    assert (proposed.state, proposed.order_type, proposed.note) == (OfferState.SENT, "milestones", "Two are enough.")
    page = as_(seller).get(conversation.get_absolute_url()).content.decode()
    assert "Version 2, by Bruno" in page
    assert "Two are enough." in page
    page = as_(seller).get(proposed.get_absolute_url()).content.decode()
    assert "Send it on these terms: $300.00" in page
    assert "Accept and pay" not in page
    assert as_(seller).post(reverse("offers:agree", args=[proposed.public_id])).status_code == 302
    agreed = Offer.objects.get(version=3)
    assert "Accept and pay $105.00" in as_(buyer).get(agreed.get_absolute_url()).content.decode()


def test_a_counter_offer_that_changes_nothing_is_refused_beside_its_milestones(seller: User, buyer: User) -> None:
    begun = begin_counter(make_offer(seller, buyer))
    assert begun.gig
    edit = reverse("offers:edit", args=[begun.public_id])
    names = {f"milestones-{index}-{key}": value for index, row in enumerate(begun.typed.milestones)
             for key, value in asdict(row).items()}  # fmt: skip
    data = {"action": "send", "title": begun.title, "description": begun.description, **names}
    response = as_(buyer).post(edit, data)
    assert response.status_code == 422
    assert "You have changed nothing yet" in response.content.decode()


def test_what_stops_agreeing_leads_back_to_the_offer_and_says_so(seller: User, buyer: User) -> None:
    proposed = counter(make_offer(seller, buyer))
    assert proposed.gig
    proposed.gig.state = "paused"
    proposed.gig.save()
    response = as_(seller).post(reverse("offers:agree", args=[proposed.public_id]), follow=True)
    assert "Choose which of your active gigs" in response.content.decode()
    assert Offer.objects.count() == 2


def test_a_counter_offer_is_declined_taken_back_and_thrown_away_by_buttons(
    seller: User, buyer: User, stranger: User
) -> None:
    declined, withdrawn = counter(make_offer(seller, buyer)), counter(make_offer(seller, buyer))
    begun = begin_counter(make_offer(seller, buyer))
    for name, of in (("counter", declined), ("agree", declined), ("discard", begun)):
        assert as_(stranger).post(reverse(f"offers:{name}", args=[of.public_id])).status_code == 404
    assert as_(seller).post(reverse("offers:counter", args=[declined.public_id])).status_code == 403
    assert as_(buyer).post(reverse("offers:agree", args=[declined.public_id])).status_code == 403
    assert as_(seller).post(reverse("offers:discard", args=[begun.public_id])).status_code == 404
    assert as_(seller).post(reverse("offers:decline", args=[declined.public_id]), {"reason": "No"}).status_code == 302
    assert as_(buyer).post(reverse("offers:withdraw", args=[withdrawn.public_id])).status_code == 302
    assert as_(buyer).post(reverse("offers:discard", args=[begun.public_id])).status_code == 302
    for offer in (declined, withdrawn):
        for viewer in (seller, buyer):
            page = as_(viewer).get(offer.get_absolute_url()).content.decode()
            assert "Send it on these terms" not in page
            assert "Version 2, by" in page
