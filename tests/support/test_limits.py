"""What one agent may decide about alone is one sum for the life of the order, not one for each act (R-SUP-2)."""

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import User
from milestones.models import MilestonePolicy
from orders.models import Order
from payments.models import Refund
from support.enums import Answer
from support.groups import AGENTS
from support.models import Decision
from support.selectors import decided_alone, needs_second
from tests.factories.accounts import make_user
from tests.factories.order_states import second_at_work
from tests.factories.orders import accept_and_pay_next, deliver_current, states
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk, hidden_of
from tests.support.test_races import at_once

pytestmark = pytest.mark.django_db

LIMIT = 50_00


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """126.00 of the first milestone accepted, 84.00 held for the second; one agent decides about 50.00 alone."""
    return limited(second_at_work(stripe, buyer, seller), LIMIT)


@pytest.fixture
def colleague(helper: User) -> Desk:
    user = make_user("Cora Colleague", email="cora@example.com", staff=True)
    user.groups.add(Group.objects.get(name=AGENTS))
    return Desk(user)


def limited(order: Order, amount: int) -> Order:
    policy = MilestonePolicy.objects.get(pk=order.policy_id)
    version = MilestonePolicy.objects.filter(name=policy.name).count() + 70
    policy.pk, policy.version, policy.pinned_at, policy.second_agent_over = None, version, None, amount
    policy.save(force_insert=True)
    Order.objects.filter(pk=order.pk).update(policy=policy)
    return Order.objects.get(pk=order.pk)


def give_back(desk: Desk, order: Order, back: str) -> Any:
    """Of the first milestone, which is accepted: the page that was shown, confirmed."""
    url = reverse("admin:orders_order_refund", args=[order.pk, order.milestones.get(position=1).pk])
    previewed = desk.client.post(url, {"reason": "not_as_agreed", "note": "I have seen it.", "back": back})
    desk.client.post(url, hidden_of(previewed) | {"confirm": "1"})
    return previewed.content.decode()


def confirm(desk: Desk, order: Order) -> None:
    waiting = Decision.objects.get(order=order, answer=Answer.WAITING)
    desk.client.post(reverse("admin:orders_order_decide", args=[order.pk, waiting.pk]), {"confirm": "1"})


def gone_back() -> list[int]:
    return list(Refund.objects.order_by("pk").values_list("amount", flat=True))


def test_r_sup_2_small_refunds_together_reach_the_limit_to_the_cent_and_no_further(
    desk: Desk, colleague: Desk, order: Order
) -> None:
    give_back(desk, order, "30.00")
    assert "another agent has to confirm" not in give_back(desk, order, "20.00")
    assert gone_back() == [30_00, 20_00]
    page = give_back(desk, order, "0.01")
    assert (
        "$0.01, with the $50.00 of this order that you decided about alone before, is more than one agent gives back "
        "alone: another agent has to confirm it, and nothing moves before."
    ) in page
    assert gone_back() == [30_00, 20_00]
    confirm(desk, order)
    assert gone_back() == [30_00, 20_00]
    confirm(colleague, order)
    assert gone_back() == [30_00, 20_00, 1]


def test_r_sup_2_a_cent_over_in_two_steps_waits(desk: Desk, order: Order) -> None:
    give_back(desk, order, "30.00")
    give_back(desk, order, "20.01")
    assert gone_back() == [30_00]
    assert Decision.objects.latest("pk").answer == Answer.WAITING
    assert "It is about $20.01" in desk.open(order)


def test_r_sup_2_each_agent_has_a_sum_of_their_own(desk: Desk, colleague: Desk, order: Order) -> None:
    give_back(desk, order, "50.00")
    give_back(colleague, order, "50.00")
    give_back(colleague, order, "0.01")
    assert gone_back() == [50_00, 50_00]


def test_r_sup_2_what_two_have_decided_counts_for_neither(desk: Desk, colleague: Desk, order: Order) -> None:
    give_back(desk, order, "50.01")
    confirm(colleague, order)
    give_back(desk, order, "50.00")
    assert gone_back() == [50_01, 50_00]
    give_back(colleague, order, "10.00")
    assert gone_back() == [50_01, 50_00, 10_00]


def test_r_sup_2_what_was_turned_down_does_not_count(desk: Desk, colleague: Desk, order: Order) -> None:
    give_back(desk, order, "50.01")
    url = reverse("admin:orders_order_decide", args=[order.pk, Decision.objects.get().pk])
    colleague.client.post(url, {"turn_down": "1", "reason": "The buyer is wrong."})
    give_back(desk, order, "50.00")
    assert gone_back() == [50_00]


@pytest.mark.parametrize(("before", "alone"), [("20.00", True), ("20.01", False)])
def test_r_sup_2_cancelling_after_giving_back_is_one_sum(desk: Desk, order: Order, before: str, alone: bool) -> None:
    """84.00 is held: what of it is released to the seller counts like what goes back."""
    order = limited(order, 104_00)
    give_back(desk, order, before)
    previewed = desk.preview(order, back="42.00")
    assert ("decided about alone before" in previewed.content.decode()) is not alone
    desk.confirm(order, previewed)
    assert (states(order)[1] == "cancelled") is alone
    assert len(gone_back()) == (2 if alone else 1)


def test_r_sup_2_giving_back_after_cancelling_is_one_sum(desk: Desk, order: Order) -> None:
    order = limited(order, 84_00)
    desk.confirm(order, desk.preview(order, back="0"))
    assert states(order)[1] == "cancelled"
    give_back(desk, order, "0.01")
    assert gone_back() == []
    assert Decision.objects.latest("pk").answer == Answer.WAITING


@pytest.mark.django_db(transaction=True)
def test_r_sup_2_two_refunds_pressed_at_once_are_one_sum(
    stripe: StripeDouble, buyer: User, seller: User, helper: User
) -> None:
    """Of two milestones, so that neither changes what the other was shown."""
    order, desk = limited(second_at_work(stripe, buyer, seller), LIMIT), Desk(helper)
    deliver_current(order)
    accept_and_pay_next(order)
    urls = [reverse("admin:orders_order_refund", args=[order.pk, each.pk]) for each in order.milestones.all()[:2]]
    typed = {"reason": "not_as_agreed", "note": "I have seen it.", "back": "30.00"}
    shown = [hidden_of(desk.client.post(url, typed)) | {"confirm": "1"} for url in urls]
    at_once(*(partial(desk.client.post, url, fields) for url, fields in zip(urls, shown, strict=True)))
    assert gone_back() == [30_00]
    assert sorted(Decision.objects.values_list("answer", flat=True)) == [Answer.ALONE, Answer.WAITING]


def test_r_sup_2_another_order_has_a_sum_of_its_own(
    desk: Desk, order: Order, stripe: StripeDouble, stranger: User, seller: User
) -> None:
    other = limited(second_at_work(stripe, stranger, seller), LIMIT)
    give_back(desk, order, "50.00")
    give_back(desk, other, "50.00")
    assert gone_back() == [50_00, 50_00]
    assert decided_alone(order, desk.agent).amount == decided_alone(other, desk.agent).amount == LIMIT


def test_r_sup_2_what_moves_no_money_needs_nobody(desk: Desk, order: Order) -> None:
    give_back(desk, order, "50.00")
    assert not needs_second(order, desk.agent, 0)
    assert needs_second(order, desk.agent, 1)


def test_r_sup_5_what_was_decided_alone_is_not_taken_off_the_sum(desk: Desk, order: Order) -> None:
    give_back(desk, order, "50.00")
    for change in ({"answer": Answer.CONFIRMED}, {"answer": Answer.TURNED_DOWN}, {"total": 1}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.all().delete()
