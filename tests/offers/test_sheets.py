"""Prices, limits, dates and steps as each side reads them (R-POL-3, R-PAY-6, R-OFR-3)."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from marketplace.kernel.errors import Unknown
from marketplace.kernel.money import Money
from milestones.enums import OrderType
from milestones.models import MilestonePolicy
from offers import services
from offers.enums import OfferState
from offers.limits import limits_of
from offers.models import Offer
from offers.previews import preview_draft
from offers.pricing import price_terms
from offers.selectors import offers_of
from offers.sheets import make_sheet
from tests.factories.gigs import make_gig
from tests.factories.milestones import make_terms, shipped_policy
from tests.factories.offers import accept, counter, draft_of, make_offer, make_offer_draft, revise, row, rows


def usd(amount: int) -> Money:
    return Money(amount, "USD")


@pytest.fixture
def policy(db: None) -> MilestonePolicy:
    return shipped_policy()


def test_r_pol_3_fees_are_rounded_with_each_charge(policy: MilestonePolicy) -> None:
    prices = price_terms(terms=make_terms(1010, 1010, 10050), policy=policy)
    assert [payment.fee.amount for payment in prices.payments] == [51, 51, 503]
    assert [payment.commission.amount for payment in prices.payments] == [101, 101, 1005]
    assert (prices.total, prices.fee, prices.to_pay) == (usd(12070), usd(605), usd(12675))
    assert (prices.commission, prices.earnings) == (usd(1207), usd(10863))
    assert prices.first
    assert prices.first.to_pay == usd(1061)
    assert [payment.after for payment in prices.payments] == ["", "Step 1", "Step 2"]


def test_dates_count_on_from_stage_to_stage(seller: User, buyer: User, now: datetime) -> None:
    sheet = make_sheet(offer=make_offer(seller, buyer, now=now), viewer=buyer, now=now)
    assert [stage.due for stage in sheet.stages] == [now + timedelta(days=days) for days in (4, 8, 12)]
    assert sheet.finished == now + timedelta(days=12)
    assert sheet.dated_posts[0]["meta"] == "by Fri 6 Mar · $120.00"


def steps(offer: Offer, viewer: User, now: datetime) -> set[str]:
    found = offers_of(viewer).get(pk=offer.pk)
    return set(make_sheet(offer=found, viewer=viewer, now=now).steps)


def test_the_buttons_are_those_of_the_table(seller: User, buyer: User, now: datetime) -> None:
    offer = make_offer(seller, buyer, now=now)
    assert steps(offer, buyer, now) == {"accept", "counter", "decline"}
    assert steps(offer, seller, now) == {"withdraw", "revise"}
    late = now + timedelta(days=14)
    assert steps(offer, buyer, late) == set()
    assert steps(offer, seller, late) == {"revise"}
    accept(offer, now=now)
    assert steps(offer, buyer, now) == steps(offer, seller, now) == set()


def test_the_buttons_of_a_counter_offer_are_those_of_the_table(seller: User, buyer: User, now: datetime) -> None:
    proposed = counter(make_offer(seller, buyer, now=now), now=now)
    assert steps(proposed, seller, now) == {"agree", "decline", "revise"}
    assert steps(proposed, buyer, now) == {"counter", "withdraw"}
    late = now + timedelta(days=14)
    assert steps(proposed, seller, late) == {"revise"}
    assert steps(proposed, buyer, late) == set()


def test_a_revision_begun_can_be_gone_on_with_and_a_sent_one_not_again(
    seller: User, buyer: User, now: datetime
) -> None:
    offer = make_offer(seller, buyer, now=now)
    services.revise_offer(offer=offer, seller=seller, now=now)
    assert "revise" in steps(offer, seller, now)
    newer = revise(offer, now=now)
    assert steps(offer, seller, now) == set()
    found = offers_of(buyer).get(pk=offer.pk)
    assert make_sheet(offer=found, viewer=buyer, now=now).newer == newer


def test_the_buyer_learns_nothing_of_a_revision_that_is_a_draft(seller: User, buyer: User, now: datetime) -> None:
    offer = make_offer(seller, buyer, now=now)
    services.revise_offer(offer=offer, seller=seller, now=now)
    found = offers_of(buyer).get(pk=offer.pk)
    assert make_sheet(offer=found, viewer=buyer, now=now).newer is None


def test_an_offer_past_its_time_reads_as_expired_before_the_sweep(seller: User, buyer: User, now: datetime) -> None:
    offer = make_offer(seller, buyer, now=now)
    sheet = make_sheet(offer=offer, viewer=buyer, now=now + timedelta(days=14))
    assert (offer.state, sheet.state) == (OfferState.SENT, OfferState.EXPIRED)


def test_a_draft_and_a_stranger_have_no_sheet(seller: User, buyer: User, stranger: User, now: datetime) -> None:
    with pytest.raises(ValueError, match="no sheet"):
        make_sheet(offer=make_offer_draft(seller, buyer), viewer=seller, now=now)
    with pytest.raises(Unknown):
        make_sheet(offer=make_offer(seller, buyer), viewer=stranger, now=now)


def met(policy: MilestonePolicy, *amounts: int, days: int = 5) -> list[bool]:
    return [limit.is_met for limit in limits_of(terms=make_terms(*amounts, days=days), policy=policy)]


def test_limits_are_said_before_they_are_hit(policy: MilestonePolicy) -> None:
    words = [limit.words for limit in limits_of(terms=make_terms(), policy=policy)]
    assert words == [
        "2 to 6 milestones",
        "More than $100.00 in all",
        "Each costs at least $5.00",
        "Each takes 1 to 30 days",
    ]
    assert met(policy) == [False, False, False, False]
    assert met(policy, 5000, 5000) == [True, False, True, True]
    assert met(policy, 5000, 5001, days=30) == [True, True, True, True]
    assert met(policy, 499, 9502, days=31) == [True, True, False, False]
    assert met(policy, *[5000] * 7) == [False, True, True, True]


def test_a_preview_reads_what_it_can(seller: User, policy: MilestonePolicy, now: datetime) -> None:
    draft = draft_of(make_gig(seller), row("120"), row("soon", name="", days="x"))
    preview = preview_draft(draft=draft, seller=seller, policy=policy, now=now)
    assert preview.prices.total == usd(12000)
    assert [post["name"] for post in preview.posts] == ["Look & storyboard", "Milestone 2"]
    assert preview.expires == now + timedelta(days=14)
    assert preview.obstacles == []


def test_r_pol_4_a_preview_says_why_milestones_may_not_be_used(
    seller: User, policy: MilestonePolicy, now: datetime
) -> None:
    gig = make_gig(seller, where="website-repairs")
    preview = preview_draft(draft=draft_of(gig, *rows("60", "60")), seller=seller, policy=policy, now=now)
    assert len(preview.obstacles) == 1
    assert "subcategory" in preview.obstacles[0]
    once = draft_of(gig, row("60"), order_type=OrderType.SINGLE)
    assert preview_draft(draft=once, seller=seller, policy=policy, now=now).obstacles == []
