"""Accept × lapse × stop × revise at the same instant, on real connections: one winner, one charge at most, sound books.

The buyer's clock says one microsecond before the deadline, the beat's says the deadline itself: each is right by its
own clock, so only the lock on the order decides.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, connections

from accounts.models import User
from marketplace.kernel.errors import DomainError
from orders.actors import CLOCK
from orders.models import Order, TimelineEntry
from orders.services import deciding, door
from payments.enums import ChargeState
from payments.models import Charge
from tests.factories.orders import deliver_current, make_order, pay_first
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import books_of

BOOKS = {"captured": 63_00, "released": 54_00, "commission": 6_00, "fees": 3_00}
STILL_HELD = {"captured": 63_00, "held": 60_00, "fee_held": 3_00}  # where a revision was asked for
TRIALS = 30  # thousands, of each pair of transitions, in tests/prove/test_races.py
DECISIONS = {"accept_and_continue", "accept_and_stop", "lapse_review", "request_revision"}


def at_once(*acts: Callable[[], object]) -> list[BaseException | None]:
    """Run all in threads that start together; what each raised, in order."""
    barrier = threading.Barrier(len(acts))
    raised: list[BaseException | None] = [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
        except (DomainError, DatabaseError) as error:
            raised[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def lapse(order: Order) -> None:
    deadline = order.milestones.get(position=1).review_deadline
    with door.transition(order=order, name="lapse_review", actor=CLOCK, now=deadline):
        pass


def rivals(order: Order) -> list[Callable[[], object]]:
    first, second, _ = order.milestones.all()
    assert first.review_deadline is not None
    just_before = first.review_deadline - timedelta(microseconds=1)
    accept = partial(
        deciding.accept_and_continue,
        order=order,
        actor=order.buyer,
        shown_to_pay=second.to_pay.amount,
        now=just_before,
    )
    stop = partial(deciding.accept_and_stop, order=order, actor=order.buyer, now=just_before)
    revise = partial(deciding.request_revision, order=order, actor=order.buyer, message="Bluer.", now=just_before)
    return [accept, accept, partial(lapse, order), stop, revise]


def violations(order: Order, raised: list[BaseException | None]) -> list[str]:
    decided = [e.name for e in TimelineEntry.objects.filter(order=order, name__in=DECISIONS)]
    found = []
    if len(decided) != 1 or raised.count(None) != 1:
        found.append(f"winners {decided}, {raised.count(None)} calls succeeded")
    if any(isinstance(error, DatabaseError) for error in raised):
        found.append(f"the database had to refuse: {raised}")
    live = Charge.objects.filter(group=order.public_id).exclude(state=ChargeState.WITHDRAWN)
    if live.count() > 1 + (decided == ["accept_and_continue"]):
        found.append("a charge for what won’t start")
    balances = books_of(order)
    if balances != (STILL_HELD if decided == ["request_revision"] else BOOKS):
        found.append(f"the books: {balances}")
    return found


@pytest.fixture
def delivered(transactional_db: None, stripe: StripeDouble, buyer: User, seller: User) -> Callable[[], Order]:
    def make() -> Order:
        order = pay_first(make_order(buyer=buyer, seller=seller, parts=(60_00, 80_00, 100_00)), stripe)
        deliver_current(order)
        return order

    return make


def test_r_ord_8_accept_lapse_stop_and_double_accept_have_one_winner(delivered: Callable[[], Order]) -> None:
    for trial in range(TRIALS):
        order = delivered()
        raised = at_once(*rivals(order))
        assert violations(order, raised) == [], f"trial {trial}"


@contextmanager
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def read_only(order_id: int) -> Order:
        return Order.objects.select_related("plan", "policy", "buyer", "seller", "method").get(pk=order_id)

    with monkeypatch.context() as patch:
        patch.setattr(door, "lock_order", read_only)
        yield


def test_the_race_is_real_without_the_lock_it_has_losers(
    delivered: Callable[[], Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = 0
    for _ in range(10):
        order = delivered()
        with without_the_lock(monkeypatch):
            raised = at_once(*rivals(order))
        failed += bool(violations(order, raised))
    assert failed > 0


def test_the_database_refuses_an_illegal_step_whoever_asks(delivered: Callable[[], Order]) -> None:
    order = delivered()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET state = 'pending_payment' WHERE id = %s", [order.pk])
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM orders_timelineentry")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_timelineentry CASCADE")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_timelineentry SET name = 'nothing'")
