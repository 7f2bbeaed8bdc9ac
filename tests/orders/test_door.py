"""The one door: whatever the list doesn’t allow is refused from every standing, and changes nothing."""

from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from orders.actors import Actor
from orders.enums import Role
from orders.errors import IllegalTransition, NotYours, OrderUnknown
from orders.models import TimelineEntry
from orders.services import deciding, delivering, extending, funding, requirements
from orders.services.door import read_facts, transition
from orders.services.ending import cancel
from orders.transitions import PROCESS
from tests.orders.test_transitions import BY_HAND
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import Story, beat, movable_clock, travel

pytestmark = pytest.mark.django_db


def unpaid(story: Story) -> None:
    """As placed."""


def questions_open(story: Story) -> None:
    story.order.requirements.create(position=1, question="What is it for?", kind="text")
    story.pay()


def at_work(story: Story) -> None:
    story.pay()


def delivered(story: Story) -> None:
    story.pay()
    story.deliver()


def in_revision(story: Story) -> None:
    delivered(story)
    deciding.request_revision(order=story.order, actor=story.buyer, message="Make it blue.")


def charging(story: Story) -> None:
    delivered(story)
    story.accept_and_continue(settle=False)


def payment_failed(story: Story) -> None:
    story.pay(scenario="works_then_declines")
    story.deliver()
    story.accept_and_continue()


def action_required(story: Story) -> None:
    story.pay(scenario="works_then_authenticates")
    story.deliver()
    story.accept_and_continue()


def completed(story: Story) -> None:
    delivered(story)
    story.accept_and_stop()


def cancelled(story: Story) -> None:
    story.pay()
    cancel(order=story.order, actor=support(), reason="fraud", note="A stolen card.")  # type: ignore[arg-type]


def abandoned(story: Story) -> None:
    travel(hours=25)
    beat()


def support() -> User:
    return User.objects.create_superuser("desk@example.com", "a-long-enough-password")


STANDINGS: list[tuple[Callable[[Story], None], tuple[str, str]]] = [
    (unpaid, ("pending_payment", "charging")),
    (questions_open, ("awaiting_requirements", "in_progress")),
    (at_work, ("active", "in_progress")),
    (delivered, ("active", "delivered")),
    (in_revision, ("active", "in_revision")),
    (charging, ("awaiting_next_payment", "charging")),
    (payment_failed, ("awaiting_next_payment", "payment_failed")),
    (action_required, ("awaiting_next_payment", "action_required")),
    (completed, ("completed", "None")),
    (cancelled, ("cancelled", "None")),
    (abandoned, ("abandoned", "None")),
]


@pytest.fixture
def story(stripe: StripeDouble, buyer: User, seller: User) -> Story:
    return Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])


@pytest.mark.parametrize(("reach", "standing"), STANDINGS, ids=lambda value: getattr(value, "__name__", ""))
def test_r_ord_3_4_what_the_list_does_not_allow_is_refused_and_changes_nothing(
    story: Story, reach: Callable[[Story], None], standing: tuple[str, str]
) -> None:
    with movable_clock():
        reach(story)
        facts = read_facts(story.order, clock.now())
        assert (str(facts.standing.order), str(facts.standing.milestone)) == standing
        before = (story.order.state, story.states, TimelineEntry.objects.count())
        allowed = BY_HAND.get(standing, {})
        for row in PROCESS:
            for role in Role:
                if row.name in allowed.get(role, set()):
                    continue
                with (
                    pytest.raises((IllegalTransition, NotYours)),
                    transition(order=story.order, name=row.name, actor=Actor(role)),
                ):
                    pytest.fail("the door opened")
        assert (story.order.state, story.states, TimelineEntry.objects.count()) == before


@pytest.mark.parametrize("act", ["deliver", "accept", "stop", "revise", "more_time", "waive", "answer", "pay"])
def test_a_stranger_learns_nothing(story: Story, stranger: User, act: str) -> None:
    delivered(story)
    order = story.order
    acts: dict[str, Callable[[], object]] = {
        "deliver": lambda: delivering.deliver(order=order, actor=stranger, message="Mine"),
        "accept": lambda: deciding.accept_and_continue(order=order, actor=stranger, shown_to_pay=84_00),
        "stop": lambda: deciding.accept_and_stop(order=order, actor=stranger),
        "revise": lambda: deciding.request_revision(order=order, actor=stranger, message="More"),
        "more_time": lambda: extending.ask_more_time(order=order, actor=stranger, reason="Busy"),
        "waive": lambda: requirements.waive_requirements(order=order, actor=stranger),
        "answer": lambda: requirements.answer_requirements(order=order, actor=stranger, answers={}),
        "pay": lambda: funding.prepare_payment(order=order, actor=stranger),
    }
    with pytest.raises(OrderUnknown):
        acts[act]()


@pytest.mark.parametrize("who", ["buyer", "seller", "stranger"])
def test_r_ord_11_only_support_cancels(story: Story, stranger: User, who: str) -> None:
    story.pay()
    person = {"buyer": story.buyer, "seller": story.seller, "stranger": stranger}[who]
    with pytest.raises(NotYours):
        cancel(order=story.order, actor=person, reason="fraud", note="I want to.")  # type: ignore[arg-type]
    assert story.order.state == "active"


def test_staff_without_the_permission_cannot_cancel(story: Story) -> None:
    story.pay()
    clerk = User.objects.create_user("clerk@example.com", "a-long-enough-password", is_staff=True)
    with pytest.raises(NotYours):
        cancel(order=story.order, actor=clerk, reason="fraud", note="I want to.")  # type: ignore[arg-type]


def test_a_failure_in_the_body_writes_nothing(story: Story) -> None:
    """Atomicity: when the last step of a transition fails, neither state nor entry nor money has moved."""
    delivered(story)
    entries = TimelineEntry.objects.count()
    with (
        pytest.raises(RuntimeError),
        transaction.atomic(),
        transition(order=story.order, name="accept_and_stop", actor=Actor(Role.BUYER, story.buyer), now=clock.now()),
    ):
        raise RuntimeError
    story.expect_order("active", "", "delivered", "planned", "planned")
    story.expect(captured=63_00, held=60_00, fee_held=3_00)
    assert TimelineEntry.objects.count() == entries


def test_the_refusal_says_where_the_order_stands(story: Story) -> None:
    story.pay()
    with pytest.raises(DomainError, match="‘Step 1’ is in progress"):
        deciding.accept_and_stop(order=story.order, actor=story.buyer)
