"""The order's process as a table: one row per transition, read top to bottom like the story of an order.

The same rows guard the door (`orders.services.door`), decide which buttons and API actions exist for this actor now
(`orders.selectors.actions`), drive the beat sweeps (`timer`), make money move (`money`), tell people (`notices`),
make the database's triggers and the diagram in docs/order-process.md. R-ORD-1…9; T-numbers as in that page.
"""

from collections.abc import Iterable

from marketplace.kernel.transitions import TransitionTable
from orders.closings import CLOSINGS
from orders.enums import Completion, MilestoneState, OrderState, Role
from orders.rows import (
    AT_WORK,
    BANK,
    BUYER,
    CLOCK,
    COMPLETED,
    FUNDED,
    IN_REVIEW,
    PAYING,
    SELLER,
    UNABLE_TO_PAY,
    UNPAID,
    Guard,
    MoneyEffect,
    Notice,
    OrderTransition,
    Standing,
    Timer,
    both,
    standings,
)
from orders.subscriptions import SUBSCRIPTIONS

S, M = OrderState, MilestoneState

# T24 of a milestone that is over, in an order that may be too: neither the order nor the milestone under way moves.
CHARGED_BACK_LATER = {(M.ACCEPTED.value, M.CHARGED_BACK.value)}

PROCESS: TransitionTable[OrderTransition] = TransitionTable(
    [
        # --- Paying the first milestone, and beginning (R-ORD-2) ---
        OrderTransition(
            name="fund",
            t="T3",
            actors=BANK,
            sources=UNPAID,
            target=Standing(S.AWAITING_REQUIREMENTS, M.IN_PROGRESS),
            becomes=M.IN_PROGRESS,
            notices=(Notice("order_funded", Role.BUYER), Notice("order_received", Role.SELLER)),
        ),
        OrderTransition(
            name="lapse_unpaid",
            t="T2",
            actors=CLOCK,
            sources=UNPAID,
            target=Standing(S.ABANDONED),
            becomes=M.NOT_STARTED,
            timer=Timer.UNPAID,
            guards=(Guard.NOT_ON_HOLD,),
            money=(MoneyEffect.WITHDRAW,),
            notices=(Notice("order_unpaid", Role.BUYER), Notice("order_unpaid", Role.SELLER, offers_only=True)),
        ),
        OrderTransition(
            name="answer_requirements",
            t="T4",
            actors=BUYER,
            sources=FUNDED,
            target=Standing(S.ACTIVE, M.IN_PROGRESS),
            becomes=M.IN_PROGRESS,
            guards=(Guard.NOT_ON_HOLD,),
            notices=(Notice("order_begun", Role.SELLER),),
        ),
        OrderTransition(
            name="waive_requirements",
            t="T4",
            actors=SELLER,
            sources=FUNDED,
            target=Standing(S.ACTIVE, M.IN_PROGRESS),
            becomes=M.IN_PROGRESS,
            guards=(Guard.NOT_ON_HOLD,),
            notices=(Notice("requirements_waived", Role.BUYER),),
        ),
        OrderTransition(
            name="begin_at_once",
            t="T4",
            actors=BANK,
            sources=FUNDED,
            target=Standing(S.ACTIVE, M.IN_PROGRESS),
            becomes=M.IN_PROGRESS,
            guards=(Guard.NOTHING_TO_ANSWER,),
        ),
        # --- Delivering and deciding (R-ORD-5, R-ORD-6) ---
        OrderTransition(
            name="deliver",
            t="T5 T7",
            actors=SELLER,
            sources=AT_WORK,
            target=Standing(S.ACTIVE, M.DELIVERED),
            becomes=M.DELIVERED,
            guards=(Guard.NOT_ON_HOLD,),
            notices=(Notice("milestone_delivered", Role.BUYER),),
        ),
        OrderTransition(
            name="request_revision",
            t="T6",
            actors=BUYER,
            sources=IN_REVIEW,
            target=Standing(S.ACTIVE, M.IN_REVISION),
            becomes=M.IN_REVISION,
            guards=(Guard.NOT_ON_HOLD, Guard.IN_REVIEW_TIME, Guard.REVISIONS_LEFT),
            notices=(Notice("revision_requested", Role.SELLER),),
        ),
        OrderTransition(
            name="accept_and_continue",
            t="T8",
            actors=BUYER,
            sources=IN_REVIEW,
            target=Standing(S.AWAITING_NEXT_PAYMENT, M.CHARGING),
            becomes=M.ACCEPTED,
            starts_next=True,
            guards=(Guard.NOT_ON_HOLD, Guard.SELLER_HERE, Guard.IN_REVIEW_TIME, Guard.NOT_LAST, Guard.NEXT_IS_DUE),
            money=(MoneyEffect.ACCRUE, MoneyEffect.CHARGE),
            notices=(Notice("milestone_accepted", Role.SELLER),),
        ),
        OrderTransition(
            name="accept_and_finish",
            t="T9",
            actors=BUYER,
            sources=IN_REVIEW,
            target=COMPLETED,
            becomes=M.ACCEPTED,
            completion=Completion.FINISHED,
            guards=(Guard.NOT_ON_HOLD, Guard.IN_REVIEW_TIME, Guard.LAST, Guard.RAN_THROUGH),
            money=(MoneyEffect.ACCRUE, MoneyEffect.RELEASE),
            notices=both("order_finished"),
        ),
        OrderTransition(
            name="accept_and_stop",
            t="T10",
            actors=BUYER,
            sources=IN_REVIEW,
            target=COMPLETED,
            becomes=M.ACCEPTED,
            completion=Completion.STOPPED,
            guards=(Guard.NOT_ON_HOLD, Guard.IN_REVIEW_TIME, Guard.NOT_LAST, Guard.NO_SUBSCRIPTION),
            money=(MoneyEffect.ACCRUE, MoneyEffect.RELEASE),
            notices=both("order_stopped"),
        ),
        OrderTransition(
            name="ask_more_time",
            t="R-ORD-8",
            actors=BUYER,
            sources=IN_REVIEW,
            target=Standing(S.ACTIVE, M.DELIVERED),
            becomes=M.DELIVERED,
            guards=(Guard.NOT_ON_HOLD, Guard.IN_REVIEW_TIME, Guard.EXTENSION_UNUSED),
            notices=(Notice("more_time_asked", Role.SELLER),),
        ),
        OrderTransition(
            name="grant_more_time",
            t="R-ORD-8",
            actors=SELLER,
            sources=IN_REVIEW,
            target=Standing(S.ACTIVE, M.DELIVERED),
            becomes=M.DELIVERED,
            guards=(Guard.NOT_ON_HOLD, Guard.IN_REVIEW_TIME, Guard.EXTENSION_ASKED),
            notices=(Notice("more_time_granted", Role.BUYER),),
        ),
        OrderTransition(
            name="refuse_more_time",
            t="R-ORD-8",
            actors=SELLER,
            sources=IN_REVIEW,
            target=Standing(S.ACTIVE, M.DELIVERED),
            becomes=M.DELIVERED,
            guards=(Guard.NOT_ON_HOLD, Guard.IN_REVIEW_TIME, Guard.EXTENSION_ASKED),
            notices=(Notice("more_time_refused", Role.BUYER),),
        ),
        OrderTransition(
            name="lapse_review",
            t="T12",
            actors=CLOCK,
            sources=IN_REVIEW,
            target=COMPLETED,
            becomes=M.ACCEPTED,
            completion=Completion.REVIEW_LAPSED,
            timer=Timer.REVIEW,
            guards=(Guard.NOT_ON_HOLD,),
            money=(MoneyEffect.ACCRUE, MoneyEffect.RELEASE),
            notices=both("review_lapsed"),
        ),
        OrderTransition(
            name="flag_late",
            t="T19",
            actors=CLOCK,
            sources=standings(S.ACTIVE, M.IN_PROGRESS),
            target=Standing(S.ACTIVE, M.IN_PROGRESS),
            becomes=M.IN_PROGRESS,
            timer=Timer.DUE,
            guards=(Guard.NOT_ON_HOLD, Guard.NOT_LATE_YET),
            notices=both("milestone_late"),
        ),
        OrderTransition(
            name="flag_revision_late",
            t="T19",
            actors=CLOCK,
            sources=standings(S.ACTIVE, M.IN_REVISION),
            target=Standing(S.ACTIVE, M.IN_REVISION),
            becomes=M.IN_REVISION,
            timer=Timer.DUE,
            guards=(Guard.NOT_ON_HOLD, Guard.NOT_LATE_YET),
            notices=both("milestone_late"),
        ),
        # --- Paying for the next milestone (R-PAY-2, R-ORD-7) ---
        OrderTransition(
            name="begin_next",
            t="T3",
            actors=BANK,
            sources=PAYING | UNABLE_TO_PAY,
            target=Standing(S.ACTIVE, M.IN_PROGRESS),
            becomes=M.IN_PROGRESS,
            notices=both("milestone_begun"),
        ),
        OrderTransition(
            name="decline",
            t="T13",
            actors=BANK,
            sources=PAYING,
            target=Standing(S.AWAITING_NEXT_PAYMENT, M.PAYMENT_FAILED),
            becomes=M.PAYMENT_FAILED,
            notices=(Notice("payment_failed", Role.BUYER), Notice("do_not_begin", Role.SELLER, once=True)),
        ),
        OrderTransition(
            name="want_action",
            t="T14",
            actors=BANK,
            sources=PAYING,
            target=Standing(S.AWAITING_NEXT_PAYMENT, M.ACTION_REQUIRED),
            becomes=M.ACTION_REQUIRED,
            notices=(Notice("payment_needs_you", Role.BUYER), Notice("do_not_begin", Role.SELLER, once=True)),
        ),
        OrderTransition(
            name="pay_again",
            t="T15",
            actors=BUYER,
            sources=UNABLE_TO_PAY,
            target=Standing(S.AWAITING_NEXT_PAYMENT, M.CHARGING),
            becomes=M.CHARGING,
            guards=(Guard.NOT_ON_HOLD, Guard.SELLER_HERE),
        ),
        OrderTransition(
            name="charge_saved_card",
            t="T15",
            actors=BUYER,
            sources=UNABLE_TO_PAY,
            target=Standing(S.AWAITING_NEXT_PAYMENT, M.CHARGING),
            becomes=M.CHARGING,
            guards=(Guard.NOT_ON_HOLD, Guard.SELLER_HERE),
            money=(MoneyEffect.RETRY,),
        ),
        OrderTransition(
            name="retry_payment",
            t="T15",
            actors=CLOCK,
            sources=standings(S.AWAITING_NEXT_PAYMENT, M.PAYMENT_FAILED),
            target=Standing(S.AWAITING_NEXT_PAYMENT, M.CHARGING),
            becomes=M.CHARGING,
            timer=Timer.RETRY,
            guards=(Guard.NOT_ON_HOLD, Guard.SELLER_HERE),
            money=(MoneyEffect.RETRY,),
        ),
        OrderTransition(
            name="stop",
            t="T11",
            actors=BUYER,
            sources=PAYING | UNABLE_TO_PAY,
            target=COMPLETED,
            becomes=M.NOT_STARTED,
            completion=Completion.STOPPED,
            guards=(Guard.SOME_ACCEPTED, Guard.NO_SUBSCRIPTION),
            money=(MoneyEffect.WITHDRAW, MoneyEffect.RELEASE),
            notices=both("order_stopped"),
        ),
        OrderTransition(
            name="lapse_payment",
            t="T16",
            actors=CLOCK,
            sources=PAYING | UNABLE_TO_PAY,
            target=COMPLETED,
            becomes=M.NOT_STARTED,
            completion=Completion.PAYMENT_LAPSED,
            timer=Timer.PAY_BY,
            guards=(Guard.NOT_ON_HOLD, Guard.SOME_ACCEPTED),
            money=(MoneyEffect.WITHDRAW, MoneyEffect.RELEASE),
            notices=both("payment_lapsed"),
        ),
        *SUBSCRIPTIONS,
        *CLOSINGS,
    ]
)


def order_edges(rows: Iterable[OrderTransition] = PROCESS) -> list[tuple[str, str]]:
    """Every step of an order's own state that the table knows, for the database's trigger."""
    return sorted(
        {(s.order.value, row.target.order.value) for row in rows for s in row.sources if s.order != row.target.order}
    )


def milestone_edges(rows: Iterable[OrderTransition] = PROCESS) -> list[tuple[str, str]]:
    """Every step of a milestone's state: the one under way, the next that starts, the planned that never will."""
    edges = {(M.PLANNED.value, M.NOT_STARTED.value), (M.PLANNED.value, M.CHARGING.value)} | CHARGED_BACK_LATER
    for row in rows:
        if row.starts_next and row.target.milestone:
            edges.add((M.PLANNED.value, row.target.milestone.value))
        edges |= {
            (source.milestone.value, row.becomes.value)
            for source in row.sources
            if source.milestone is not None and source.milestone != row.becomes
        }
    return sorted(edges)
