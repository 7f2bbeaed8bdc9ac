"""Subscriptions, step by step (R-OFR-4): who may do what where it stands, what both are told, what the pages say."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from marketplace.kernel import clock
from marketplace.kernel.months import months_after
from notifications.models import Notification
from orders.enums import Role
from orders.errors import IllegalTransition, LastMilestone, NotASubscription, NotYours
from orders.models import Order, OrderRequirement
from orders.presenters.cards import expiry_warning
from orders.presenters.consent import consent_words, next_charge_words
from orders.presenters.insights.running import running_of
from orders.presenters.words import plain_day
from orders.services import reminding
from orders.services.door import explain_refusal
from orders.services.placing import place_from_offer
from orders.subscriptions import SUBSCRIPTIONS
from orders.transitions import PROCESS
from payments.models import SavedMethod
from tests.factories.order_states import STATES, Builder, between_months, delivered, month_at_work, month_delivered
from tests.factories.orders import again, facts, make_order, pay_first, view_of
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import make_sent_offer

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


def subscribe(_stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Three months that nobody has paid for yet."""
    offer = make_sent_offer(buyer, seller, [120_00], days=20, months=3)
    assert offer.plan is not None
    return place_from_offer(offer=offer, buyer=buyer, shown_digest=offer.plan.digest)


def asked(stripe: StripeDouble, buyer: User, seller: User) -> Order:
    """Paid, and the seller's question is not answered."""
    order = subscribe(stripe, buyer, seller)
    OrderRequirement.objects.create(order=order, position=1, question="Which colours?")
    return pay_first(order, stripe)


MONTHS = [STATES[state] for state in STATES if "month" in state or state == "subscription_ended"]


@pytest.mark.parametrize("build", [subscribe, asked, *MONTHS])
def test_r_ofr_4_a_subscription_has_months_and_no_milestones(
    build: Builder, stripe: StripeDouble, buyer: User, seller: User, client: Client
) -> None:
    order = build(stripe, buyer, seller)
    for person in (buyer, seller):
        client.force_login(person)
        for path in ("", "money/"):
            html = client.get(f"/orders/{order.public_id}/{path}").content.decode()
            words = re.sub(r"<[^>]+>", "", html.partition("<main")[2].partition("</main>")[0])
            assert not re.findall(r"[^\n]*milestone[^\n]*", words, flags=re.IGNORECASE)


def test_r_ofr_4_both_read_when_the_next_month_is_charged_by_itself(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = month_at_work(stripe, buyer, seller)
    day = plain_day(order.milestones.get(position=2).begins_at)
    assert next_charge_words(view_of(order, buyer)) == (
        f"The next charge, $126.00 with the fee, is made by itself on {day}, once you have accepted ‘Month 1’. You can "
        "end the subscription before."
    )
    assert next_charge_words(view_of(order, seller)) == (
        f"‘Month 2’ is charged by itself on {day}, once {buyer.first_name} has accepted ‘Month 1’, unless one of you "
        "ends it before."
    )
    assert running_of([view_of(order, seller)])[0].number == "month 1 of 3"
    assert next_charge_words(view_of(between_months(stripe, buyer, seller), buyer)) == ""  # its card says it


def test_r_ofr_4_before_the_first_month_begins_the_later_ones_count_from_it(
    stripe: StripeDouble, buyer: User, seller: User, client: Client
) -> None:
    order = asked(stripe, buyer, seller)
    client.force_login(buyer)
    html = client.get(f"/orders/{order.public_id}/").content.decode()
    assert "is made by itself a month after ‘Month 1’ begins" in html
    assert "1 month later · $120.00" in html
    assert "2 months later · $120.00" in html
    html = client.get(f"/orders/{order.public_id}/money/").content.decode()
    assert html.count("Charged a month after the one before, unless one of you ends it before") == 2


def test_r_pay_1_on_the_hosted_page_a_subscriber_agrees_to_the_later_months_and_to_nothing_of_milestones(
    stripe: StripeDouble, buyer: User, seller: User, client: Client
) -> None:
    order = subscribe(stripe, buyer, seller)
    client.force_login(buyer)
    client.post(f"/orders/{order.public_id}/pay/")
    (session,) = stripe.objects("checkout.session")
    assert session["custom_text"]["submit"]["message"] == (
        "By paying, you let Milepost keep this card and charge it $126.00 for each of the 2 later months by itself on "
        f"its date (the first on {plain_day(months_after(clock.now(), 1))} at the earliest), once you have accepted "
        "the month before. You are reminded 3 days before each charge, and can end the subscription before any month."
    )


def test_r_pay_1_the_hosted_page_says_for_what_else_the_card_is_kept(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    some, one = delivered(stripe, buyer, seller), make_order(buyer=buyer, seller=seller, parts=(260_00,))
    assert "for later milestones, each only when you have accepted" in consent_words(some, now=clock.now())
    assert consent_words(one, now=clock.now()).endswith("Nothing more is charged for this order.")


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
