"""What buyers are shown before they order: dates, prices, fees (R-GIG-9, R-POL-3)."""

from datetime import UTC, datetime

import pytest

from gigs.errors import PackageUnknown
from gigs.models import Gig
from gigs.selectors import gig_for_anyone, plan_terms
from gigs.selectors.showing import show_package
from marketplace.kernel.money import Money
from milestones.enums import PackageTier
from tests.factories.gigs import make_gig
from tests.factories.milestones import make_design, put_in_force, shipped_policy

pytestmark = pytest.mark.django_db


def usd(amount: int) -> Money:
    return Money(amount, "USD")


def test_r_gig_9_each_milestone_with_its_date_price_and_fee(now: datetime) -> None:
    gig = make_gig(design=make_design(12_000, 14_000, days=4))
    view = show_package(gig, "basic", policy=shipped_policy(), now=now)
    assert [(step.terms.name, step.price, step.fee) for step in view.steps] == [
        ("Step 1", usd(12_000), usd(600)),
        ("Step 2", usd(14_000), usd(700)),
    ]
    assert [step.due for step in view.steps] == [
        datetime(2026, 3, 6, 9, 0, tzinfo=UTC),
        datetime(2026, 3, 10, 9, 0, tzinfo=UTC),
    ]
    assert (view.today.charge, view.later, view.total_with_fee) == (usd(12_600), usd(14_700), usd(27_300))
    assert (view.by_milestones, view.revisions) == (True, 2)
    assert view.terms.digest == plan_terms(gig, "basic").digest


def test_r_pol_3_the_fee_is_rounded_with_each_charge(now: datetime) -> None:
    gig = make_gig(prices={PackageTier.BASIC: 10_020}, design=make_design(5_010, 5_010))
    view = show_package(gig, "basic", policy=shipped_policy(), now=now)
    # 5 % of 50.10 is 2.505, half up 2.51, twice; 5 % of the whole would be 5.01.
    assert [step.fee for step in view.steps] == [usd(251), usd(251)]
    assert view.total_with_fee == usd(10_020 + 502)


def test_r_gig_9_one_payment_is_shown_as_such(now: datetime) -> None:
    view = show_package(make_gig(), "basic", policy=shipped_policy(), now=now)
    assert (view.by_milestones, view.today.charge, view.later.amount) == (False, usd(27_300), 0)
    assert view.today.due == datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


def test_r_pol_2_the_fee_is_the_policys(now: datetime) -> None:
    policy = put_in_force("standard", buyer_fee_bp=0)
    view = show_package(make_gig(), "basic", policy=policy, now=now)
    assert view.total_with_fee == usd(26_000)


@pytest.mark.parametrize("tier", ["premium", "golden", ""])
def test_a_package_that_is_not_offered_is_unknown(gig: Gig, tier: str) -> None:
    with pytest.raises(PackageUnknown):
        plan_terms(gig, tier)


@pytest.mark.parametrize("stages", [2, 5])
def test_a_gig_is_read_in_a_constant_number_of_queries(
    stages: int, now: datetime, django_assert_num_queries: object
) -> None:
    prices = {PackageTier.BASIC: 6_000 * stages, PackageTier.PREMIUM: 6_000 * stages}
    gig = make_gig(prices=prices, design=make_design(*[6_000] * stages, tiers=tuple(prices)))
    policy = shipped_policy()
    with django_assert_num_queries(6):  # type: ignore[operator]
        found = gig_for_anyone(public_id=gig.public_id, viewer=gig.seller)
        for tier in prices:
            assert len(show_package(found, tier, policy=policy, now=now).steps) == stages
