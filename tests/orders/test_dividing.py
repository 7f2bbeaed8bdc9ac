"""Support divides what is held and gives back what was accepted: to the cent, on record, as shown (R-SUP-2, T22)."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from notifications.models import Notification
from orders.enums import CancelReason
from orders.errors import NotYours, StillUnderWay
from orders.models import Order, TimelineEntry
from orders.presenters.story import tell
from orders.services.ending import cancel, preview_cancellation
from orders.services.giving_back import give_back, preview_refund
from payments.errors import RefundBeyondPayment
from payments.invariants import violations
from payments.selectors import group_balances
from support.groups import AGENTS, ensure_groups
from tests.factories.accounts import make_user
from tests.factories.order_states import second_at_work
from tests.factories.orders import again, states
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import sweep_payments

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """120.00 + 80.00 + 60.00: the first accepted, for the second 84.00 are held."""
    return second_at_work(stripe, buyer, seller)


@pytest.fixture
def agent(db: None) -> User:
    ensure_groups()
    user = make_user("Hal Helper", email="hal@example.com", staff=True)
    user.groups.add(Group.objects.get(name=AGENTS))
    return user


def end(order: Order, agent: User, back: int | None) -> None:
    cancel(order=order, actor=agent, reason=CancelReason.BOTH_AGREE, note="They wrote it.", back=back)
    sweep_payments()
    assert violations() == []


@pytest.mark.parametrize(
    ("back", "sellers", "platform"),
    [(8_400, 0, 0), (4_200, 3_600, 600), (1, 7_199, 1_200), (8_399, 0, 1), (0, 7_200, 1_200)],
)
def test_r_sup_2_what_is_held_divides_as_the_preview_said(
    order: Order, agent: User, back: int, sellers: int, platform: int
) -> None:
    before = group_balances(order.public_id)
    shown = preview_cancellation(order=order, back=back)
    assert (shown.held.amount, shown.refund.amount, shown.released.amount) == (8_400, back, sellers)
    end(order, agent, back)
    after = group_balances(order.public_id)
    assert (after.held, after.fee_held, after.refunded) == (0, 0, back)
    assert after.released - before.released == sellers
    earned = after.commission + after.fees - before.commission - before.fees
    assert earned == platform
    assert shown.after.back.amount == after.refunded
    assert shown.after.seller.amount == after.accrued + after.released
    assert (again(order).completion, states(order)) == ("ended_by_support", ["accepted", "cancelled", "not_started"])


@pytest.mark.parametrize("back", [-1, 8_401])
def test_r_sup_2_more_than_is_held_is_not_divided(order: Order, agent: User, back: int) -> None:
    for act in (
        lambda: preview_cancellation(order=order, back=back),
        lambda: cancel(order=order, actor=agent, reason=CancelReason.BOTH_AGREE, note="No.", back=back),
    ):
        with pytest.raises(RefundBeyondPayment, match=r"\$84.00 is left"):
            act()
    assert states(order) == ["accepted", "in_progress", "planned"]


def test_both_read_how_it_was_divided(order: Order, agent: User) -> None:
    end(order, agent, 4_200)
    entry = TimelineEntry.objects.get(order=order, name="end_order")
    said = {who: tell(entry, order=again(order), reader=who).text for who in (order.buyer, order.seller)}
    assert "$42.00 of what was held goes back, and $36.00 is Selma’s; accepted work stays paid." in said[order.buyer]
    assert "Of what was held $36.00 is yours" in said[order.seller]
    notice = Notification.objects.get(kind="order_ended", recipient=order.seller)
    assert (notice.data["sellers"]["amount"], "back" in notice.data) == (3_600, False)


def give(order: Order, agent: User, amount: int | None) -> None:
    first = order.milestones.get(position=1)
    give_back(milestone=first, actor=agent, amount=amount, reason=CancelReason.NOT_AS_AGREED, note="Seen.")
    sweep_payments()
    assert violations() == []


def test_r_sup_2_what_was_accepted_can_go_back_in_part_and_the_order_stays_as_it_is(order: Order, agent: User) -> None:
    first = order.milestones.get(position=1)
    before = group_balances(order.public_id)
    shown = preview_refund(milestone=first, amount=2_100)
    assert [each.amount for each in (shown.refund, shown.seller, shown.platform, shown.left)] == [
        2_100,
        1_800,
        300,
        10_500,
    ]
    give(order, agent, 2_100)
    after = group_balances(order.public_id)
    assert after.refunded == 2_100
    assert before.accrued + before.released - after.accrued - after.released == 1_800
    assert states(order) == ["accepted", "in_progress", "planned"]
    names = list(TimelineEntry.objects.filter(order=order).order_by("-pk").values_list("name", flat=True)[:2])
    assert names == ["refunded", "refund_asked"]
    told = set(Notification.objects.filter(kind="refund_done").values_list("recipient__name", flat=True))
    assert told == {"Bruno Buyer", "Selma Seller"}


def test_r_sup_2_all_that_is_left_goes_back_once(order: Order, agent: User) -> None:
    give(order, agent, 2_100)
    first = order.milestones.get(position=1)
    shown = preview_refund(milestone=first)
    assert (shown.refund.amount, shown.left.amount) == (10_500, 0)
    give(order, agent, None)
    with pytest.raises(RefundBeyondPayment, match=r"\$0.00 is left"):
        preview_refund(milestone=first, amount=1)


def test_what_is_under_way_is_divided_by_cancelling_it(order: Order, agent: User) -> None:
    second = order.milestones.get(position=2)
    with pytest.raises(StillUnderWay, match="‘Step 2’ is not accepted yet"):
        give_back(milestone=second, actor=agent, amount=1, reason=CancelReason.FRAUD, note="No.")


@pytest.mark.parametrize("who", ["buyer", "seller"])
def test_r_sup_2_nobody_but_support_gives_back(order: Order, who: str) -> None:
    first = order.milestones.get(position=1)
    with pytest.raises(NotYours):
        give_back(milestone=first, actor=getattr(order, who), amount=1, reason=CancelReason.FRAUD, note="Mine.")
    assert group_balances(order.public_id).refunded == 0
