"""Two agents at the same instant, and an agent against the buyer, on real connections: one of them wins."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connections

from accounts.models import User
from marketplace.kernel.errors import DomainError
from orders.models import Cancellation, Order
from orders.services import deciding
from payments.invariants import violations
from payments.models import Charge, Refund
from tests.factories.order_states import delivered, second_at_work
from tests.factories.orders import again, states
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)
TRIALS = 6


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all in threads that start together; what each returned or was refused with, in order."""
    barrier = threading.Barrier(len(acts))
    ended: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            ended[index] = act()
        except DomainError as refusal:
            ended[index] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def press(desk: Desk, order: Order, previewed: Any) -> Callable[[], int]:
    return lambda: int(desk.confirm(order, previewed).status_code)


def test_r_sup_2_two_agents_confirm_at_once_and_one_wins(
    stripe: StripeDouble, buyer: User, seller: User, helper: User, agent: User
) -> None:
    """One of them ends the order, the other goes on with the next milestone: never both."""
    one, other = Desk(helper), Desk(agent)
    for trial in range(TRIALS):
        order = second_at_work(stripe, buyer, seller)
        ending, going_on = one.preview(order), other.preview(order, rest="continue")

        ended = at_once(press(one, order, ending), press(other, order, going_on))

        assert sorted(ended) == [302, 409], f"trial {trial}"
        wanted = ("completed", "not_started") if ended[0] == 302 else ("awaiting_next_payment", "action_required")
        assert (again(order).state, states(order)[2]) == wanted
        assert Cancellation.objects.filter(milestone__order=order).count() == 1
        assert Refund.objects.filter(charge__group=order.public_id).count() == 1
        entry = LogEntry.objects.get(object_id=str(order.pk))
        assert entry.user == (helper if ended[0] == 302 else agent)
    assert violations() == []


def test_r_ord_8_an_agent_and_the_buyer_decide_at_once_and_one_wins(
    stripe: StripeDouble, buyer: User, seller: User, helper: User
) -> None:
    """What was accepted is not refunded, what was refunded is not accepted."""
    desk = Desk(helper)
    for trial in range(TRIALS):
        order = delivered(stripe, buyer, seller)
        previewed = desk.preview(order)

        def accept(order: Order = order) -> str:
            deciding.accept_and_continue(order=order, actor=buyer, shown_to_pay=84_00)
            return "accepted"

        status, answer = at_once(press(desk, order, previewed), accept)

        cancelled = status == 302
        assert cancelled != (answer == "accepted"), f"trial {trial}: {status}, {answer}"
        assert states(order)[0] == ("cancelled" if cancelled else "accepted")
        assert Refund.objects.filter(charge__group=order.public_id).exists() == cancelled
        assert Charge.objects.filter(group=order.public_id).count() == (1 if cancelled else 2)
        assert LogEntry.objects.filter(object_id=str(order.pk)).exists() == cancelled
    assert violations() == []
