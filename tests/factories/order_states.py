"""An order in each state that its page shows, by name: what every page and API test walks through."""

from collections.abc import Callable

from accounts.models import User
from marketplace.kernel import clock
from orders.actors import CLOCK
from orders.models import Order
from orders.services import deciding, extending, lapsing, placing, subscribing
from orders.services.door import transition
from tests.factories.orders import (
    accept_and_continue,
    accept_and_pay_next,
    again,
    answer_all,
    cancel,
    deliver_current,
    make_order,
    pay_first,
    work_off_charges,
)
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import make_sent_offer

Builder = Callable[[StripeDouble, User, User], Order]


def unpaid(_stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return make_order(buyer=buyer, seller=seller)


def questions(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return pay_first(make_order(buyer=buyer, seller=seller, questions=2), stripe)


def answered(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return answer_all(questions(stripe, buyer, seller))


def at_work(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return pay_first(make_order(buyer=buyer, seller=seller), stripe)


def late(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Flagged as the beat does, with the due date behind it."""
    order = at_work(stripe, buyer, seller)
    order.milestones.filter(state="in_progress").update(due_at=clock.now())
    assert lapsing.flag_late_milestones() == 1
    return again(order)


def delivered(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The first of three, with a preview and a locked original."""
    order = at_work(stripe, buyer, seller)
    deliver_current(order, files=1, originals=1)
    return again(order)


def delivered_last(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """A single payment's only milestone."""
    order = pay_first(make_order(buyer=buyer, seller=seller, parts=(26000,)), stripe)
    deliver_current(order)
    return again(order)


def more_time_asked(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = delivered(stripe, buyer, seller)
    extending.ask_more_time(order=order, actor=buyer, reason="I am away until Thursday.")
    return again(order)


def in_revision(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = delivered(stripe, buyer, seller)
    deciding.request_revision(order=order, actor=buyer, message="Slower, please.", criterion="Step 1 works")
    return again(order)


def revisions_used(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = delivered(stripe, buyer, seller)
    for _ in range(2):
        deciding.request_revision(order=order, actor=buyer, message="Again, please.")
        deliver_current(order)
    return again(order)


def charging(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The first accepted, the second's charge written and not sent yet."""
    return accept_and_continue(delivered(stripe, buyer, seller))


def second_at_work(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return accept_and_pay_next(delivered(stripe, buyer, seller))


def payment_failed(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return _next_charge_meets("works_then_declines", stripe, buyer, seller)


def action_required(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return _next_charge_meets("works_then_authenticates", stripe, buyer, seller)


def consent_wanted(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Support cancelled the first milestone and asks whether to go on."""
    return cancel(at_work(stripe, buyer, seller), continue_after=True)


def finished(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = delivered_last(stripe, buyer, seller)
    deciding.accept_and_finish(order=order, actor=buyer)
    return again(order)


def stopped(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = delivered(stripe, buyer, seller)
    deciding.accept_and_stop(order=order, actor=buyer, reason="The budget is gone")
    return again(order)


def review_lapsed(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return _timer_takes("lapse_review", delivered(stripe, buyer, seller), "review_deadline")


def payment_lapsed(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return _timer_takes("lapse_payment", payment_failed(stripe, buyer, seller), "pay_by")


def abandoned(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return _timer_takes("lapse_unpaid", unpaid(stripe, buyer, seller), "unpaid_deadline")


def cancelled(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return cancel(at_work(stripe, buyer, seller))


def ended_by_support(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return cancel(second_at_work(stripe, buyer, seller))


def month_at_work(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The first of three months of a subscription."""
    return pay_first(_subscribe(buyer, seller), stripe)


def month_delivered(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = month_at_work(stripe, buyer, seller)
    deliver_current(order)
    return again(order)


def month_in_revision(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = month_delivered(stripe, buyer, seller)
    deciding.request_revision(order=order, actor=buyer, message="Slower, please.")
    return again(order)


def last_month_delivered(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The seller has ended it after this month."""
    order = month_delivered(stripe, buyer, seller)
    subscribing.end_subscription(order=order, actor=seller, name="end_after_delivery", reason="A long journey.")
    return again(order)


def between_months(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = month_delivered(stripe, buyer, seller)
    subscribing.accept_month(order=order, actor=buyer)
    return again(order)


def month_refused(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The card is refused on the date of the second month."""
    order = pay_first(_subscribe(buyer, seller), stripe, "works_then_declines")
    deliver_current(order)
    subscribing.accept_month(order=order, actor=buyer)
    order.milestones.filter(position=2).update(begins_at=clock.now())
    assert lapsing.charge_months() == 1
    return work_off_charges(order)


def subscription_ended(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = between_months(stripe, buyer, seller)
    subscribing.end_subscription(order=order, actor=buyer, name="end_subscription", reason="The season is over.")
    return again(order)


STATES: dict[str, Builder] = {
    builder.__name__: builder
    for builder in (
        unpaid, questions, answered, at_work, late, delivered, delivered_last, more_time_asked, in_revision,
        revisions_used, charging, second_at_work, payment_failed, action_required, consent_wanted, finished, stopped,
        review_lapsed, payment_lapsed, abandoned, cancelled, ended_by_support, month_at_work, month_delivered,
        month_in_revision, last_month_delivered, between_months, month_refused, subscription_ended,
    )
}  # fmt: skip
COMPLETED = ("finished", "stopped", "review_lapsed", "payment_lapsed", "ended_by_support", "subscription_ended")
RUNNING = [name for name in STATES if name not in (*COMPLETED, "abandoned", "cancelled")]


def _subscribe(buyer: User, seller: User) -> Order:
    offer = make_sent_offer(buyer, seller, [120_00], days=20, months=3)
    assert offer.plan is not None
    return placing.place_from_offer(offer=offer, buyer=buyer, shown_digest=offer.plan.digest)


def _next_charge_meets(scenario: str, stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = pay_first(make_order(buyer=buyer, seller=seller), stripe, scenario)
    deliver_current(order)
    return accept_and_pay_next(order)


def _timer_takes(name: str, order: Order, deadline: str) -> Order:
    """The clock acts at the very instant of its deadline (R-ORD-8)."""
    milestone = order.milestones.filter(review_deadline__isnull=False).first()
    at = milestone.review_deadline if deadline == "review_deadline" and milestone else getattr(order, deadline)
    with transition(order=order, name=name, actor=CLOCK, now=at):
        pass
    return again(order)
