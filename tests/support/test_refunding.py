"""The desk divides what is held, gives back what was accepted, and asks a second agent above the limit (R-SUP-2)."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from milestones.models import MilestonePolicy
from orders.models import Order
from payments.enums import RefundState
from payments.models import Charge, Refund
from payments.services.refunding import request_refund
from support.enums import Answer
from support.groups import AGENTS
from support.models import Decision
from tests.factories.accounts import make_user
from tests.factories.order_states import second_at_work
from tests.factories.orders import states
from tests.factories.payments import NOW
from tests.payments.simulator_fixtures import StripeDouble
from tests.support.conftest import Desk, hidden_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """126.00 of the first milestone accepted, 84.00 held for the second."""
    return second_at_work(stripe, buyer, seller)


@pytest.fixture
def strict(order: Order) -> None:
    """One agent decides about 50.00 alone."""
    policy = MilestonePolicy.objects.get(pk=order.policy_id)
    policy.pk, policy.version, policy.pinned_at, policy.second_agent_over = None, 77, None, 5_000
    policy.save(force_insert=True)
    Order.objects.filter(pk=order.pk).update(policy=policy)


@pytest.fixture
def colleague(helper: User) -> Desk:
    user = make_user("Cora Colleague", email="cora@example.com", staff=True)
    user.groups.add(Group.objects.get(name=AGENTS))
    return Desk(user)


def refund_page(desk: Desk, order: Order, fields: dict[str, str] | None = None, *, position: int = 1) -> Any:
    """The first milestone is accepted; with fields, what posting them answers."""
    url = reverse("admin:orders_order_refund", args=[order.pk, order.milestones.get(position=position).pk])
    filled = {"reason": "not_as_agreed", "note": "I have seen it."} | (fields or {})
    return desk.client.post(url, filled) if fields else desk.client.get(url)


def decide(desk: Desk, order: Order, **fields: str) -> None:
    decision = Decision.objects.exclude(answer=Answer.ALONE).get(order=order)
    answer = desk.client.post(reverse("admin:orders_order_decide", args=[order.pk, decision.pk]), fields)
    assert answer.status_code == 302


def test_r_sup_2_a_part_of_what_is_held_goes_back_and_the_rest_is_the_sellers(desk: Desk, order: Order) -> None:
    previewed = desk.preview(order, back="42.00")
    page = previewed.content.decode()
    for words in (
        "‘Step 2’ is cancelled: $42.00, its fee included, goes back to Bruno Buyer the way it was paid.",
        "$36.00 of the rest is Selma Seller’s, after commission",
        "End the order and refund $42.00",
    ):
        assert words in page, words
    desk.confirm(order, previewed)
    assert Refund.objects.get().amount == 4_200
    assert states(order) == ["accepted", "cancelled", "not_started"]
    assert "$42.00 goes back and $36.00 is the seller’s" in LogEntry.objects.latest("pk").change_message


@pytest.mark.parametrize("back", ["84.01", "-1", "many"])
def test_more_than_is_held_is_refused_beside_the_field(desk: Desk, order: Order, back: str) -> None:
    answer = desk.preview(order, back=back)
    assert answer.status_code in (409, 422)
    assert answer.context["form"].errors["back"]
    assert not Refund.objects.exists()


def test_r_sup_2_what_was_accepted_is_given_back_as_shown(desk: Desk, order: Order) -> None:
    assert "Goes back to the buyer, of $126.00" in refund_page(desk, order).content.decode()
    previewed = refund_page(desk, order, {"back": "21"})
    page = previewed.content.decode()
    assert "$21.00 goes back to Bruno Buyer the way it was paid." in page
    assert "$18.00 of it is Selma Seller’s part" in page
    assert "$105.00 of this payment could still go back after it." in page
    assert not Refund.objects.exists()
    answer = refund_page(desk, order, hidden_of(previewed) | {"confirm": "1"})
    assert answer.status_code == 302
    assert Refund.objects.get().amount == 2_100
    assert states(order) == ["accepted", "in_progress", "planned"]
    assert LogEntry.objects.get().change_message.startswith("Gave $21.00 for ‘Step 1’ back, $18.00 of it the seller’s.")


def test_what_moved_meanwhile_is_shown_anew(desk: Desk, order: Order) -> None:
    previewed = refund_page(desk, order, {"back": "21"})
    refund_page(desk, order, hidden_of(previewed) | {"confirm": "1"})
    again = refund_page(desk, order, hidden_of(previewed) | {"confirm": "1"})
    assert again.status_code == 409
    assert "The order has moved since you looked" in again.content.decode()
    assert Refund.objects.count() == 1


def test_what_is_under_way_is_not_given_back_here(desk: Desk, order: Order) -> None:
    assert "‘Step 2’ is not accepted yet" in refund_page(desk, order, position=2).content.decode()


@pytest.mark.usefixtures("strict")
def test_r_sup_2_above_the_limit_nothing_moves_before_a_second_agent_confirms(
    desk: Desk, colleague: Desk, order: Order
) -> None:
    previewed = desk.preview(order, back="42.00")
    assert "another agent has to confirm it" in previewed.content.decode()
    desk.confirm(order, previewed)
    assert states(order) == ["accepted", "in_progress", "planned"]
    assert not Refund.objects.exists()
    assert "Confirm:" not in desk.open(order)
    first_page = colleague.client.get(reverse("admin:index")).content.decode()
    assert f"{order.number}: Hal Helper asks a second agent to confirm" in first_page
    decide(desk, order, confirm="1")
    assert Decision.objects.get().answer == Answer.WAITING
    assert "Confirm: cancel and divide what is held, $84.00" in colleague.open(order)
    decide(colleague, order, confirm="1")
    assert states(order) == ["accepted", "cancelled", "not_started"]
    assert Refund.objects.get().amount == 4_200
    said = list(LogEntry.objects.order_by("pk").values_list("user__name", "change_message"))
    assert [who for who, _ in said] == ["Hal Helper", "Cora Colleague"]
    assert said[1][1].startswith("Confirmed what Hal Helper asked for: Cancelled ‘Step 2’ to end the order")


@pytest.mark.usefixtures("strict")
def test_r_sup_2_a_large_refund_waits_too_and_can_be_turned_down(desk: Desk, colleague: Desk, order: Order) -> None:
    refund_page(desk, order, hidden_of(refund_page(desk, order, {"back": "50.01"})) | {"confirm": "1"})
    decide(colleague, order, turn_down="1", reason="The buyer is wrong.")
    assert not Refund.objects.exists()
    assert Decision.objects.get().answer == Answer.TURNED_DOWN
    decide(colleague, order, confirm="1")
    assert not Refund.objects.exists()


@pytest.mark.usefixtures("strict")
def test_r_sup_2_what_changed_since_it_was_asked_is_not_done(desk: Desk, colleague: Desk, order: Order) -> None:
    refund_page(desk, order, hidden_of(refund_page(desk, order, {"back": "50.01"})) | {"confirm": "1"})
    refund_page(desk, order, hidden_of(refund_page(desk, order, {"back": "1"})) | {"confirm": "1"})
    decide(colleague, order, confirm="1")
    assert [refund.amount for refund in Refund.objects.all()] == [100]
    assert sorted(Decision.objects.values_list("answer", "total")) == [(Answer.ALONE, 100), (Answer.WAITING, 50_01)]


@pytest.mark.usefixtures("strict")
def test_one_decision_waits_at_a_time(desk: Desk, order: Order) -> None:
    refund_page(desk, order, hidden_of(refund_page(desk, order, {"back": "50.01"})) | {"confirm": "1"})
    answer = desk.confirm(order, desk.preview(order))
    assert "A decision about this order waits for a second agent already" in answer.content.decode()


@pytest.mark.usefixtures("strict")
def test_r_sup_5_the_database_keeps_a_decision_to_two_people(desk: Desk, order: Order) -> None:
    refund_page(desk, order, hidden_of(refund_page(desk, order, {"back": "50.01"})) | {"confirm": "1"})
    with pytest.raises(IntegrityError, match="decision_by_two_people"), transaction.atomic():
        Decision.objects.update(answer=Answer.CONFIRMED, answered_by=desk.agent)


def test_nobody_else_gives_back_or_decides(clerk: User, order: Order) -> None:
    milestone = order.milestones.get(position=1)
    for who in (clerk, order.buyer, order.seller):
        client = Client()
        client.force_login(who)
        for url in (
            reverse("admin:orders_order_refund", args=[order.pk, milestone.pk]),
            reverse("admin:orders_order_decide", args=[order.pk, 1]),
        ):
            assert client.post(url, {"back": "1"}).status_code in (302, 403, 404)
    assert not Refund.objects.exists()


def test_r_sup_4_a_refund_that_is_held_back_is_settled_as_stripe_says(desk: Desk, order: Order) -> None:
    charge = Charge.objects.get(reference=order.milestones.get(position=1).reference)
    refund = request_refund(charge=charge, amount=2_100, reason="Once", now=NOW)
    Refund.objects.filter(pk=refund.pk).update(state=RefundState.SUBMITTING)
    Refund.objects.filter(pk=refund.pk).update(state=RefundState.QUARANTINED)
    assert "Settle $21.00 as Stripe says" in desk.open(order)
    url = reverse("admin:orders_order_settle", args=[order.pk, refund.pk])
    assert desk.client.post(url, {"reason": ""}).status_code == 302
    assert Refund.objects.get().state == RefundState.QUARANTINED
    desk.client.post(url, {"reason": "Stripe was down."})
    assert Refund.objects.get().state == RefundState.FAILED
    assert (
        LogEntry.objects.get().change_message
        == f"Settled the refund {refund.public_id} as Stripe says: Stripe was down."
    )
