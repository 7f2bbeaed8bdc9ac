"""R-OFR-2, R-OFR-3 and R-POL-3 at their boundaries, under both policies."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from inbox.models import Message
from marketplace.kernel.errors import ManyInvalid, Unknown
from milestones.enums import OrderType
from milestones.models import MilestonePolicy
from notifications.models import Notification
from offers import services
from offers.enums import OfferState
from offers.errors import NotYourStep, OfferNotOpen
from offers.models import Offer
from offers.services.drafting import Draft
from offers.terms import TypedMilestone
from tests.factories.gigs import make_gig
from tests.factories.inbox import make_conversation
from tests.factories.milestones import put_in_force
from tests.factories.offers import accept, draft_of, make_offer, make_offer_draft, revise, row, rows


def refused(seller: User, buyer: User, draft: Draft) -> dict[str, list[str]]:
    """The codes that sending is refused with, by field."""
    offer = make_offer_draft(seller, buyer, draft=draft)
    with pytest.raises(ManyInvalid) as refusal:
        services.send_offer(offer=offer, seller=seller)
    assert Offer.objects.get(pk=offer.pk).state == OfferState.DRAFT
    found: dict[str, list[str]] = {}
    for failure in refusal.value.errors:
        found.setdefault(failure.field, []).append(failure.code)
    return found


def sent(seller: User, buyer: User, draft: Draft) -> Offer:
    return make_offer(seller, buyer, draft=draft)


@pytest.fixture(params=["standard", "classic"])
def policy(request: pytest.FixtureRequest, db: None) -> MilestonePolicy:
    return put_in_force(request.param)


@pytest.mark.usefixtures("policy")
def test_r_pol_3_a_total_of_100_00_is_refused_and_100_01_is_not(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    assert refused(seller, buyer, draft_of(gig, *rows("50.00", "50.00"))) == {"milestones": ["offer_total_too_low"]}
    assert sent(seller, buyer, draft_of(gig, *rows("50.00", "50.01"))).plan.total.amount == 10001  # type: ignore[union-attr]


@pytest.mark.usefixtures("policy")
def test_r_pol_3_one_milestone_is_too_few_and_two_are_not(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    assert refused(seller, buyer, draft_of(gig, *rows("150.00"))) == {"milestones": ["too_few_milestones"]}
    assert sent(seller, buyer, draft_of(gig, *rows("75.00", "75.00"))).state == OfferState.SENT


@pytest.mark.parametrize(("name", "most"), [("standard", 6), ("classic", 3)])
def test_r_pol_3_the_most_milestones_are_sent_and_one_more_is_not(
    name: str, most: int, seller: User, buyer: User
) -> None:
    put_in_force(name)
    gig = make_gig(seller)
    assert sent(seller, buyer, draft_of(gig, *rows(*["50.00"] * most))).state == OfferState.SENT
    too_many = draft_of(gig, *rows(*["50.00"] * (most + 1)))
    assert refused(seller, buyer, too_many) == {"milestones": ["too_many_milestones"]}


@pytest.mark.usefixtures("policy")
def test_r_pol_3_a_milestone_of_30_days_is_sent_and_of_31_is_not(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    assert sent(seller, buyer, draft_of(gig, *rows("60.00", "60.00", days="30"))).state == OfferState.SENT
    long = draft_of(gig, row("60.00"), row("60.00", days="31"))
    assert refused(seller, buyer, long) == {"milestones-1-days": ["milestone_too_long"]}


@pytest.mark.usefixtures("policy")
def test_r_pol_3_a_milestone_of_5_00_is_sent_and_of_4_99_is_not(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    assert sent(seller, buyer, draft_of(gig, *rows("5.00", "100.00"))).state == OfferState.SENT
    cheap = draft_of(gig, *rows("100.00", "4.99"))
    assert refused(seller, buyer, cheap) == {"milestones-1-amount": ["milestone_too_cheap"]}


def test_total_and_count_are_two_failures(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    assert refused(seller, buyer, draft_of(gig, *rows("100.00"))) == {
        "milestones": ["too_few_milestones", "offer_total_too_low"]
    }


def test_a_single_payment_has_no_least_total_but_a_least_price(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    cheap = draft_of(gig, row("5.00"), order_type=OrderType.SINGLE)
    offer = sent(seller, buyer, cheap)
    assert [milestone.name for milestone in offer.plan.terms.milestones] == ["A launch film"]  # type: ignore[union-attr]
    cheaper = draft_of(gig, row("4.99"), order_type=OrderType.SINGLE)
    assert refused(seller, buyer, cheaper) == {"milestones-0-amount": ["milestone_too_cheap"]}


def test_a_single_payment_takes_the_first_row_and_a_draft_keeps_the_others(seller: User, buyer: User) -> None:
    draft = draft_of(make_gig(seller), *rows("120.00", "60.00"), order_type=OrderType.SINGLE)
    offer = make_offer_draft(seller, buyer, draft=draft)
    assert len(offer.typed.milestones) == 2
    assert services.send_offer(offer=offer, seller=seller).plan.total.amount == 12000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("where", "order_type", "code"),
    [
        ("website-repairs", OrderType.MILESTONES, {"gig": ["subcategory_excluded"]}),
        ("website-repairs", OrderType.SINGLE, {}),
        ("web-applications", OrderType.MILESTONES, {}),
    ],
)
def test_r_pol_4_the_subcategory_says_whether_offers_may_have_milestones(
    where: str, order_type: OrderType, code: dict[str, list[str]], seller: User, buyer: User
) -> None:
    draft = draft_of(make_gig(seller, where=where), order_type=order_type)
    if code:
        assert refused(seller, buyer, draft) == code
    else:
        assert sent(seller, buyer, draft).state == OfferState.SENT


def test_r_pol_4_a_seller_whom_support_switched_off_is_told_why(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    seller.seller.milestones_blocked_reason = "two orders were left half done"
    seller.seller.save()
    offer = make_offer_draft(seller, buyer, gig=gig)
    with pytest.raises(ManyInvalid) as refusal:
        services.send_offer(offer=offer, seller=seller)
    assert "two orders were left half done" in refusal.value.message
    assert sent(seller, buyer, draft_of(gig, row(), order_type=OrderType.SINGLE)).state == OfferState.SENT


def test_r_ofr_3_revisions_stand_with_each_milestone_or_with_the_order(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    draft = draft_of(gig, row("60.00", revisions="3"), row("60.00", revisions=""), revisions="9")
    by_milestone = sent(seller, buyer, draft).plan
    put_in_force("classic")
    by_order = sent(seller, buyer, draft).plan
    assert by_milestone
    assert by_order
    assert ([m.revisions for m in by_milestone.terms.milestones], by_milestone.revisions) == ([3, 0], 0)
    assert ([m.revisions for m in by_order.terms.milestones], by_order.revisions) == ([0, 0], 9)


def test_every_failure_stands_beside_its_field(seller: User, buyer: User) -> None:
    draft = Draft(order_type=OrderType.MILESTONES, typed=draft_of(make_gig(seller)).typed)
    broken = (
        TypedMilestone(name="", days="soon", amount="12,,x", revisions="many"),
        TypedMilestone(name="n" * 81, description="d" * 1201, criteria="c" * 201, days="0", amount="60"),
    )
    offer = make_offer_draft(seller, buyer, draft=draft)
    offer = services.save_draft(
        seller=seller,
        conversation=offer.conversation,
        draft=draft_of(make_gig(seller), *broken, title=""),
        offer=offer,
        now=offer.created_at,
    )
    with pytest.raises(ManyInvalid) as refusal:
        services.send_offer(offer=offer, seller=seller)
    assert {(failure.field, failure.code) for failure in refusal.value.errors} == {
        ("title", "offer_needs_title"),
        ("milestones-0-name", "milestone_without_name"),
        ("milestones-0-days", "not_a_number"),
        ("milestones-0-amount", "not_a_price"),
        ("milestones-0-revisions", "not_a_number"),
        ("milestones-1-name", "too_long"),
        ("milestones-1-description", "too_long"),
        ("milestones-1-criteria", "too_long"),
        ("milestones-1-days", "milestone_without_days"),
        ("milestones", "offer_total_too_low"),
    }


def test_an_offer_is_based_on_an_active_gig(seller: User, buyer: User) -> None:
    gig = make_gig(seller)
    offer = make_offer_draft(seller, buyer, gig=gig)
    gig.state = "paused"
    gig.save()
    with pytest.raises(ManyInvalid) as refusal:
        services.send_offer(offer=offer, seller=seller)
    assert [(failure.field, failure.code) for failure in refusal.value.errors] == [("gig", "offer_needs_gig")]


def test_r_pol_1_sending_pins_the_policy_and_counts_the_days_from_now(seller: User, buyer: User, now: datetime) -> None:
    offer = make_offer(seller, buyer, now=now)
    assert offer.policy
    assert offer.plan
    assert offer.policy.pinned_at == now
    assert offer.plan.policy == offer.policy
    assert (offer.sent_at, offer.expires_at) == (now, now + timedelta(days=14))
    assert offer.draft_terms is None


def test_sending_puts_a_card_into_the_conversation_and_tells_the_buyer_once(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    card = Message.objects.get(kind="offer")
    assert (card.reference, card.author, card.body) == (
        offer.public_id,
        seller,
        "Custom offer: A launch film, $440.00",
    )
    notice = Notification.objects.get(recipient=buyer)
    assert (notice.kind, notice.url) == ("offer_sent", offer.get_absolute_url())
    assert notice.data["total"] == {"amount": 44000, "currency": "USD"}


def test_only_the_seller_sends_and_only_once(seller: User, buyer: User, stranger: User) -> None:
    draft = make_offer_draft(seller, buyer)
    for other in (buyer, stranger):
        with pytest.raises(Unknown):
            services.send_offer(offer=draft, seller=other)
    offer = services.send_offer(offer=draft, seller=seller)
    with pytest.raises(OfferNotOpen):
        services.send_offer(offer=offer, seller=seller)
    with pytest.raises(NotYourStep):
        services.send_offer(offer=offer, seller=buyer)
    assert Offer.objects.get().plan == offer.plan


def test_r_ofr_5_a_revision_is_a_new_version_that_replaces_the_old(seller: User, buyer: User, now: datetime) -> None:
    old = make_offer(seller, buyer, now=now)
    new = revise(old, *rows("60.00", "70.00"), now=now + timedelta(days=1))
    old.refresh_from_db()
    assert (old.state, old.closed_at) == (OfferState.REPLACED, now + timedelta(days=1))
    assert (new.replaces, new.version, new.state) == (old, 2, OfferState.SENT)
    assert new.expires_at == now + timedelta(days=15)
    assert list(Notification.objects.filter(recipient=buyer).order_by("id").values_list("kind", flat=True)) == [
        "offer_sent",
        "offer_revised",
    ]


def test_the_old_version_stays_open_while_the_new_one_is_a_draft(seller: User, buyer: User) -> None:
    old = make_offer(seller, buyer)
    begun = services.revise_offer(offer=old, seller=seller, now=old.created_at)
    assert services.revise_offer(offer=old, seller=seller, now=old.created_at) == begun
    assert begun.typed.milestones[0].amount == "120.00"
    assert accept(old).state == OfferState.ACCEPTED
    with pytest.raises(OfferNotOpen):
        services.send_offer(offer=begun, seller=seller)


def test_revising_an_offer_that_has_run_out_leaves_it_expired(seller: User, buyer: User, now: datetime) -> None:
    old = make_offer(seller, buyer, now=now)
    new = revise(old, now=now + timedelta(days=14))
    old.refresh_from_db()
    assert (old.state, new.state) == (OfferState.EXPIRED, OfferState.SENT)


@pytest.mark.parametrize("end", ["declined", "withdrawn"])
def test_what_was_refused_can_be_revised_and_stays_refused(end: str, seller: User, buyer: User) -> None:
    old = make_offer(seller, buyer)
    if end == "declined":
        services.decline_offer(offer=old, actor=buyer)
    else:
        services.withdraw_offer(offer=old, actor=seller)
    assert revise(old).state == OfferState.SENT
    old.refresh_from_db()
    assert old.state == end


def test_an_accepted_or_replaced_offer_is_not_revised(seller: User, buyer: User) -> None:
    accepted = make_offer(seller, buyer)
    accept(accepted)
    replaced = make_offer(seller, buyer)
    revise(replaced)
    for offer in (accepted, replaced):
        with pytest.raises(OfferNotOpen):
            services.revise_offer(offer=offer, seller=seller, now=offer.created_at)


def test_a_draft_is_its_sellers_alone(seller: User, buyer: User, stranger: User) -> None:
    draft = make_offer_draft(seller, buyer)
    for other in (buyer, stranger):
        with pytest.raises(Unknown):
            services.discard_draft(offer=draft, author=other)
        with pytest.raises(Unknown):
            services.save_draft(
                seller=other,
                conversation=draft.conversation,
                draft=draft_of(make_gig(seller)),
                offer=draft,
                now=draft.created_at,
            )
    services.discard_draft(offer=draft, author=seller)
    assert not Offer.objects.exists()


def test_a_sent_offer_is_neither_saved_nor_thrown_away(seller: User, buyer: User) -> None:
    offer = make_offer(seller, buyer)
    with pytest.raises(OfferNotOpen):
        services.discard_draft(offer=offer, author=seller)
    with pytest.raises(OfferNotOpen):
        services.save_draft(
            seller=seller,
            conversation=offer.conversation,
            draft=draft_of(make_gig(seller)),
            offer=offer,
            now=offer.created_at,
        )


def test_only_sellers_make_offers_and_only_of_their_own_gigs(seller: User, buyer: User, stranger: User) -> None:
    conversation = make_conversation(seller, buyer)
    gig = make_gig(seller)
    with pytest.raises(Exception, match="Only sellers make offers"):
        services.save_draft(seller=buyer, conversation=conversation, draft=draft_of(gig), now=conversation.started_at)
    with pytest.raises(Unknown):
        services.save_draft(
            seller=stranger, conversation=conversation, draft=draft_of(gig), now=conversation.started_at
        )
    with pytest.raises(Unknown):
        make_offer_draft(seller, buyer, gig=make_gig(), conversation=conversation)
