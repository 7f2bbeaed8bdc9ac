"""Orders on hold: what stands still, what goes on, and where the deadlines are afterwards (R-ORD-4, R-ORD-17)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from marketplace.kernel import clock
from notifications.models import Notification
from orders.actors import CLOCK, Actor, agent
from orders.enums import CancelReason, Role
from orders.errors import NothingHolds, OrderOnHold
from orders.guards import GUARDS, Facts
from orders.models import Order, OrderHold, Revision
from orders.presenters.page import page_of
from orders.rows import Guard
from orders.selectors import orders_of, with_milestones
from orders.services import deciding, ending, funding, lapsing, reminding
from orders.services.door import explain_refusal, read_facts, transition
from orders.services.holding import lift_hold, place_hold
from orders.transitions import PROCESS
from payments.enums import HoldKind
from payments.models import PayoutHold
from tests.factories.order_states import RUNNING, STATES, delivered, in_revision, payment_failed, unpaid
from tests.factories.orders import again, facts
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db
MICROSECOND = timedelta(microseconds=1)
A_WHILE = timedelta(days=3, hours=4, microseconds=123_457)


@dataclass
class Cast:
    stripe: StripeDouble
    buyer: User
    seller: User
    agent: Actor

    def reach(self, state: str) -> Order:
        return STATES[state](self.stripe, self.buyer, self.seller)


@pytest.fixture
def cast(stripe: StripeDouble, buyer: User, seller: User, agent: User) -> Cast:
    return Cast(stripe, buyer, seller, Actor(Role.SUPPORT, agent))


def hold(order: Order, actor: Actor, *, now: datetime | None = None, reference: str = "") -> OrderHold:
    return place_hold(
        order=order, kind=HoldKind.SUPPORT, reference=reference, reason="Somebody asked us to look.", actor=actor,
        now=now,
    )  # fmt: skip


def lift(order: Order, actor: Actor, *, now: datetime | None = None, reference: str = "") -> timedelta | None:
    return lift_hold(order=order, kind=HoldKind.SUPPORT, reference=reference, actor=actor, now=now)


def deadlines(order: Order) -> dict[str, datetime | None]:
    order = again(order)
    found: dict[str, datetime | None] = {"pay_by": order.pay_by, "unpaid": order.unpaid_deadline}
    for milestone in order.milestones.all():
        for name in ("due_at", "review_deadline", "retry_at"):
            found[f"{milestone.position} {name}"] = getattr(milestone, name)
    return found


@pytest.mark.parametrize("state", RUNNING)
def test_r_ord_17_every_transition_on_hold(cast: Cast, state: str) -> None:
    """Of every row of the table, for every actor: refused for the hold, or as it would be without one."""
    order = cast.reach(state)
    before = read_facts(again(order), clock.now())
    hold(order, cast.agent)
    held = read_facts(again(order), clock.now())
    for row in PROCESS:
        for role in row.actors:
            free, now = explain_refusal(before, row.name, role), explain_refusal(held, row.name, role)
            stopped = Guard.NOT_ON_HOLD in row.guards and held.standing in row.sources
            if stopped:
                assert isinstance(now, OrderOnHold), (state, row.name)
            else:
                assert type(now) is type(free), (state, row.name)


@pytest.mark.parametrize("state", RUNNING)
def test_r_ord_17_what_lies_ahead_moves_to_the_microsecond(cast: Cast, state: str) -> None:
    order = cast.reach(state)
    before, start = deadlines(order), clock.now()
    current = facts(order).current
    assert current is not None
    hold(order, cast.agent, now=start)
    assert lift(order, cast.agent, now=start + A_WHILE) == A_WHILE
    for name, moment in deadlines(order).items():
        ahead = name.startswith(f"{current.position} ") or name == "pay_by"
        ahead = ahead or (name == "unpaid" and again(order).state == "pending_payment")
        earlier = before[name]
        assert moment == (earlier + A_WHILE if earlier and ahead else earlier), name


def test_r_ord_17_a_revision_moves_with_its_milestone(cast: Cast) -> None:
    order = in_revision(cast.stripe, cast.buyer, cast.seller)
    before, start = Revision.objects.get().due_at, clock.now()
    hold(order, cast.agent, now=start)
    lift(order, cast.agent, now=start + A_WHILE)
    assert Revision.objects.get().due_at == before + A_WHILE == facts(order).current.due_at  # type: ignore[union-attr]


def test_r_ord_4_several_holds_stand_until_the_last_is_lifted(cast: Cast) -> None:
    order, start = cast.reach("delivered"), clock.now()
    before = deadlines(order)["1 review_deadline"]
    assert before is not None
    hold(order, cast.agent, now=start, reference="a")
    hold(order, cast.agent, now=start + timedelta(hours=1), reference="b")
    assert lift(order, cast.agent, now=start + timedelta(hours=2), reference="a") is None
    assert again(order).held_since == start
    assert deadlines(order)["1 review_deadline"] == before
    assert lift(order, cast.agent, now=start + timedelta(hours=5), reference="b") == timedelta(hours=5)
    assert deadlines(order)["1 review_deadline"] == before + timedelta(hours=5)


def test_a_hold_is_placed_once_and_told_once(cast: Cast) -> None:
    order = cast.reach("at_work")
    first, second = hold(order, cast.agent), hold(order, cast.agent)
    assert first == second
    assert order.timeline.filter(name="place_hold").count() == 1
    told = Notification.objects.filter(kind="order_on_hold")
    assert sorted(notice.recipient.first_name for notice in told) == ["Bruno", "Selma"]
    assert PayoutHold.objects.filter(group=order.public_id, kind="support", lifted_at=None).count() == 1
    lift(order, cast.agent)
    assert not PayoutHold.objects.filter(lifted_at=None).exists()
    assert Notification.objects.filter(kind="order_resumed").count() == 2
    with pytest.raises(NothingHolds):
        lift(order, cast.agent)


# --- The clocks -------------------------------------------------------------------------------------------------------
Deadline = Callable[[Order], datetime | None]
CLOCKS: dict[str, tuple[str, Deadline, Callable[..., int]]] = {
    "unpaid": ("unpaid", lambda o: o.unpaid_deadline, lapsing.lapse_unpaid_orders),
    "review": ("delivered", lambda o: o.milestones.get(position=1).review_deadline, lapsing.lapse_reviews),
    "late": ("at_work", lambda o: o.milestones.get(position=1).due_at, lapsing.flag_late_milestones),
    "pay_by": ("payment_failed", lambda o: o.pay_by, lapsing.lapse_payments),
    "retry": ("payment_failed", lambda o: o.milestones.get(position=2).retry_at, lapsing.retry_payments),
    "consent": ("consent_wanted", lambda o: o.pay_by, lapsing.lapse_payments),
    "reminder": ("delivered", lambda o: o.milestones.get(position=1).review_deadline, reminding.remind_reviews),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_r_ord_17_no_clock_rings_while_it_is_held_and_each_does_at_its_new_instant(cast: Cast, name: str) -> None:
    state, deadline, sweep = CLOCKS[name]
    order = cast.reach(state)
    at = deadline(again(order))
    assert at is not None
    hold(order, cast.agent, now=at - timedelta(hours=5))
    assert sweep(now=at + timedelta(days=40)) == 0
    lift(order, cast.agent, now=at + timedelta(days=40))
    later = deadline(again(order))
    assert later == at + timedelta(days=40, hours=5)
    if name != "reminder":
        assert sweep(now=later - MICROSECOND) == 0
        assert sweep(now=later) == 1


def test_r_ord_17_the_timer_that_read_before_the_hold_is_refused_under_the_lock(cast: Cast) -> None:
    order = delivered(cast.stripe, cast.buyer, cast.seller)
    at = deadlines(order)["1 review_deadline"]
    hold(order, cast.agent)
    with pytest.raises(OrderOnHold), transition(order=order, name="lapse_review", actor=CLOCK, now=at):
        pass


def test_r_ord_17_lifted_at_the_deadline_itself_the_buyer_has_the_time_that_was_left(cast: Cast) -> None:
    order = delivered(cast.stripe, cast.buyer, cast.seller)
    at = deadlines(order)["1 review_deadline"]
    assert at is not None
    hold(order, cast.agent, now=at - MICROSECOND)
    lift(order, cast.agent, now=at + timedelta(days=1))
    assert lapsing.lapse_reviews(now=at + timedelta(days=1)) == 0
    assert lapsing.lapse_reviews(now=at + timedelta(days=1) + MICROSECOND) == 1


def test_r_ord_17_what_begins_during_a_hold_counts_from_its_end(cast: Cast) -> None:
    """The bank's answer is a fact: the money is there, but nobody need work yet."""
    order = payment_failed(cast.stripe, cast.buyer, cast.seller)
    start = clock.now()
    charge = funding.prepare_payment(order=order, actor=cast.buyer)
    url = funding.pay_url(charge=charge, success_url="https://a.example/", cancel_url="https://a.example/")
    hold(order, cast.agent, now=start)
    cast.stripe.pay(url, "works")
    from payments.services.charging import refresh_charge

    refresh_charge(charge=charge, now=clock.now())
    assert facts(order).current.state == "in_progress"  # type: ignore[union-attr]
    lift(order, cast.agent, now=start + timedelta(days=2))
    assert facts(order).current.due_at == start + timedelta(days=2 + 5)  # type: ignore[union-attr]


# --- What goes on -----------------------------------------------------------------------------------------------------
def test_r_ord_7_who_wants_to_stop_paying_still_can(cast: Cast) -> None:
    order = payment_failed(cast.stripe, cast.buyer, cast.seller)
    hold(order, cast.agent)
    deciding.stop(order=order, actor=cast.buyer)
    assert again(order).state == "completed"
    lift(order, cast.agent)
    assert again(order).held_since is None


@pytest.mark.parametrize("state", ["unpaid", "payment_failed", "action_required"])
def test_r_ord_17_nobody_pays_while_it_is_held(cast: Cast, state: str) -> None:
    order = cast.reach(state)
    hold(order, cast.agent)
    with pytest.raises(OrderOnHold):
        funding.prepare_payment(order=order, actor=cast.buyer)


def test_r_ord_17_the_page_says_so_to_both(cast: Cast) -> None:
    order = unpaid(cast.stripe, cast.buyer, cast.seller)
    place_hold(order=order, kind=HoldKind.CHARGEBACK, reference="dsp_1", reason="The bank asks.", actor=cast.agent)
    for user, words in ((cast.buyer, "Your bank asked"), (cast.seller, "Bruno’s bank asked")):
        page = page_of(with_milestones(orders_of(user)).get(pk=order.pk), user, now=clock.now())
        assert page.decision is not None
        assert page.decision.heading == "This order is on hold"
        assert page.decision.words[0].startswith(words)
        assert (page.decision.deadline, page.decision.choices) == (None, [])
        client = Client()
        client.force_login(user)
        html = client.get(reverse("orders:order", args=[order.public_id])).content.decode()
        assert f'<a href="{reverse("help")}#support">Write to support</a>' in html


def test_r_ord_17_support_is_told_of_the_hold_before_of_what_follows(cast: Cast) -> None:
    order = cast.reach("at_work")
    hold(order, cast.agent)
    agnes = cast.agent.user
    assert agnes is not None
    with pytest.raises(OrderOnHold):
        ending.cancel(order=order, actor=agnes, reason=CancelReason.BOTH_AGREE, note="Both.", continue_after=True)


def test_every_agent_may_hold_and_nobody_else(cast: Cast, seller: User) -> None:
    from orders.errors import NotYours

    with pytest.raises(NotYours):
        agent(seller, cast.reach("at_work"))
    assert GUARDS[Guard.NOT_ON_HOLD](Facts(again(cast.reach("at_work")), [], clock.now())) is None
