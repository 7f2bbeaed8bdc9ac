"""The rows of the order's process that only a subscription takes: its months follow each other by date (R-OFR-4).

Part of the table in `orders.transitions`, where the rest of the story stands.
"""

from orders.enums import Completion, MilestoneState, OrderState, Role
from orders.rows import (
    BETWEEN_MONTHS,
    BUYER,
    CLOCK,
    COMPLETED,
    IN_REVIEW,
    PARTIES,
    PAYING,
    UNABLE_TO_PAY,
    Guard,
    MoneyEffect,
    Notice,
    OrderTransition,
    Standing,
    Timer,
    both,
    standings,
)

S, M = OrderState, MilestoneState


def _end_after(name: str, milestone: MilestoneState) -> OrderTransition:
    """Either side ends it while a month is under way: that one is seen through, the rest never begins."""
    return OrderTransition(
        name=name,
        t="R-OFR-4",
        actors=PARTIES,
        sources=standings(S.ACTIVE, milestone),
        target=Standing(S.ACTIVE, milestone),
        becomes=milestone,
        drops_rest=True,
        guards=(Guard.SUBSCRIPTION, Guard.NOT_LAST),
        notices=both("subscription_ends"),
    )


SUBSCRIPTIONS = [
    OrderTransition(
        name="accept_month",
        t="R-OFR-4",
        actors=BUYER,
        sources=IN_REVIEW,
        target=Standing(S.ACTIVE, M.SCHEDULED),
        becomes=M.ACCEPTED,
        starts_next=True,
        guards=(Guard.NOT_ON_HOLD, Guard.SELLER_HERE, Guard.IN_REVIEW_TIME, Guard.NOT_LAST, Guard.NEXT_IS_AHEAD),
        money=(MoneyEffect.ACCRUE,),
        notices=(Notice("month_accepted", Role.SELLER),),
    ),
    OrderTransition(
        name="accept_and_end",
        t="R-OFR-4",
        actors=BUYER,
        sources=IN_REVIEW,
        target=COMPLETED,
        becomes=M.ACCEPTED,
        completion=Completion.SUBSCRIPTION_ENDED,
        guards=(Guard.NOT_ON_HOLD, Guard.IN_REVIEW_TIME, Guard.MONTHS_LEFT_OUT),
        money=(MoneyEffect.ACCRUE, MoneyEffect.RELEASE),
        notices=both("subscription_ended"),
    ),
    _end_after("end_after_month", M.IN_PROGRESS),
    _end_after("end_after_revision", M.IN_REVISION),
    _end_after("end_after_delivery", M.DELIVERED),
    OrderTransition(
        name="charge_month",
        t="R-OFR-4",
        actors=CLOCK,
        sources=BETWEEN_MONTHS,
        target=Standing(S.AWAITING_NEXT_PAYMENT, M.CHARGING),
        becomes=M.CHARGING,
        timer=Timer.BEGINS,
        guards=(Guard.NOT_ON_HOLD, Guard.SELLER_HERE),
        money=(MoneyEffect.CHARGE,),
    ),
    OrderTransition(
        name="end_subscription",
        t="R-OFR-4",
        actors=PARTIES,
        sources=BETWEEN_MONTHS | PAYING | UNABLE_TO_PAY,
        target=COMPLETED,
        becomes=M.NOT_STARTED,
        completion=Completion.SUBSCRIPTION_ENDED,
        guards=(Guard.SUBSCRIPTION, Guard.SOME_ACCEPTED),
        money=(MoneyEffect.WITHDRAW, MoneyEffect.RELEASE),
        notices=both("subscription_ended"),
    ),
]
