"""Overview, pricing, requirements: drafts may be unfinished, what buyers see may not (R-GIG-3, R-GIG-7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

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
from marketplace.kernel.errors import Invalid, ManyInvalid
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


@pytest.mark.parametrize(("title", "lacks"), [("x" * 14, True), ("x" * 15, False), (" " * 8 + "x" * 14, True)])
def test_r_gig_2_a_draft_may_have_a_title_that_says_too_little(
    draft: Gig, gig: Gig, seller: User, now: datetime, title: str, lacks: bool
) -> None:
    lacking = retitle(draft, seller, now, title=title)
    assert [error.field for error in lacking] == (["title"] if lacks else [])
    assert Gig.objects.get(pk=draft.pk).title == title
    if lacks:
        with pytest.raises(ManyInvalid, match="in at least 15 letters"):
            retitle(gig, seller, now, title=title)
    else:
        assert retitle(gig, seller, now, title=title) == []


@pytest.mark.parametrize("tiers", [(BASIC,), (BASIC, PREMIUM), (BASIC, STANDARD, PREMIUM)])
def test_r_gig_2_one_to_three_packages(draft: Gig, seller: User, now: datetime, tiers: tuple[PackageTier, ...]) -> None:
    drafts = [package(tier, 26_000) for tier in tiers]
    assert save_pricing(gig=draft, seller=seller, packages=drafts, now=now) == []
    assert {each.tier for each in draft.packages.all()} == set(tiers)
    assert save_pricing(gig=draft, seller=seller, packages=[drafts[0]], now=now) == []
    assert [each.tier for each in draft.packages.all()] == [BASIC]


@pytest.mark.parametrize("tier", PackageTier)
def test_r_gig_2_every_package_needs_words_a_price_and_a_time(
    draft: Gig, seller: User, now: datetime, tier: PackageTier
) -> None:
    empty = replace(EMPTY, tier=tier)
    others = [] if tier == BASIC else [package(BASIC, 26_000)]
    lacking = save_pricing(gig=draft, seller=seller, packages=[*others, empty], now=now)
    assert [(error.field, error.message) for error in lacking] == [
        (f"{tier}-name", f"Give the {tier.label} package a name."),
        (f"{tier}-description", f"Say what a buyer of {tier.label} gets."),
        (f"{tier}-price", f"Set a price for {tier.label} of at least $5.00."),
        (f"{tier}-delivery_days", f"Say in how many days you deliver {tier.label}: 1 to 75."),
    ]


@pytest.mark.parametrize(("options", "lacks"), [((), True), (("One",), True), (("One", "Two"), False)])
def test_r_gig_2_a_choice_is_between_two(
    draft: Gig, seller: User, options: tuple[str, ...], lacks: bool, now: datetime
) -> None:
    asked = RequirementDraft(question="Which system?", kind=RequirementKind.CHOICE, options=options)
    lacking = save_requirements(gig=draft, seller=seller, requirements=[asked], now=now)
    assert [error.field for error in lacking] == (["requirements-0-options"] if lacks else [])
    stored = draft.requirements.get()
    assert (stored.question, tuple(stored.options), stored.position) == ("Which system?", options, 1)


@pytest.mark.parametrize("question", ["", "Which?"])
def test_r_gig_2_a_question_has_words(draft: Gig, seller: User, now: datetime, question: str) -> None:
    asked = RequirementDraft(question=question, kind=RequirementKind.FILE)
    lacking = save_requirements(gig=draft, seller=seller, requirements=[asked], now=now)
    assert [error.field for error in lacking] == ([] if question else ["requirements-0-question"])


# --- More than fits: stored nowhere, not even in a draft --------------------------------------------------------------
def retitle(gig: Gig, seller: User, now: datetime, **changes: Any) -> list[Invalid]:
    stored: dict[str, Any] = {"title": "I will build it for you", "subcategory": gig.subcategory, "tags": []} | changes
    return save_overview(gig=gig, seller=seller, now=now, **stored)


def price(gig: Gig, seller: User, now: datetime, **changes: Any) -> list[Invalid]:
    """The changes stand in Premium, behind a Basic that is right."""
    packages = [package(BASIC, 26_000), replace(package(PREMIUM, 90_000), **changes)]
    return save_pricing(gig=gig, seller=seller, packages=packages, now=now)


def ask(gig: Gig, seller: User, now: datetime, **changes: Any) -> list[Invalid]:
    asked = replace(RequirementDraft(question="Which?", kind=RequirementKind.CHOICE, options=("A", "B")), **changes)
    return save_requirements(gig=gig, seller=seller, requirements=[asked], now=now)


def fits(limit: int) -> str:
    """What is said of one character more."""
    return f"Up to {limit} characters fit here; this has {limit + 1}."


MOST_TAGS, ONE_MORE_TAG = ["a", "b", "c", "d", "e"], ["a", "b", "c", "d", "e", "f"]
REVISIONS = "A package includes 0 to 50 revisions, not {}."
FULL: list[tuple[Callable[..., list[Invalid]], str, object, object, str]] = [
    (retitle, "title", "x" * 80, "x" * 81, fits(80)),
    (retitle, "tags", ["x" * 30], ["x", "x" * 31], fits(30)),
    (retitle, "tags", MOST_TAGS, ONE_MORE_TAG, "Use up to 5 tags."),
    (price, "premium-name", "x" * 60, "x" * 61, fits(60)),
    (price, "premium-description", "x" * 500, "x" * 501, fits(500)),
    (price, "premium-revisions", 50, 51, REVISIONS.format(51)),
    (price, "premium-revisions", 0, -1, REVISIONS.format(-1)),
    (ask, "requirements-0-question", "x" * 400, "x" * 401, fits(400)),
    (ask, "requirements-0-options", ("x" * 120, "y"), ("x" * 121, "y"), fits(120)),
]


@pytest.mark.parametrize(("save", "field", "last", "over", "said"), FULL, ids=[row[1] for row in FULL])
def test_r_gig_2_what_is_too_long_is_stored_nowhere(
    draft: Gig,
    seller: User,
    now: datetime,
    save: Callable[..., list[Invalid]],
    field: str,
    last: Any,
    over: Any,
    said: str,
) -> None:
    name = field.rpartition("-")[2]
    assert save(draft, seller, now, **{name: last}) == []
    version = Gig.objects.get(pk=draft.pk).version
    with pytest.raises(ManyInvalid) as refused:
        save(draft, seller, now, **{name: over})
    assert [(error.field, error.message) for error in refused.value.errors] == [(field, said)]
    assert Gig.objects.get(pk=draft.pk).version == version


def test_r_gig_2_a_new_gig_has_a_title_and_tags_that_fit(seller: User) -> None:
    def make(title: str, tags: list[str]) -> Gig:
        return create_gig(seller=seller, title=title, subcategory=subcategory(), tags=tags)

    assert make("x" * 80, MOST_TAGS).tags == MOST_TAGS
    with pytest.raises(ManyInvalid) as refused:
        make("x" * 81, ONE_MORE_TAG)
    assert [error.field for error in refused.value.errors] == ["title", "tags"]
    assert Gig.objects.count() == 1


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
