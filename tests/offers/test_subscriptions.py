"""Subscriptions as an offer (R-OFR-4): typed, sent, compared, and every date and sum told before the buyer pays."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import ManyInvalid
from milestones.enums import OrderType
from milestones.models import MilestonePolicy
from notifications.models import Notification
from notifications.rendering import render_words
from offers import services
from offers.enums import Side
from offers.models import Offer
from offers.presenters import compare
from offers.previews import preview_draft
from offers.services.drafting import Draft
from offers.sheets import make_sheet
from offers.terms import DraftTerms
from tests.factories.gigs import make_gig
from tests.factories.milestones import put_in_force
from tests.factories.offers import draft_of, make_offer, make_offer_draft, row

pytestmark = pytest.mark.django_db


def monthly(seller: User, *, months: str = "6", amount: str = "120.00", days: str = "20") -> Draft:
    typed = row(amount, name="", days=days)
    draft = draft_of(make_gig(seller), typed, order_type=OrderType.SUBSCRIPTION, title="Your posts, every month")
    return replace(draft, typed=replace(draft.typed, months=months))


def sent(seller: User, buyer: User, **changes: str) -> Offer:
    return make_offer(seller, buyer, draft=monthly(seller, **changes))


@pytest.mark.parametrize("name", ["standard", "classic"])
def test_r_ofr_4_one_row_makes_so_many_months_alike(name: str, seller: User, buyer: User) -> None:
    put_in_force(name)
    plan = sent(seller, buyer).plan
    assert plan is not None
    terms = plan.terms
    assert (terms.order_type, terms.total.amount, terms.digest) == (OrderType.SUBSCRIPTION, 720_00, plan.digest)
    assert [month.name for month in terms.milestones] == [f"Month {number}" for number in range(1, 7)]
    assert len({replace(month, name="") for month in terms.milestones}) == 1


@pytest.mark.parametrize("months", ["1", "13", "", "six"])
def test_r_ofr_4_what_is_no_number_of_months_is_refused_beside_its_field_once(
    months: str, seller: User, buyer: User
) -> None:
    offer = make_offer_draft(seller, buyer, draft=monthly(seller, months=months, amount="4.99"))
    with pytest.raises(ManyInvalid) as refused:
        services.send_offer(offer=offer, seller=seller)
    fields = [error.field for error in refused.value.errors]
    assert fields.count("months") == 1
    assert fields.count("milestones-0-amount") == (1 if months in {"1", "13"} else 0)


def test_r_ofr_4_further_rows_of_a_draft_that_became_monthly_are_left_out_and_kept(seller: User, buyer: User) -> None:
    draft = monthly(seller)
    draft = replace(draft, typed=replace(draft.typed, milestones=(*draft.typed.milestones, row("999.00"))))
    offer = make_offer_draft(seller, buyer, draft=draft)
    assert len(offer.typed.milestones) == 2
    plan = services.send_offer(offer=offer, seller=seller).plan
    assert plan is not None
    assert plan.total.amount == 720_00


def test_r_ofr_5_a_revision_goes_back_into_one_row_and_its_months(seller: User, buyer: User) -> None:
    old = sent(seller, buyer)
    draft = services.revise_offer(offer=old, seller=seller, now=datetime(2026, 3, 2, tzinfo=UTC))
    assert (draft.typed.months, len(draft.typed.milestones), draft.typed.milestones[0].amount) == ("6", 1, "120.00")
    assert DraftTerms.from_json(draft.typed.to_json()) == draft.typed


def test_r_ofr_5_two_versions_are_compared_by_month_and_not_month_by_month(seller: User, buyer: User) -> None:
    old = sent(seller, buyer)
    begun = services.revise_offer(offer=old, seller=seller, now=clock.now())
    changed = monthly(seller, months="12", amount="110.00")
    saved = services.save_draft(
        seller=seller, conversation=begun.conversation, draft=changed, offer=begun, now=clock.now()
    )
    new = services.send_offer(offer=saved, seller=seller)
    assert compare(old=old, new=new, side=Side.BUYER).changes == [
        "Price: $1,320.00 instead of $720.00.",
        "Months: 12 instead of 6.",
        "“Each month”: price $110.00 instead of $120.00.",
    ]


def test_r_ofr_4_every_date_and_sum_is_reckoned_from_the_day_of_accepting(seller: User, buyer: User) -> None:
    sheet = make_sheet(offer=sent(seller, buyer, months="3"), viewer=buyer, now=datetime(2027, 1, 31, 9, tzinfo=UTC))
    assert [f"{stage.begins:%Y-%m-%d}" for stage in sheet.stages] == ["2027-01-31", "2027-02-28", "2027-03-31"]
    assert [f"{stage.due:%Y-%m-%d}" for stage in sheet.stages] == ["2027-02-20", "2027-03-20", "2027-04-20"]
    assert [stage.payment.to_pay.amount for stage in sheet.stages] == [126_00, 126_00, 126_00]
    assert f"{sheet.finished:%Y-%m-%d}" == "2027-04-20"
    assert not sheet.is_long
    assert make_sheet(offer=sent(seller, buyer, months="7"), viewer=buyer, now=sheet.finished).is_long


def test_r_pay_6_the_buyer_reads_every_charge_and_the_consent_before_accepting(
    client: Client, seller: User, buyer: User
) -> None:
    offer = sent(seller, buyer)
    client.force_login(buyer)
    page = client.get(offer.get_absolute_url()).content.decode()
    assert "$120.00 a month, 6 months, $720.00 in all" in page
    assert page.count("if accepted today</span>") == 5
    assert "Accept and pay $126.00 for ‘Month 1’" in page
    assert "you agree that it is charged by itself on each date above" in page
    assert "You are reminded 3 days before" in page
    assert "$756.00" in page


def test_r_not_a_notice_counts_months_and_leaves_out_days_that_there_are_not(seller: User, buyer: User) -> None:
    offer = sent(seller, buyer)
    begun = services.begin_counter(offer=offer, buyer=buyer)
    draft = Draft(
        order_type=OrderType.SUBSCRIPTION, title=begun.title, description=begun.description, gig=begun.gig,
        typed=replace(begun.typed, months="4"),
    )  # fmt: skip
    services.save_counter(offer=begun, buyer=buyer, draft=draft, seen=None, now=clock.now())
    services.send_counter(offer=begun, buyer=buyer)
    for reader, kind in ((buyer, "offer_sent"), (seller, "offer_countered")):
        words = render_words(Notification.objects.get(recipient=reader, kind=kind), reader=reader).body
        assert "months of $120.00. " in words
        assert "in all" not in words


def test_before_the_number_of_months_is_typed_the_composer_counts_none(
    client: Client, seller: User, buyer: User
) -> None:
    offer = make_offer_draft(seller, buyer, draft=monthly(seller, months=""))
    client.force_login(seller)
    page = client.get(f"/offers/{offer.public_id}/edit/").content.decode()
    assert "0 months" not in page
    assert "once you have said how many there are" in page


def test_the_composer_shows_what_was_typed_its_limits_and_dates(client: Client, seller: User, buyer: User) -> None:
    offer = make_offer_draft(seller, buyer, draft=monthly(seller, months="13"))
    client.force_login(seller)
    url = f"/offers/{offer.public_id}/edit/"
    page = client.get(url).content.decode()
    assert 'name="months" value="13"' in page
    assert "With 20 days or fewer for the work" in page
    refused = client.post(url, posted(offer, months="13") | {"action": "send"})
    assert "A subscription runs for 2 to 12 months; this one for 13." in refused.content.decode()
    client.post(url, posted(offer, months="12") | {"action": "send"})
    plan = Offer.objects.get(pk=offer.pk).plan
    assert plan is not None
    assert (plan.order_type, plan.milestones.count()) == ("subscription", 12)


def posted(offer: Offer, *, months: str) -> dict[str, str]:
    assert offer.gig is not None
    fields = {"gig": offer.gig.public_id, "order_type": "subscription", "title": offer.title, "months": months}
    fields |= {"description": offer.description, "milestones-0-name": ""}
    return fields | {"milestones-0-days": "20", "milestones-0-amount": "120", "milestones-0-revisions": "1"}


def test_r_pol_4_no_subcategory_or_agent_stands_in_the_way_of_a_subscription(seller: User, now: datetime) -> None:
    seller.seller.milestones_blocked_reason = "A case is open."
    preview = preview_draft(
        draft=monthly(seller), seller=seller, policy=MilestonePolicy.objects.get(name="standard"), now=now
    )
    assert preview.obstacles == []
    assert [(limit.words, limit.is_met) for limit in preview.limits] == [
        ("Based on one of your active gigs", True),
        ("2 to 12 months", True),
        ("A month costs at least $5.00", True),
        ("Its work takes 1 to 28 days", True),
    ]
    assert [post["meta"] for post in preview.posts][:2] == ["Mon 2 Mar · $120.00", "Thu 2 Apr · $120.00"]


def test_r_not_the_notice_says_how_many_months_of_how_much(seller: User, buyer: User) -> None:
    sent(seller, buyer)
    data = Notification.objects.get(recipient=buyer, kind="offer_sent").data
    assert (data["parts"], data["days"]) == ("6 months of $120.00", "")
