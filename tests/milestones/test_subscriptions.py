"""What a subscription may be, and on which dates its months begin (R-OFR-4)."""

from calendar import monthrange
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import ManyInvalid
from marketplace.kernel.months import SHORTEST, months_after
from milestones import errors
from milestones.enums import OrderType, RevisionScope
from milestones.models import MilestonePolicy
from milestones.rules import check_offer_terms
from milestones.terms import PlanTerms
from tests.factories.milestones import make_terms, shipped_policy

ZONES = st.timedeltas(timedelta(hours=-12), timedelta(hours=14)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
INSTANTS = st.datetimes(datetime(1990, 1, 2), datetime(2190, 1, 1), timezones=ZONES)  # noqa: DTZ001  (the library adds the zones)
MANY = st.integers(0, 400)


# --- Dates ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("anchor", "dates"),
    [
        ("2027-01-31", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        ("2028-01-31", ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        ("2027-11-30", ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29"]),
        ("2027-12-15", ["2027-12-15", "2028-01-15", "2028-02-15", "2028-03-15"]),
    ],
)
def test_r_ofr_4_the_31st_becomes_the_last_day_and_does_not_stay_there(anchor: str, dates: list[str]) -> None:
    start = datetime.fromisoformat(f"{anchor}T23:59:59.999999+00:00")
    assert [f"{months_after(start, n):%Y-%m-%d}" for n in range(4)] == dates
    assert {months_after(start, n).time() for n in range(4)} == {start.time()}


def test_r_ofr_4_the_day_is_the_one_in_utc() -> None:
    """Half past midnight on the 1st of March in Berlin is still February in UTC."""
    berlin = datetime(2027, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert months_after(berlin, 1) == datetime(2027, 3, 28, 23, 30, tzinfo=UTC)


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        months_after(datetime(2027, 1, 31), 1)  # noqa: DTZ001


@given(INSTANTS, MANY)
def test_r_ofr_4_every_month_has_one_date_on_the_anchors_day_or_its_last(anchor: datetime, count: int) -> None:
    start, date = anchor.astimezone(UTC), months_after(anchor, count)
    assert (date.year * 12 + date.month) - (start.year * 12 + start.month) == count
    assert date.day == min(start.day, monthrange(date.year, date.month)[1])
    assert date.timetz() == start.timetz()


@given(INSTANTS, MANY)
def test_r_ofr_4_between_two_dates_are_28_to_31_days(anchor: datetime, count: int) -> None:
    assert timedelta(days=SHORTEST) <= months_after(anchor, count + 1) - months_after(anchor, count)
    assert months_after(anchor, count + 1) - months_after(anchor, count) <= timedelta(days=31)


@given(INSTANTS, MANY)
def test_r_ofr_4_twelve_months_are_a_year(anchor: datetime, years: int) -> None:
    start = anchor.astimezone(UTC)
    last = monthrange(start.year + years % 30, start.month)[1]
    assert months_after(anchor, 12 * (years % 30)) == start.replace(
        year=start.year + years % 30, day=min(start.day, last)
    )


# --- Limits -----------------------------------------------------------------------------------------------------------
def monthly(count: int = 6, *, price: int = 120_00, days: int = 20, policy: MilestonePolicy | None = None) -> PlanTerms:
    scope = RevisionScope((policy or shipped_policy()).revision_scope)
    terms = make_terms(*[price] * count, days=days, order_type=OrderType.SUBSCRIPTION, scope=scope)
    months = tuple(
        replace(terms.milestones[0], name=f"Month {number}") for number, _ in enumerate(terms.milestones, start=1)
    )
    return replace(terms, milestones=months)


def found(terms: PlanTerms, *, policy: MilestonePolicy | None = None) -> set[tuple[type[Exception], str]]:
    try:
        check_offer_terms(
            terms=terms,
            policy=policy or shipped_policy(),
            subcategory_allows=False,
            seller_blocked_reason="A case is open.",
        )
    except ManyInvalid as refused:
        return {(type(error), error.field) for error in refused.errors}
    return set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["standard", "classic"])
@pytest.mark.parametrize(("count", "refused"), [(1, True), (2, False), (12, False), (13, True)])
def test_r_ofr_4_two_to_twelve_months_wherever_milestones_are_not_allowed(name: str, count: int, refused: bool) -> None:
    policy = shipped_policy(name)
    expected = {(errors.MonthsOutOfBounds, "months")} if refused else set()
    assert found(monthly(count, policy=policy), policy=policy) == expected


@pytest.mark.django_db
def test_r_pol_2_the_months_are_the_policys() -> None:
    policy = shipped_policy()
    policy.subscription_min_months, policy.subscription_max_months = 3, 4
    assert found(monthly(2), policy=policy) == {(errors.MonthsOutOfBounds, "months")}
    assert found(monthly(3), policy=policy) == found(monthly(4), policy=policy) == set()
    assert found(monthly(5), policy=policy) == {(errors.MonthsOutOfBounds, "months")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "error"),
    [(0, errors.MilestoneWithoutDays), (1, None), (28, None), (29, errors.MonthTooLong)],
)
def test_r_ofr_4_a_months_work_is_due_before_the_next_begins_even_in_february(
    days: int, error: type[Exception] | None
) -> None:
    assert found(monthly(days=days)) == ({(error, "milestones-0-days")} if error else set())


@pytest.mark.django_db
@pytest.mark.parametrize(("price", "refused"), [(4_99, True), (5_00, False)])
def test_r_pol_3_least_price_of_a_month_is_said_once(price: int, refused: bool) -> None:
    expected = {(errors.MilestoneTooCheap, "milestones-0-amount")} if refused else set()
    assert found(monthly(price=price)) == expected


@pytest.mark.django_db
def test_r_ofr_4_subscription_and_milestones_do_not_mix() -> None:
    terms = monthly(3)
    dearer = replace(terms.milestones[2], amount=130_00)
    assert found(replace(terms, milestones=(*terms.milestones[:2], dearer))) == {(errors.MonthsDiffer, "milestones")}
