"""The process table against a list written by hand from R-ORD-3…11 and R-PAY-2: every standing × actor × transition."""

import itertools

import pytest

from orders.enums import FINAL_ORDER_STATES, MilestoneState, OrderState, Role
from orders.rows import BETWEEN_MONTHS, Guard, MoneyEffect, Standing, Timer
from orders.transitions import PROCESS, milestone_edges, order_edges

# standing -> actor -> what that actor may do there (conditions beside the state apart)
BY_HAND: dict[tuple[str, str], dict[str, set[str]]] = {
    ("pending_payment", "charging"): {"payments": {"fund"}, "timer": {"lapse_unpaid"}},
    ("awaiting_requirements", "in_progress"): {
        "buyer": {"answer_requirements"},
        "seller": {"waive_requirements"},
        "payments": {"begin_at_once", "charge_back_and_cancel"},
        "support": {"cancel_order"},
    },
    ("active", "in_progress"): {
        "buyer": {"end_after_month"},
        "seller": {"deliver", "end_after_month"},
        "timer": {"flag_late"},
        "payments": {"charge_back_and_cancel", "charge_back_and_end"},
        "support": {"cancel_order", "end_order", "cancel_milestone"},
    },
    ("active", "in_revision"): {
        "buyer": {"end_after_revision"},
        "seller": {"deliver", "end_after_revision"},
        "timer": {"flag_revision_late"},
        "payments": {"charge_back_and_cancel", "charge_back_and_end"},
        "support": {"cancel_order", "end_order", "cancel_milestone"},
    },
    ("active", "delivered"): {
        "buyer": {
            "accept_and_continue",
            "accept_and_finish",
            "accept_and_stop",
            "accept_month",
            "accept_and_end",
            "end_after_delivery",
            "request_revision",
            "ask_more_time",
        },
        "seller": {"grant_more_time", "refuse_more_time", "end_after_delivery"},
        "timer": {"lapse_review"},
        "payments": {"charge_back_and_cancel", "charge_back_and_end"},
        "support": {"cancel_order", "end_order", "cancel_milestone"},
    },
    ("active", "scheduled"): {
        "buyer": {"end_subscription", "decline_to_continue"},
        "seller": {"end_subscription"},
        "timer": {"charge_month"},
        "support": {"end_unpaid", "cancel_unpaid"},
    },
    ("awaiting_next_payment", "charging"): {
        "buyer": {"stop", "end_subscription", "decline_to_continue"},
        "seller": {"end_subscription"},
        "payments": {"begin_next", "decline", "want_action"},
        "timer": {"lapse_payment", "lapse_consent"},
        "support": {"end_unpaid", "cancel_unpaid"},
    },
    ("awaiting_next_payment", "payment_failed"): {
        "buyer": {"pay_again", "charge_saved_card", "stop", "end_subscription", "decline_to_continue"},
        "seller": {"end_subscription"},
        "payments": {"begin_next"},
        "timer": {"retry_payment", "lapse_payment", "lapse_consent"},
        "support": {"end_unpaid", "cancel_unpaid"},
    },
    ("awaiting_next_payment", "action_required"): {
        "buyer": {"pay_again", "charge_saved_card", "stop", "end_subscription", "decline_to_continue"},
        "seller": {"end_subscription"},
        "payments": {"begin_next"},
        "timer": {"lapse_payment", "lapse_consent"},
        "support": {"end_unpaid", "cancel_unpaid"},
    },
}

# name -> (the order becomes, the milestone under way becomes, why it completed)
OUTCOMES_BY_HAND = {
    "fund": ("awaiting_requirements", "in_progress", None),
    "lapse_unpaid": ("abandoned", "not_started", None),
    "answer_requirements": ("active", "in_progress", None),
    "waive_requirements": ("active", "in_progress", None),
    "begin_at_once": ("active", "in_progress", None),
    "deliver": ("active", "delivered", None),
    "request_revision": ("active", "in_revision", None),
    "accept_and_continue": ("awaiting_next_payment", "accepted", None),
    "accept_and_finish": ("completed", "accepted", "finished"),
    "accept_and_stop": ("completed", "accepted", "stopped"),
    "ask_more_time": ("active", "delivered", None),
    "grant_more_time": ("active", "delivered", None),
    "refuse_more_time": ("active", "delivered", None),
    "lapse_review": ("completed", "accepted", "review_lapsed"),
    "flag_late": ("active", "in_progress", None),
    "flag_revision_late": ("active", "in_revision", None),
    "begin_next": ("active", "in_progress", None),
    "decline": ("awaiting_next_payment", "payment_failed", None),
    "want_action": ("awaiting_next_payment", "action_required", None),
    "pay_again": ("awaiting_next_payment", "charging", None),
    "charge_saved_card": ("awaiting_next_payment", "charging", None),
    "retry_payment": ("awaiting_next_payment", "charging", None),
    "stop": ("completed", "not_started", "stopped"),
    "accept_month": ("active", "accepted", None),
    "accept_and_end": ("completed", "accepted", "subscription_ended"),
    "end_after_month": ("active", "in_progress", None),
    "end_after_revision": ("active", "in_revision", None),
    "end_after_delivery": ("active", "delivered", None),
    "charge_month": ("awaiting_next_payment", "charging", None),
    "end_subscription": ("completed", "not_started", "subscription_ended"),
    "lapse_payment": ("completed", "not_started", "payment_lapsed"),
    "cancel_order": ("cancelled", "cancelled", None),
    "end_order": ("completed", "cancelled", "ended_by_support"),
    "end_unpaid": ("completed", "not_started", "ended_by_support"),
    "cancel_milestone": ("awaiting_next_payment", "cancelled", None),
    "decline_to_continue": ("cancelled", "not_started", None),
    "lapse_consent": ("cancelled", "not_started", None),
    "cancel_unpaid": ("cancelled", "not_started", None),
    "charge_back_and_cancel": ("cancelled", "charged_back", None),
    "charge_back_and_end": ("completed", "charged_back", "ended_by_support"),
}

# R-ORD-17 and process.md T23: what still happens while an order is on hold. Whoever wants to stop paying always can.
GOES_ON_WHEN_HELD = {
    "fund", "begin_at_once", "begin_next", "decline", "want_action", "stop", "decline_to_continue",
    "end_after_month", "end_after_revision", "end_after_delivery", "end_subscription",
    "cancel_order", "end_order", "end_unpaid", "cancel_unpaid", "charge_back_and_cancel", "charge_back_and_end",
}  # fmt: skip

ALL_STANDINGS = [Standing(o, m) for o, m in itertools.product(OrderState, [None, *MilestoneState])]


@pytest.mark.parametrize("standing", ALL_STANDINGS, ids=str)
@pytest.mark.parametrize("role", Role)
def test_r_ord_3_4_every_standing_and_actor_allows_exactly_the_list(standing: Standing, role: Role) -> None:
    key = (str(standing.order), str(standing.milestone))
    expected = BY_HAND.get(key, {}).get(role, set())
    assert {row.name for row in PROCESS.allowed(standing, role)} == expected


def test_every_transition_is_in_the_list_once() -> None:
    assert {row.name for row in PROCESS} == set(OUTCOMES_BY_HAND)
    assert len(PROCESS.rows) == 40


@pytest.mark.parametrize("name", sorted(OUTCOMES_BY_HAND))
def test_r_ord_4_outcome_of_each_transition(name: str) -> None:
    row = PROCESS.find(name)
    assert (row.target.order, row.becomes, row.completion) == OUTCOMES_BY_HAND[name]


def test_r_ord_4_final_states_do_not_move_again() -> None:
    assert not [row.name for row in PROCESS for source in row.sources if source.order in FINAL_ORDER_STATES]
    assert not [edge for edge in order_edges() if edge[0] in FINAL_ORDER_STATES]


def test_r_ord_11_cancelling_belongs_to_support_alone() -> None:
    cancels_funded_work = {row.name for row in PROCESS if row.becomes == MilestoneState.CANCELLED}
    assert cancels_funded_work == {"cancel_order", "end_order", "cancel_milestone"}
    assert all(PROCESS.find(name).actors == {Role.SUPPORT} for name in cancels_funded_work)


def test_r_ord_6_acceptance_is_never_undone() -> None:
    """But by the bank, which takes the money back (R-PAY-7)."""
    after = [edge for edge in milestone_edges() if edge[0] == MilestoneState.ACCEPTED]
    assert after == [(MilestoneState.ACCEPTED, MilestoneState.CHARGED_BACK)]


def test_r_ord_17_a_hold_stops_both_sides_and_the_clock_and_nobody_else() -> None:
    assert {row.name for row in PROCESS if Guard.NOT_ON_HOLD not in row.guards} == GOES_ON_WHEN_HELD


def test_r_ord_7_8_stopping_and_silence_charge_nothing() -> None:
    for row in PROCESS:
        if row.ends_order:
            assert MoneyEffect.CHARGE not in row.money, row.name
            assert MoneyEffect.RETRY not in row.money, row.name


def test_only_accepting_support_or_a_months_date_opens_a_charge() -> None:
    assert {row.name for row in PROCESS if MoneyEffect.CHARGE in row.money} == {
        "accept_and_continue",
        "cancel_milestone",
        "charge_month",
    }
    assert PROCESS.find("charge_month").sources == BETWEEN_MONTHS


def test_every_clock_has_a_deadline_and_nobody_else_has_one() -> None:
    for row in PROCESS:
        assert (row.timer is not None) == (Role.TIMER in row.actors), row.name
    assert {row.timer for row in PROCESS if row.timer} == set(Timer)
