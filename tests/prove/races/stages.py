"""The moments at which steps can meet: an order in each, made once by the services and then copied."""

from collections.abc import Callable
from unittest.mock import patch

from accounts.models import User
from orders.models import Order
from orders.services import deciding, funding
from payments.models import ChargeAttempt
from payments.services.submitting import submit_attempt
from tests.factories import order_states
from tests.factories.orders import (
    accept_and_continue,
    accept_and_pay_next,
    again,
    deliver_current,
    make_order,
    pay_first,
)
from tests.payments.simulator_fixtures import StripeDouble

RETURN = "https://milepost.test/back"
Builder = Callable[[StripeDouble, User, User], Order]


def page_open(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Placed, and the buyer has the hosted page in front of them."""
    order = make_order(buyer=buyer, seller=seller)
    charge = funding.prepare_payment(order=order, actor=buyer)
    funding.pay_url(charge=charge, success_url=RETURN, cancel_url=RETURN)
    return again(order)


def page_paid(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The page is paid and nobody has heard of it."""
    order = page_open(stripe, buyer, seller)
    attempt = ChargeAttempt.objects.get(charge__group=order.public_id)
    stripe.pay(attempt.checkout_id or "")
    return order


def next_declines(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The next charge is written; the bank will say no."""
    return _next_written("works_then_declines", stripe, buyer, seller)


def next_wants_buyer(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return _next_written("works_then_authenticates", stripe, buyer, seller)


def settled_untold(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The next charge succeeded; the order has not been told."""
    return _untold(order_states.charging(stripe, buyer, seller))


def declined_untold(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    return _untold(next_declines(stripe, buyer, seller))


def second_page_open(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """The next charge was declined, and the buyer has the hosted page in front of them."""
    order = order_states.payment_failed(stripe, buyer, seller)
    charge = funding.prepare_payment(order=order, actor=buyer)
    funding.pay_url(charge=charge, success_url=RETURN, cancel_url=RETURN)
    return again(order)


def second_delivered(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = accept_and_pay_next(order_states.delivered(stripe, buyer, seller))
    deliver_current(order)
    return again(order)


def stopping(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Stopped while the page was open: the withdrawal is under way."""
    order = second_page_open(stripe, buyer, seller)
    deciding.stop(order=order, actor=buyer)
    return again(order)


STAGES: dict[str, Builder] = {
    builder.__name__: builder
    for builder in (
        page_open, page_paid, order_states.questions, order_states.at_work, order_states.delivered,
        order_states.delivered_last, order_states.more_time_asked, order_states.in_revision, order_states.charging,
        next_declines, next_wants_buyer, settled_untold, declined_untold, order_states.payment_failed,
        order_states.action_required, second_page_open, order_states.consent_wanted, second_delivered, stopping,
        order_states.stopped,
    )
}  # fmt: skip


def _next_written(scenario: str, stripe: StripeDouble, buyer: User, seller: User) -> Order:
    order = pay_first(make_order(buyer=buyer, seller=seller), stripe, scenario)
    deliver_current(order)
    return accept_and_continue(order)


def _untold(order: Order) -> Order:
    with patch("payments.services.settling.announce_charge"):
        for attempt in ChargeAttempt.objects.filter(charge__group=order.public_id, state="queued"):
            submit_attempt(attempt_id=attempt.pk)
    return again(order)
