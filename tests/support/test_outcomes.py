"""The preview of a cancellation and what then happens, for every standing (R-ORD-11, R-SUP-2). Amounts are cents.

Orders have milestones of 120.00, 80.00 and 60.00, which cost the buyer 126.00, 84.00 and 63.00; commission is 10 %.
"""

from typing import NamedTuple

import pytest
from django.db.models import Sum

from accounts.models import User
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from orders import errors
from orders.enums import CancelReason, OrderState
from orders.models import Cancellation, Order, TimelineEntry
from orders.services.ending import Outcome, cancel, division_of, preview_cancellation
from payments.models import Charge, Refund
from tests.factories import order_states as at
from tests.factories.order_states import STATES, Builder
from tests.factories.orders import (
    accept_and_pay_next,
    again,
    deliver_current,
    make_order,
    pay,
    pay_first,
    states,
    work_off_charges,
)
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import sweep_payments

pytestmark = pytest.mark.django_db


def second_delivered(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = at.second_at_work(stripe, buyer, seller)
    deliver_current(order)
    return again(order)


def second_at_work_classic(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Under classic the seller is paid when the whole order is completed, so the first is accrued, not released."""
    order = pay_first(make_order(buyer=buyer, seller=seller, via="offer", policy="classic"), stripe)
    deliver_current(order)
    return accept_and_pay_next(order)


def third_at_work(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The last of three."""
    return accept_and_pay_next(second_delivered(stripe, buyer, seller))


def after_a_cancelled_first(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The first was cancelled, the buyer paid for the second: nothing is accepted."""
    return pay(at.consent_wanted(stripe, buyer, seller), stripe)


class Case(NamedTuple):
    build: Builder
    going_on: bool
    transition: str
    refund: int
    withdrawn: int
    asked: int
    never_starts: int
    before: tuple[int, int, int, int]  # held, back, seller, platform
    after: tuple[int, int, int, int]
    becomes: tuple[str, str, list[str]]


OFF = ["cancelled", "not_started", "not_started"]
ON = ["cancelled", "action_required", "planned"]
CANCELLED, WAITING = ("cancelled", ""), ("awaiting_next_payment", "")
ENDED = ("completed", "ended_by_support")
FIRST = ((126_00, 0, 0, 0), (0, 126_00, 0, 0))
SECOND = ((84_00, 0, 108_00, 18_00), (0, 84_00, 108_00, 18_00))
ONE_PAID = (0, 0, 108_00, 18_00)

CASES = [
    *(
        Case(build, False, "cancel_order", 126_00, 0, 0, 2, *FIRST, (*CANCELLED, OFF))
        for build in (at.questions, at.answered, at.at_work, at.late, at.delivered, at.more_time_asked, at.in_revision,
                      at.revisions_used)
    ),
    *(
        Case(build, True, "cancel_milestone", 126_00, 0, 84_00, 0, *FIRST, (*WAITING, ON))
        for build in (at.answered, at.at_work, at.late, at.delivered, at.more_time_asked, at.in_revision)
    ),
    Case(at.delivered_last, False, "cancel_order", 273_00, 0, 0, 0, (273_00, 0, 0, 0), (0, 273_00, 0, 0),
         (*CANCELLED, ["cancelled"])),
    *(
        Case(build, False, "end_order", 84_00, 0, 0, 1, *SECOND, (*ENDED, ["accepted", "cancelled", "not_started"]))
        for build in (at.second_at_work, second_delivered, second_at_work_classic)
    ),
    *(
        Case(build, True, "cancel_milestone", 84_00, 0, 63_00, 0, *SECOND,
             (*WAITING, ["accepted", "cancelled", "action_required"]))
        for build in (at.second_at_work, second_delivered, second_at_work_classic)
    ),
    Case(third_at_work, False, "end_order", 63_00, 0, 0, 0, (63_00, 0, 180_00, 30_00), (0, 63_00, 180_00, 30_00),
         (*ENDED, ["accepted", "accepted", "cancelled"])),
    *(
        Case(build, False, "end_unpaid", 0, 84_00, 0, 2, ONE_PAID, ONE_PAID,
             (*ENDED, ["accepted", "not_started", "not_started"]))
        for build in (at.charging, at.payment_failed, at.action_required)
    ),
    Case(at.consent_wanted, False, "cancel_unpaid", 0, 84_00, 0, 2, (0, 126_00, 0, 0), (0, 126_00, 0, 0),
         (*CANCELLED, OFF)),
    Case(after_a_cancelled_first, False, "cancel_order", 84_00, 0, 0, 1, (84_00, 126_00, 0, 0), (0, 210_00, 0, 0),
         (*CANCELLED, ["cancelled", "cancelled", "not_started"])),
    Case(after_a_cancelled_first, True, "cancel_milestone", 84_00, 0, 63_00, 0, (84_00, 126_00, 0, 0),
         (0, 210_00, 0, 0), (*WAITING, ["cancelled", "cancelled", "action_required"])),
]  # fmt: skip


def usd(amount: int) -> Money:
    return Money(amount, "USD")


def amounts(outcome: Outcome) -> list[tuple[int, int, int, int]]:
    return [
        (each.held.amount, each.back.amount, each.seller.amount, each.platform.amount)
        for each in (outcome.before, outcome.after)
    ]


def refunded(order: Order) -> int:
    total = Refund.objects.filter(charge__group=order.public_id).aggregate(total=Sum("amount"))["total"]
    return total or 0


def do(order: Order, agent: User, *, going_on: bool) -> None:
    cancel(order=order, actor=agent, reason=CancelReason.BOTH_AGREE, note="They agree.", continue_after=going_on)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.build.__name__}-{case.transition}")
def test_r_sup_2_the_preview_equals_what_then_happens(
    case: Case, stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    order = case.build(stripe, buyer, seller)
    sent_back = refunded(order)
    outcome = preview_cancellation(order=order, continue_after=case.going_on)

    assert outcome.transition == case.transition
    assert (outcome.refund, outcome.withdrawn, outcome.asked) == (
        usd(case.refund), usd(case.withdrawn), usd(case.asked),
    )  # fmt: skip
    assert (len(outcome.never_starts), amounts(outcome)) == (case.never_starts, [case.before, case.after])

    do(order, agent, going_on=case.going_on)

    order = again(order)
    assert division_of(order) == outcome.after
    assert refunded(order) - sent_back == outcome.refund.amount
    assert (order.state, order.completion, states(order)) == case.becomes
    assert outcome.order_becomes == (order.get_completion_display() or order.get_state_display())
    never = [m.name for m in order.milestones.all() if m.state == "not_started"]
    assert list(outcome.never_starts) == never
    asked = Charge.objects.filter(group=order.public_id, state="awaiting_payer").exclude(succeeded_at__isnull=False)
    assert sum(charge.total for charge in asked) == outcome.asked.amount
    hold_at_stripe(stripe, order, outcome)


def hold_at_stripe(stripe: StripeDouble, order: Order, outcome: Outcome) -> None:
    """Once the workers have run, exactly what was shown has gone back, and what was withdrawn can't be paid."""
    sweep_payments()
    assert sum(refund["amount"] for refund in stripe.objects("refund")) == outcome.after.back.amount
    assert division_of(order) == outcome.after
    if outcome.withdrawn:
        assert Charge.objects.filter(group=order.public_id).latest("pk").state == "withdrawn"


@pytest.mark.parametrize("state", ["finished", "stopped", "review_lapsed", "payment_lapsed", "abandoned", "cancelled",
                                   "ended_by_support"])  # fmt: skip
@pytest.mark.parametrize("going_on", [False, True])
def test_r_ord_4_what_has_ended_is_not_cancelled(
    state: str, going_on: bool, stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    order = STATES[state](stripe, buyer, seller)
    word = OrderState(order.state).label.lower()

    assert refusal(order, agent, going_on=going_on) == (
        f"Nothing is left to cancel: the order is {word}, and an order that has ended doesn’t move again."
    )


@pytest.mark.parametrize("going_on", [False, True])
def test_what_nobody_has_paid_is_not_cancelled(
    going_on: bool, stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    order = at.unpaid(stripe, buyer, seller)

    assert refusal(order, agent, going_on=going_on) == (
        "Nothing is there to cancel or refund: nobody has paid for the first milestone. An order that nobody pays for "
        "lapses by itself."
    )


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("questions", "the buyer has not answered the seller’s questions, so nothing has begun"),
        ("delivered_last", "‘{name}’ is the last milestone"),
        ("payment_failed", "the order goes on by itself once the buyer has paid for ‘{name}’"),
        ("action_required", "the order goes on by itself once the buyer has paid for ‘{name}’"),
        ("consent_wanted", "the order goes on by itself once the buyer has paid for ‘{name}’"),
        ("charging", "the order goes on by itself once the buyer has paid for ‘{name}’"),
    ],
)
def test_there_is_not_always_a_way_on(
    state: str, why: str, stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    order = STATES[state](stripe, buyer, seller)
    under_way = order.milestones.exclude(state__in=["accepted", "planned", "cancelled"]).get()

    assert refusal(order, agent, going_on=True) == (
        f"There is no next milestone to go on with: {why.format(name=under_way.name)}. End the order instead, or leave "
        "it as it is."
    )


def test_r_ord_7_a_payment_with_the_bank_is_waited_for(
    stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    order = at.charging(stripe, buyer, seller)
    stripe.faults.add("lost_after", on="/payment_intents", times=3)
    work_off_charges(order)  # the bank took it and the answer was lost: nobody knows yet

    assert refusal(order, agent, going_on=False) == (
        "The payment is being made right now. Wait a moment, then look again."
    )


@pytest.mark.parametrize("reason", CancelReason)
def test_r_sup_2_each_reason_is_kept_and_told(
    reason: CancelReason, stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    order = at.at_work(stripe, buyer, seller)
    cancel(order=order, actor=agent, reason=reason, note="  They agree.  ")

    kept = Cancellation.objects.get()
    assert (kept.reason, kept.note, kept.agent) == (reason, "They agree.", agent)
    assert TimelineEntry.objects.get(name="cancel_order").data["reason"] == reason
    assert Refund.objects.get().reason == reason


@pytest.mark.parametrize("note", ["", "   ", "\n"])
def test_r_sup_2_a_note_is_needed(note: str, stripe: StripeDouble, buyer: User, seller: User, agent: User) -> None:
    order = at.at_work(stripe, buyer, seller)
    with pytest.raises(errors.ReasonNeeded):
        cancel(order=order, actor=agent, reason=CancelReason.FRAUD, note=note)
    assert again(order).state == "active"


def test_looking_changes_nothing(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = at.second_at_work(stripe, buyer, seller)
    entries, division = TimelineEntry.objects.count(), division_of(order)

    first, second = (preview_cancellation(order=order) for _ in range(2))

    assert first.digest == second.digest
    assert (TimelineEntry.objects.count(), division_of(order)) == (entries, division)
    assert not Refund.objects.exists()


def test_a_digest_belongs_to_one_moment_and_one_way(stripe: StripeDouble, buyer: User, seller: User) -> None:
    """A new delivery moves no money, and is still another moment."""
    order = at.at_work(stripe, buyer, seller)
    seen = {preview_cancellation(order=order).digest, preview_cancellation(order=order, continue_after=True).digest}
    deliver_current(order)
    seen |= {preview_cancellation(order=order).digest, preview_cancellation(order=order, continue_after=True).digest}

    assert len(seen) == 4


def refusal(order: Order, agent: User, *, going_on: bool) -> str:
    """What the preview and the act say alike, and that nothing has moved."""
    standing = (order.state, states(order), TimelineEntry.objects.count(), Refund.objects.count())
    with pytest.raises(DomainError) as shown:
        preview_cancellation(order=order, continue_after=going_on)
    with pytest.raises(DomainError) as done:
        do(order, agent, going_on=going_on)
    assert (again(order).state, states(order), TimelineEntry.objects.count(), Refund.objects.count()) == standing
    assert shown.value.message == done.value.message
    return shown.value.message
