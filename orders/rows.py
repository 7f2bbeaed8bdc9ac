"""What a row of the order's process is made of: where an order stands, which clock, which money, which conditions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from marketplace.kernel.transitions import Transition
from orders.enums import Completion, MilestoneState, OrderState, Role

S, M = OrderState, MilestoneState


class Standing(NamedTuple):
    """Where an order is: its own state and that of the milestone under way (none once it has ended)."""

    order: OrderState
    milestone: MilestoneState | None = None

    def __str__(self) -> str:
        return f"{self.order}__{self.milestone}" if self.milestone else str(self.order)


class Timer(StrEnum):
    """The stored deadline that lets the clock act. Exclusive: at the instant itself the timer has won."""

    UNPAID = "unpaid_deadline"
    REVIEW = "review_deadline"
    PAY_BY = "pay_by"
    RETRY = "retry_at"
    DUE = "due_at"
    BEGINS = "begins_at"


class MoneyEffect(StrEnum):
    """What a transition does with money; each is one function in `orders.services.money`."""

    CHARGE = "charge"  # open the charge of the milestone that is to begin
    RETRY = "retry"  # charge the saved card once more
    ACCRUE = "accrue"  # the accepted milestone's money now belongs to the seller, less commission
    RELEASE = "release"  # accepted money begins to clear, as the policy says
    WITHDRAW = "withdraw"  # call back a charge that has not succeeded
    REFUND = "refund"  # give the milestone's held money back, fee included


class Guard(StrEnum):
    """A condition beside the state; each is one function in `orders.guards`, with the sentence that says why not."""

    LAST = "last"
    NOT_LAST = "not_last"
    IN_REVIEW_TIME = "in_review_time"
    REVISIONS_LEFT = "revisions_left"
    EXTENSION_UNUSED = "extension_unused"
    EXTENSION_ASKED = "extension_asked"
    SOME_ACCEPTED = "some_accepted"
    NONE_ACCEPTED = "none_accepted"
    NOTHING_TO_ANSWER = "nothing_to_answer"
    NOT_LATE_YET = "not_late_yet"
    NOT_ON_HOLD = "not_on_hold"
    SELLER_HERE = "seller_here"  # of what charges anew: the seller's account has not been closed
    SUBSCRIPTION = "subscription"
    NO_SUBSCRIPTION = "no_subscription"
    NEXT_IS_DUE = "next_is_due"  # of a subscription: the date of the next month has come
    NEXT_IS_AHEAD = "next_is_ahead"
    MONTHS_LEFT_OUT = "months_left_out"  # of a subscription: some of its months are still ahead, or never begin
    RAN_THROUGH = "ran_through"


class Notice(NamedTuple):
    """Who is told. `offers_only`: of an order from an offer, because nobody heard of an unpaid one from a gig.
    `once`: only the first time for a milestone, however often the step is made.
    """

    kind: str
    to: Role
    offers_only: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTransition(Transition[Standing, Role]):
    """One row. `becomes` is what the milestone under way turns into; an order's end makes the planned `not_started`,
    and so does `drops_rest` while the order runs on with the one under way.
    """

    t: str
    becomes: MilestoneState
    completion: Completion | None = None
    starts_next: bool = False
    drops_rest: bool = False
    timer: Timer | None = None
    guards: tuple[Guard, ...] = ()
    money: tuple[MoneyEffect, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def ends_order(self) -> bool:
        return self.target.milestone is None


def standings(order: OrderState, *milestones: MilestoneState) -> frozenset[Standing]:
    return frozenset(Standing(order, milestone) for milestone in milestones)


def both(kind: str) -> tuple[Notice, Notice]:
    return Notice(kind, Role.BUYER), Notice(kind, Role.SELLER)


UNPAID = standings(S.PENDING_PAYMENT, M.CHARGING)
FUNDED = standings(S.AWAITING_REQUIREMENTS, M.IN_PROGRESS)
AT_WORK = standings(S.ACTIVE, M.IN_PROGRESS, M.IN_REVISION)
IN_REVIEW = standings(S.ACTIVE, M.DELIVERED)
PAYING = standings(S.AWAITING_NEXT_PAYMENT, M.CHARGING)
UNABLE_TO_PAY = standings(S.AWAITING_NEXT_PAYMENT, M.PAYMENT_FAILED, M.ACTION_REQUIRED)
BETWEEN_MONTHS = standings(S.ACTIVE, M.SCHEDULED)  # of a subscription: one month is accepted, the next has its date
COMPLETED = Standing(S.COMPLETED)

BUYER, SELLER, SUPPORT = frozenset({Role.BUYER}), frozenset({Role.SELLER}), frozenset({Role.SUPPORT})
PARTIES = BUYER | SELLER
CLOCK, BANK = frozenset({Role.TIMER}), frozenset({Role.PAYMENTS})
