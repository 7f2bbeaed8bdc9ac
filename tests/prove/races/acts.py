"""What each person, clock and worker can do to an order at one instant. T-numbers as in docs/order-process.md.

The buyer's clock says one microsecond before a deadline, the beat's says the deadline itself: each is right by its own
clock, so that only the lock decides.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unittest.mock import patch

from accounts.models import User
from marketplace.kernel import clock
from orders.actors import CLOCK
from orders.enums import CancelReason
from orders.models import Order
from orders.services import deciding, ending, extending, funding
from orders.services.door import transition
from orders.services.requirements import waive_requirements
from payments.enums import UNCLOSED, ChargeState, RefundState
from payments.models import Charge, ChargeAttempt, Refund
from payments.services.announcing import announce_charge
from payments.services.charging import refresh_charge
from payments.services.refunding import request_refund
from payments.services.returning import submit_refund
from payments.services.submitting import submit_attempt
from payments.services.withdrawing import carry_out_withdrawal
from payments.simulator.errors import ApiError
from tests.factories.orders import answer_all, deliver_current
from tests.payments.simulator_fixtures import StripeDouble

MOMENT = timedelta(microseconds=1)
Act = Callable[["Stage"], object]


@dataclass(frozen=True)
class Stage:
    """One order, on a connection of its own: read afresh by every act, its deadlines as they were at the beginning."""

    order_id: int
    stripe: StripeDouble
    agent: User
    deadlines: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, order_id: int, stripe: StripeDouble, agent: User) -> "Stage":
        order = Order.objects.get(pk=order_id)
        found = {name: getattr(order, name) for name in ("unpaid_deadline", "pay_by")}
        for milestone in order.milestones.order_by("-position"):
            named = ((name, getattr(milestone, name)) for name in ("review_deadline", "retry_at", "due_at"))
            found |= {name: at for name, at in named if at}
        return cls(order_id, stripe, agent, {name: at for name, at in found.items() if at})

    @property
    def order(self) -> Order:
        return Order.objects.select_related("buyer", "seller", "plan", "policy", "method").get(pk=self.order_id)

    @property
    def charges(self) -> list[Charge]:
        """The earliest first. Not by their ids: a copy's own are above those of the charges that it will open."""
        return list(Charge.objects.filter(group=self.order.public_id).order_by("created_at"))

    def deadline(self, name: str) -> datetime:
        """A deadline of the order; now where there is none."""
        return self.deadlines.get(name) or clock.now()

    @property
    def before_review_ends(self) -> datetime:
        return self.deadline("review_deadline") - MOMENT


def _clock(stage: Stage, name: str, deadline: str) -> None:
    with transition(order=stage.order, name=name, actor=CLOCK, now=stage.deadline(deadline)) as step:
        if name == "flag_late":
            step.milestone.late_at = step.now


def _accept_next(stage: Stage) -> None:
    following = stage.order.milestones.filter(state="planned").select_related("planned").first()
    shown = following.to_pay.amount if following else 0
    deciding.accept_and_continue(
        order=stage.order, actor=stage.order.buyer, shown_to_pay=shown, now=stage.before_review_ends
    )


def _revision(stage: Stage) -> None:
    deciding.request_revision(
        order=stage.order, actor=stage.order.buyer, message="Slower.", now=stage.before_review_ends
    )


def _support(stage: Stage, *, continue_after: bool) -> None:
    ending.cancel(
        order=stage.order, actor=stage.agent, reason=CancelReason.BOTH_AGREE, note="They asked.",
        continue_after=continue_after,
    )  # fmt: skip


def _worker_charges(stage: Stage) -> None:
    waiting = ChargeAttempt.objects.filter(charge__in=stage.charges, state__in=UNCLOSED, mode="saved")
    for pk in list(waiting.values_list("pk", flat=True)):
        submit_attempt(attempt_id=pk)


def _worker_withdraws(stage: Stage) -> None:
    for charge in stage.charges:
        if charge.state == ChargeState.WITHDRAWING:
            carry_out_withdrawal(charge_id=charge.pk)


def _bank_pays_page(stage: Stage) -> None:
    """The buyer has paid on the page that is open, and we hear of it."""
    for charge in stage.charges:
        attempt = charge.attempts.exclude(checkout_id=None).order_by("-number").first()
        if attempt and attempt.checkout_id:
            with suppress(ApiError):  # it is paid or closed already
                stage.stripe.pay(attempt.checkout_id)
            refresh_charge(charge=charge, now=clock.now())


def _support_refunds(stage: Stage) -> None:
    """A part of the first charge goes back (T22)."""
    for charge in stage.charges[:1]:
        request_refund(charge=charge, amount=1_000, reason="A part", now=clock.now())


def _worker_refunds(stage: Stage) -> None:
    waiting = Refund.objects.filter(charge__in=stage.charges, state=RefundState.PENDING)
    for pk in list(waiting.values_list("pk", flat=True)):
        submit_refund(refund_id=pk)


def _announce(stage: Stage) -> None:
    for charge in stage.charges:
        announce_charge(charge_id=charge.pk)


def _untold(act: Act) -> Act:
    """The first of the two transactions of `act`: the money is settled, the order not told."""

    def settle(stage: Stage) -> None:
        with patch("payments.services.settling.announce_charge"):
            act(stage)

    return settle


ACTS: dict[str, Act] = {
    "T2 lapse unpaid": lambda stage: _clock(stage, "lapse_unpaid", "unpaid_deadline"),
    "T3 page paid": _bank_pays_page,
    "T3 announce": _announce,
    "T4 answer": lambda stage: answer_all(stage.order),
    "T4 waive": lambda stage: waive_requirements(order=stage.order, actor=stage.order.seller),
    "T5 deliver": lambda stage: deliver_current(stage.order),
    "T6 revise": _revision,
    "T8 accept next": _accept_next,
    "T9 accept last": lambda stage: deciding.accept_and_finish(
        order=stage.order, actor=stage.order.buyer, now=stage.before_review_ends
    ),
    "T10 accept and stop": lambda stage: deciding.accept_and_stop(
        order=stage.order, actor=stage.order.buyer, now=stage.before_review_ends
    ),
    "R8 ask time": lambda stage: extending.ask_more_time(
        order=stage.order, actor=stage.order.buyer, reason="Away.", now=stage.before_review_ends
    ),
    "R8 grant time": lambda stage: extending.grant_more_time(
        order=stage.order, actor=stage.order.seller, now=stage.before_review_ends
    ),
    "R8 refuse time": lambda stage: extending.refuse_more_time(
        order=stage.order, actor=stage.order.seller, now=stage.before_review_ends
    ),
    "T11 stop": lambda stage: deciding.stop(order=stage.order, actor=stage.order.buyer),
    "T12 lapse review": lambda stage: _clock(stage, "lapse_review", "review_deadline"),
    "T13 worker charges": _worker_charges,
    "T13 worker withdraws": _worker_withdraws,
    "T15 pay again": lambda stage: funding.prepare_payment(order=stage.order, actor=stage.order.buyer),
    "T15 retry": lambda stage: _clock(stage, "retry_payment", "retry_at"),
    "T16 lapse payment": lambda stage: _clock(stage, "lapse_payment", "pay_by"),
    "T16 lapse consent": lambda stage: _clock(stage, "lapse_consent", "pay_by"),
    "T19 flag late": lambda stage: _clock(stage, "flag_late", "due_at"),
    "T20 cancel": lambda stage: _support(stage, continue_after=False),
    "T21 cancel and go on": lambda stage: _support(stage, continue_after=True),
    "T22 refund a part": _support_refunds,
    "T22 worker refunds": _worker_refunds,
}

# What is two steps by design: the books first, then the order is told. Another step may come between them.
STEPS: dict[str, tuple[Act, ...]] = {
    "T3 page paid": (_untold(_bank_pays_page), _announce),
    "T13 worker charges": (_untold(_worker_charges), _announce),
}


def steps_of(name: str) -> tuple[Act, ...]:
    return STEPS.get(name) or (ACTS[name],)
