"""The policy in force, its versions and its pin (R-POL-1 to R-POL-3)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from milestones.errors import NoPolicyInForce, PolicyChanged, PolicyFieldUnknown
from milestones.models import MilestonePolicy
from milestones.services.policies import limit_names, next_version, pin_policy, policy_in_force
from tests.factories.milestones import shipped_policy

pytestmark = pytest.mark.django_db
BOTH = {
    "currency": "USD",
    "gig_price_over": 10_000,
    "offer_min_milestones": 2,
    "offer_total_over": 10_000,
    "subscription_min_months": 2,
    "subscription_max_months": 12,
    "charge_notice_days": 3,
    "milestone_min_price": 500,
    "milestone_max_days": 30,
    "payment_grace_days": 10,
    "charge_retry_days": [1, 3, 5],
    "max_hold_days": 75,
    "second_agent_over": 50_000,
    "offer_validity_days": 14,
    "offer_nudge_hours": 24,
    "offer_reminder_hours": 48,
    "unpaid_order_hours": 24,
    "extra_review_days": 4,
    "clearance_days": 7,
    "commission_bp": 1_000,
    "buyer_fee_bp": 500,
    "review_reminder_hours": [72, 24, 2],
}
STANDARD = BOTH | {
    "gig_min_milestones": 2,
    "gig_max_milestones": 5,
    "offer_max_milestones": 6,
    "review_days": 8,
    "revision_scope": "milestone",
    "payout_release": "milestone",
}
CLASSIC = BOTH | {
    "gig_min_milestones": 0,
    "gig_max_milestones": 0,
    "offer_max_milestones": 3,
    "review_days": 5,
    "revision_scope": "order",
    "payout_release": "order",
}


@pytest.mark.parametrize(("name", "values"), [("standard", STANDARD), ("classic", CLASSIC)])
def test_r_pol_3_two_policies_ship(name: str, values: dict[str, object]) -> None:
    policy = shipped_policy(name)
    assert {field: getattr(policy, field) for field in limit_names()} == values


def test_r_pol_3_standard_is_in_force_and_classic_is_not(now: datetime) -> None:
    assert policy_in_force(now=now) == shipped_policy("standard")
    assert shipped_policy("classic").effective_from is None


def test_r_pol_1_the_newest_in_force_rules_from_its_instant_on(now: datetime) -> None:
    newer = next_version(policy=shipped_policy(), changes={"review_days": 9}, effective_from=now)
    assert policy_in_force(now=now - timedelta(microseconds=1)).version == 1
    assert policy_in_force(now=now) == newer
    later = next_version(policy=newer, changes={}, effective_from=now + timedelta(days=1))
    assert policy_in_force(now=now) == newer
    assert policy_in_force(now=now + timedelta(days=1)) == later


def test_r_pol_1_of_two_from_the_same_instant_the_later_version_rules(now: datetime) -> None:
    next_version(policy=shipped_policy(), changes={}, effective_from=now)
    third = next_version(policy=shipped_policy(), changes={}, effective_from=now)
    assert third.version == 3
    assert policy_in_force(now=now) == third


def test_r_pol_1_nothing_new_without_a_policy(now: datetime) -> None:
    with pytest.raises(NoPolicyInForce):
        policy_in_force(now=datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC))


def test_r_pol_1_a_version_changes_what_was_asked_and_nothing_else(now: datetime) -> None:
    old = shipped_policy()
    new = next_version(policy=old, changes={"review_days": 3, "buyer_fee_bp": 700}, effective_from=now)
    expected = STANDARD | {"review_days": 3, "buyer_fee_bp": 700}
    assert {field: getattr(new, field) for field in limit_names()} == expected
    assert (new.name, new.version, new.effective_from, new.pinned_at) == ("standard", 2, now, None)
    assert shipped_policy().review_days == 8


@pytest.mark.parametrize("name", ["pinned_at", "version", "name", "no_such_limit"])
def test_r_pol_2_a_version_can_change_limits_only(name: str, now: datetime) -> None:
    with pytest.raises(PolicyFieldUnknown) as refused:
        next_version(policy=shipped_policy(), changes={name: 1}, effective_from=now)
    assert refused.value.field == name
    assert MilestonePolicy.objects.count() == 2


def test_r_pol_1_a_pin_is_set_once(now: datetime) -> None:
    policy = shipped_policy()
    pin_policy(policy=policy, now=now)
    pin_policy(policy=policy, now=now + timedelta(days=1))
    assert policy.pinned_at == shipped_policy().pinned_at == now


def test_r_pol_1_orders_do_not_queue_for_a_pinned_policy(now: datetime) -> None:
    policy = shipped_policy()
    for locks in (1, 0):
        with CaptureQueriesContext(connection) as captured:
            pin_policy(policy=policy, now=now)
        assert sum("FOR NO KEY UPDATE" in query["sql"] for query in captured) == locks


def test_r_pol_1_a_policy_that_changed_since_it_was_read_is_not_pinned(now: datetime) -> None:
    policy = shipped_policy()
    MilestonePolicy.objects.filter(pk=policy.pk).update(milestone_max_days=20)
    with pytest.raises(PolicyChanged):
        pin_policy(policy=policy, now=now)
    assert shipped_policy().pinned_at is None


def test_r_pol_1_the_database_holds_a_pinned_policy(now: datetime) -> None:
    policy = shipped_policy()
    pin_policy(policy=policy, now=now)
    with pytest.raises(DatabaseError, match="pinned policy is immutable"), transaction.atomic():
        MilestonePolicy.objects.filter(pk=policy.pk).update(review_days=1)
    with pytest.raises(DatabaseError, match="pinned policy is immutable"), transaction.atomic():
        policy.delete()
    assert shipped_policy().review_days == 8


@pytest.mark.parametrize(
    "changes",
    [
        {"offer_min_milestones": 7},
        {"gig_min_milestones": 6},
    ],
)
def test_r_pol_2_the_least_is_not_above_the_most(changes: dict[str, int], now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        next_version(policy=shipped_policy(), changes=changes, effective_from=now)
