"""Time away: whose days they are, when it begins and ends to the microsecond, and what can't be planned."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.errors import NotAway
from accounts.limits import AWAY_DAYS
from accounts.models import SellerProfile, User
from accounts.services import come_back, set_away
from marketplace.kernel import clock
from marketplace.kernel.errors import ManyInvalid

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
TODAY = date(2026, 3, 2)  # of the fixture `now`


def codes(refused: pytest.ExceptionInfo[ManyInvalid]) -> list[tuple[str, str]]:
    return [(error.code, error.field) for error in refused.value.errors]


def plan(seller: User, first: date, back: date, *, now: datetime) -> SellerProfile:
    return set_away(seller=seller, first=first, back=back, message=" At sea. ", now=now)


def test_one_is_away_from_the_first_instant_to_the_day_of_return(seller: User, now: datetime) -> None:
    profile = plan(seller, TODAY + DAY, TODAY + 3 * DAY, now=now)
    begins, ends = datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)
    assert [profile.is_away(each) for each in (begins - TICK, begins, ends - TICK, ends)] == [False, True, True, False]
    assert (profile.away_message, profile.away_words) == ("At sea.", "5 March")


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Pacific/Auckland", datetime(2026, 3, 2, 11, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 3, 5, tzinfo=UTC)),
    ],
)
def test_days_are_of_the_sellers_own_calendar(seller: User, now: datetime, zone: str, begins: datetime) -> None:
    seller.timezone = zone
    seller.save()
    profile = plan(seller, TODAY + DAY, TODAY + 2 * DAY, now=now)
    assert not profile.is_away(begins - TICK)
    assert profile.is_away(begins)


def test_a_day_without_a_midnight_of_the_usual_length_ends_at_its_own(seller: User) -> None:
    """In Paris the 29th of March 2026 has 23 hours."""
    seller.timezone = "Europe/Paris"
    seller.save()
    profile = plan(seller, date(2026, 3, 29), date(2026, 3, 30), now=datetime(2026, 3, 1, tzinfo=UTC))
    assert profile.away_begins is not None
    assert profile.away_ends is not None
    assert profile.away_ends.astimezone(UTC) - profile.away_begins.astimezone(UTC) == timedelta(hours=23)


@pytest.mark.parametrize(
    ("first", "back", "expected"),
    [
        (0, 1, []),
        (0, AWAY_DAYS, []),
        (-1, 1, [("away_is_over", "first")]),
        (1, 1, [("away_backwards", "back")]),
        (2, 1, [("away_backwards", "back")]),
        (-2, -1, [("away_is_over", "first"), ("away_is_over", "back")]),
        (-1, 0, [("away_is_over", "first"), ("away_is_over", "back")]),
        (0, AWAY_DAYS + 1, [("away_too_long", "back")]),
    ],
)
def test_what_can_be_planned(
    seller: User, now: datetime, first: int, back: int, expected: list[tuple[str, str]]
) -> None:
    if not expected:
        assert plan(seller, TODAY + first * DAY, TODAY + back * DAY, now=now).away_from is not None
        return
    with pytest.raises(ManyInvalid) as refused:
        plan(seller, TODAY + first * DAY, TODAY + back * DAY, now=now)
    assert codes(refused) == expected
    assert SellerProfile.objects.get(user=seller).away_from is None


def test_an_absence_that_has_begun_can_be_made_longer(seller: User, now: datetime) -> None:
    plan(seller, TODAY, TODAY + 2 * DAY, now=now)
    longer = plan(seller, TODAY, TODAY + 4 * DAY, now=now + DAY)
    assert longer.away_until == TODAY + 4 * DAY
    with pytest.raises(ManyInvalid):
        plan(seller, TODAY, TODAY + 9 * DAY, now=now + 4 * DAY)


def test_one_comes_back_early_or_never_goes(seller: User, now: datetime) -> None:
    plan(seller, TODAY, TODAY + 2 * DAY, now=now)
    assert not come_back(seller=seller, now=now).is_away(now)
    plan(seller, TODAY + 5 * DAY, TODAY + 6 * DAY, now=now)
    assert come_back(seller=seller, now=now).away_until is None
    with pytest.raises(NotAway):
        come_back(seller=seller, now=now)


def test_nobody_comes_back_twice(seller: User, now: datetime) -> None:
    plan(seller, TODAY, TODAY + DAY, now=now)
    ends = datetime(2026, 3, 3, tzinfo=UTC)
    with pytest.raises(NotAway):
        come_back(seller=seller, now=ends)
    come_back(seller=seller, now=ends - TICK)


def test_the_database_keeps_both_days_or_none(seller: User) -> None:
    profile = SellerProfile.objects.filter(user=seller)
    for broken in (
        {"away_from": TODAY},
        {"away_until": TODAY},
        {"away_message": "At sea."},
        {"away_from": TODAY, "away_until": TODAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            profile.update(**broken)


# --- By program -------------------------------------------------------------------------------------------------------
def test_the_api_sets_shows_and_ends_it(client: Client, seller: User) -> None:
    client.force_login(seller)
    headers = {"Idempotency-Key": "away-1"}
    today = clock.now().date()
    body = {"first": str(today), "back": str(today + 2 * DAY), "message": "At sea."}
    answer = client.put("/api/v1/me/away/", body, content_type="application/json", headers=headers)
    assert answer.json() == {**body, "away_now": True}
    assert client.get("/api/v1/me/away/").json()["away_now"] is True
    wrong = client.put(
        "/api/v1/me/away/", {**body, "back": str(today)}, content_type="application/json",
        headers={"Idempotency-Key": "away-2"},
    )  # fmt: skip
    assert wrong.status_code == 422
    gone = client.delete("/api/v1/me/away/", headers={"Idempotency-Key": "away-3"})
    assert gone.json() == {"first": None, "back": None, "message": "", "away_now": False}
    again = client.delete("/api/v1/me/away/", headers={"Idempotency-Key": "away-4"})
    assert (again.status_code, again.json()["code"]) == (409, "not_away")


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_who_does_not_sell_has_no_time_away(client: Client, buyer: User, method: str) -> None:
    client.force_login(buyer)
    answer = getattr(client, method)("/api/v1/me/away/", headers={"Idempotency-Key": f"not-{method}"})
    assert answer.status_code == 404
