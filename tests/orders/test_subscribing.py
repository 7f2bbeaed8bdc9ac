"""Subscriptions, step by step (R-OFR-4): who may do what where it stands, what both are told, what the pages say."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from marketplace.kernel import clock
from notifications.models import Notification
from orders.enums import Role
from orders.errors import IllegalTransition, LastMilestone, NotASubscription, NotYours
from orders.models import Order
from orders.presenters.cards import expiry_warning
from orders.services import reminding
from orders.services.door import explain_refusal
from orders.subscriptions import SUBSCRIPTIONS
from orders.transitions import PROCESS
from payments.models import SavedMethod
from tests.factories.order_states import STATES, between_months, delivered, month_delivered
from tests.factories.orders import again, facts, view_of
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db

# where a subscription stands -> side -> what that side may do there, conditions and all
OPEN_BY_HAND: dict[str, dict[str, set[str]]] = {
    "month_at_work": {"buyer": {"end_after_month"}, "seller": {"deliver", "end_after_month"}},
    "month_in_revision": {"buyer": {"end_after_revision"}, "seller": {"deliver", "end_after_revision"}},
    "month_delivered": {
        "buyer": {"accept_month", "accept_and_end", "end_after_delivery", "request_revision", "ask_more_time"},
        "seller": {"end_after_delivery"},
    },
    "last_month_delivered": {"buyer": {"accept_and_end", "request_revision", "ask_more_time"}},
    "between_months": {"buyer": {"end_subscription"}, "seller": {"end_subscription"}},
    "month_refused": {
        "buyer": {"pay_again", "charge_saved_card", "end_subscription"},
        "seller": {"end_subscription"},
    },
    "subscription_ended": {},
}
OWN = {row.name for row in SUBSCRIPTIONS}


@pytest.mark.parametrize("state", OPEN_BY_HAND)
def test_r_ofr_4_each_side_can_do_exactly_the_list(state: str, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES[state](stripe, buyer, seller)
    for person, role in ((buyer, Role.BUYER), (seller, Role.SELLER)):
        assert set(view_of(order, person).actions) == OPEN_BY_HAND[state].get(role, set()), role


@pytest.mark.parametrize(
    "state", ["at_work", "in_revision", "delivered", "delivered_last", "charging", "payment_failed"]
)
def test_r_ofr_4_nothing_of_it_is_open_where_there_is_no_subscription(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    found = facts(STATES[state](stripe, buyer, seller))
    for row in PROCESS:
        if row.name in OWN:
            for role in Role:
                why = explain_refusal(found, row.name, role)
                assert isinstance(why, NotYours | IllegalTransition | NotASubscription | LastMilestone), row.name


def test_r_not_both_are_told_of_an_end_and_who_chose_it(stripe: StripeDouble, buyer: User, seller: User) -> None:
    STATES["last_month_delivered"](stripe, buyer, seller)
    told = {notice.recipient_id: notice for notice in Notification.objects.filter(kind="subscription_ends")}
    assert set(told) == {buyer.pk, seller.pk}
    assert (told[buyer.pk].data["did"], told[buyer.pk].data["next"]) == ("seller", "Month 2")


def test_r_ofr_4_the_buyer_is_reminded_once_at_the_policys_days_before(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = between_months(stripe, buyer, seller)
    date = order.milestones.get(position=2).begins_at
    assert date is not None
    first = date - timedelta(days=order.policy.charge_notice_days)
    assert reminding.remind_months(now=first - timedelta(microseconds=1)) == 0
    assert reminding.remind_months(now=first) == 1
    assert reminding.remind_months(now=date - timedelta(hours=1)) == 0
    told = Notification.objects.get(recipient=buyer, kind="month_ahead")
    assert (told.data["milestone"], told.data["to_pay"]) == ("Month 2", {"amount": 126_00, "currency": "USD"})
    assert told.data["card"] == "Visa •••• 4242"
    assert not Notification.objects.filter(recipient=seller, kind="month_ahead").exists()


def test_r_pay_2_a_card_that_ends_before_the_date_is_warned_about(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = between_months(stripe, buyer, seller)
    date = order.milestones.get(position=2).begins_at
    assert date is not None
    assert expiry_warning(view_of(order, buyer)) == ""
    SavedMethod.objects.update(exp_month=clock.now().month, exp_year=clock.now().year)
    assert "‘Month 2’ is charged" in expiry_warning(view_of(again(order), buyer))


def page(order: Order, user: User, tail: str = "") -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(f"/orders/{order.public_id}/{tail}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_r_ofr_4_between_two_months_both_read_what_happens_and_when(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = between_months(stripe, buyer, seller)
    html = page(order, buyer)
    assert "Month 2 of 3" in html
    assert "‘Month 2’ begins" in html
    assert "$126.00 is charged to Visa ending 4242" in html
    assert "End the subscription now" in html
    assert "$120.00 a month, 3 months, $360.00 in all" in html
    theirs = page(order, seller)
    assert "Bruno is charged for it" in theirs
    assert "4242" not in theirs
    assert "126.00" not in theirs


def test_r_pay_8_the_money_page_names_the_dates(stripe: StripeDouble, buyer: User, seller: User) -> None:
    html = page(between_months(stripe, buyer, seller), buyer, "money/")
    assert html.count("unless one of you ends it before") == 2
    assert "Charged month by month, until one of you ends it" in html


def test_r_api_a_program_reads_the_dates(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = month_delivered(stripe, buyer, seller)
    client = Client()
    client.force_login(buyer)
    told = client.get(f"/api/v1/orders/{order.public_id}/").json()
    assert told["order_type"] == "subscription"
    assert [bool(month["begins_at"]) for month in told["milestones"]] == [True, True, True]
    other = client.get(f"/api/v1/orders/{delivered(stripe, buyer, seller).public_id}/").json()
    assert [month["begins_at"] for month in other["milestones"]] == [None, None, None]
