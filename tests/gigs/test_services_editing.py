"""Overview, pricing, requirements: drafts may be unfinished, what buyers see may not (R-GIG-3, R-GIG-7)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from gigs.drafts import PackageDraft, RequirementDraft
from gigs.enums import GigState, RequirementKind
from gigs.errors import GigUnknown, Missing, OnlySellers
from gigs.models import Gig, Subcategory
from gigs.selectors import plan_terms, workflow_failures
from gigs.services.describing import save_description
from gigs.services.editing import create_gig, save_overview, save_pricing, save_requirements
from gigs.services.publishing import pause_gig, publish_gig
from marketplace.kernel.errors import ManyInvalid
from milestones import errors
from milestones.enums import OrderType, PackageTier
from milestones.selectors import design_of
from notifications.models import Notification
from tests.factories.gigs import NO_MILESTONES, make_gig, package, subcategory
from tests.factories.milestones import make_design, shipped_policy

pytestmark = pytest.mark.django_db
BASIC, STANDARD, PREMIUM = PackageTier.BASIC, PackageTier.STANDARD, PackageTier.PREMIUM
EMPTY = PackageDraft(tier=BASIC, name="", description="", price=0, delivery_days=0, revisions=0)


def test_r_gig_2_only_sellers_make_gigs(buyer: User) -> None:
    with pytest.raises(OnlySellers):
        create_gig(seller=buyer, title="A gig", subcategory=subcategory(), tags=[])


def test_r_gig_2_a_gig_begins_as_a_draft(seller: User) -> None:
    gig = create_gig(seller=seller, title="I’ll Write Your Tests", subcategory=subcategory(), tags=["pytest"])
    assert (gig.state, gig.slug, gig.tags, gig.published_at) == (
        GigState.DRAFT,
        "ill-write-your-tests",
        ["pytest"],
        None,
    )


WRITES: list[Callable[[Gig, User, datetime], object]] = [
    lambda gig, who, now: save_overview(
        gig=gig, seller=who, title="Mine now", subcategory=gig.subcategory, tags=[], now=now
    ),
    lambda gig, who, now: save_pricing(gig=gig, seller=who, packages=[package(BASIC, 100)], now=now),
    lambda gig, who, now: save_requirements(gig=gig, seller=who, requirements=[], now=now),
    lambda gig, who, now: save_description(
        gig=gig, seller=who, description="Mine", faq=[], design=NO_MILESTONES, now=now
    ),
    lambda gig, who, now: publish_gig(gig=gig, seller=who, now=now),
    lambda gig, who, now: pause_gig(gig=gig, seller=who),
]


@pytest.mark.parametrize("write", WRITES)
def test_a_stranger_writes_nothing(
    write: Callable[[Gig, User, datetime], object], gig: Gig, stranger: User, buyer: User, now: datetime
) -> None:
    for other in (stranger, buyer):
        with pytest.raises(GigUnknown):
            write(gig, other, now)
    stored = Gig.objects.get(pk=gig.pk)
    assert (stored.title, stored.description, stored.state) == (gig.title, gig.description, GigState.ACTIVE)
    assert [each.price for each in stored.packages.all()] == [26_000]


def test_r_gig_3_a_draft_is_stored_with_what_it_lacks(draft: Gig, seller: User, now: datetime) -> None:
    lacking = save_pricing(gig=draft, seller=seller, packages=[EMPTY], now=now)
    assert {error.field for error in lacking} == {
        "basic-name",
        "basic-description",
        "basic-price",
        "basic-delivery_days",
    }
    stored = draft.packages.get()
    assert (stored.tier, stored.price, stored.delivery_days) == (BASIC, 0, 0)


def test_r_gig_3_an_active_gig_stays_whole(gig: Gig, seller: User, now: datetime) -> None:
    with pytest.raises(ManyInvalid):
        save_pricing(gig=gig, seller=seller, packages=[EMPTY], now=now)
    assert gig.packages.get().price == 26_000


def test_r_gig_2_basic_is_a_must(draft: Gig, seller: User, now: datetime) -> None:
    lacking = save_pricing(gig=draft, seller=seller, packages=[package(STANDARD, 50_000)], now=now)
    assert [(type(error), error.field) for error in lacking] == [(Missing, "basic-name")]


@pytest.mark.parametrize(("price", "lacks"), [(499, True), (500, False)])
def test_r_pol_3_a_package_costs_at_least_what_a_milestone_costs(
    draft: Gig, seller: User, now: datetime, price: int, lacks: bool
) -> None:
    lacking = save_pricing(gig=draft, seller=seller, packages=[package(BASIC, price)], now=now)
    assert [error.message for error in lacking] == (["Set a price for Basic of at least $5.00."] if lacks else [])


@pytest.mark.parametrize(("days", "lacks"), [(0, True), (1, False), (75, False), (76, True)])
def test_a_package_is_delivered_before_money_is_held_too_long(
    draft: Gig, seller: User, now: datetime, days: int, lacks: bool
) -> None:
    lacking = save_pricing(gig=draft, seller=seller, packages=[package(BASIC, 26_000, days=days)], now=now)
    assert [error.field for error in lacking] == (["basic-delivery_days"] if lacks else [])


def test_a_package_that_is_not_offered_any_more_is_taken_away(draft: Gig, seller: User, now: datetime) -> None:
    save_pricing(gig=draft, seller=seller, packages=[package(BASIC, 30_000)], now=now)
    assert [(each.tier, each.price) for each in draft.packages.all()] == [(BASIC, 30_000)]


@pytest.mark.parametrize(("options", "lacks"), [((), True), (("One",), True), (("One", "Two"), False)])
def test_r_gig_2_a_choice_is_between_two(
    draft: Gig, seller: User, options: tuple[str, ...], lacks: bool, now: datetime
) -> None:
    asked = RequirementDraft(question="Which system?", kind=RequirementKind.CHOICE, options=options)
    lacking = save_requirements(gig=draft, seller=seller, requirements=[asked], now=now)
    assert [error.field for error in lacking] == (["requirements-0-options"] if lacks else [])
    stored = draft.requirements.get()
    assert (stored.question, tuple(stored.options), stored.position) == ("Which system?", options, 1)


# --- A later edit that makes a gig ineligible (R-GIG-7) ---------------------------------------------------------------
def told(gig: Gig) -> list[str]:
    return [str(notice.data["reason"]) for notice in Notification.objects.filter(recipient=gig.seller)]


def test_r_gig_7_another_subcategory_hides_the_workflow_keeps_it_and_tells(
    gig: Gig, seller: User, now: datetime
) -> None:
    assert gig.workflow is not None
    before = design_of(gig.workflow)
    elsewhere = Subcategory.objects.get(slug="web-applications")
    save_overview(gig=gig, seller=seller, title=gig.title, subcategory=elsewhere, tags=[], now=now)
    changed = Gig.objects.get(pk=gig.pk)
    assert changed.workflow is not None
    assert design_of(changed.workflow) == before
    terms = plan_terms(changed, "basic")
    assert (terms.order_type, terms.total.amount, terms.milestones[0].substeps) == (OrderType.SINGLE, 26_000, ())
    assert told(gig) == [
        "Milestones can’t be used in gigs of this subcategory. Choose another one, or ask for one payment."
    ]


@pytest.mark.parametrize(
    ("price", "error"),
    [(10_000, errors.BasicPriceTooLow), (26_001, errors.PartsTooLow), (25_999, errors.PartsTooHigh)],
)
def test_r_gig_7_another_price_hides_the_workflow(
    gig: Gig, seller: User, now: datetime, price: int, error: type[Exception]
) -> None:
    save_pricing(gig=gig, seller=seller, packages=[package(BASIC, price)], now=now)
    changed = Gig.objects.get(pk=gig.pk)
    assert error in {type(each) for each in workflow_failures(changed, policy=shipped_policy())}
    assert plan_terms(changed, "basic").order_type == OrderType.SINGLE
    assert len(told(gig)) == 1


def test_r_gig_7_a_seller_is_told_once_and_not_of_what_stays_hidden(gig: Gig, seller: User, now: datetime) -> None:
    for later, price in enumerate((9_000, 8_000)):
        moment = now + timedelta(hours=later)
        save_pricing(gig=gig, seller=seller, packages=[package(BASIC, price)], now=moment)
    assert len(told(gig)) == 1


def test_r_gig_7_an_edit_that_changes_nothing_for_milestones_tells_nothing(
    gig: Gig, seller: User, now: datetime
) -> None:
    save_overview(gig=gig, seller=seller, title="A better title for it", subcategory=gig.subcategory, tags=[], now=now)
    assert told(gig) == []
    assert plan_terms(Gig.objects.get(pk=gig.pk), "basic").order_type == OrderType.MILESTONES


def test_r_gig_7_mending_the_cause_shows_the_workflow_again(gig: Gig, seller: User, now: datetime) -> None:
    for price in (9_000, 26_000):
        save_pricing(gig=gig, seller=seller, packages=[package(BASIC, price)], now=now)
    assert plan_terms(Gig.objects.get(pk=gig.pk), "basic").order_type == OrderType.MILESTONES


def test_r_pol_4_support_switching_milestones_off_hides_them_all(seller: User) -> None:
    gig = make_gig(seller, design=make_design(10_000, 16_000))
    seller.seller.milestones_blocked_reason = "Two orders were left undone."
    seller.seller.save()
    assert plan_terms(Gig.objects.get(pk=gig.pk), "basic").order_type == OrderType.SINGLE
