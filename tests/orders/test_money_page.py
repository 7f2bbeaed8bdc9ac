"""Where every cent is (R-PAY-8): drawing, list and API agree with the ledger, in every state and for each side."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from marketplace.kernel.money import Money
from orders.models import Order
from orders.presenters.flow import TALL
from payments.models import Charge, Document, Refund
from payments.services.invoicing import issue_credit_note, issue_invoice
from tests.factories.order_states import STATES, delivered, payment_failed, second_at_work, unpaid
from tests.factories.orders import make_order
from tests.factories.payouts import onboard
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.agreement import bands, expect_agreement, page_for
from tests.scenarios.story import Story, beat, sweep_payments, travel

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", STATES)
def test_r_pay_8_every_cent_is_somewhere_in_every_state(
    stripe: StripeDouble, buyer: User, seller: User, state: str
) -> None:
    order = STATES[state](stripe, buyer, seller)
    expect_agreement(order)
    for user in (buyer, seller):
        client = Client()
        client.force_login(user)
        response = client.get(reverse("orders:money", args=[order.public_id]))
        assert response.status_code == 200
        assert "style=" not in re.sub(r"<head>.*?</head>", "", response.content.decode(), flags=re.S)


def test_r_pay_8_the_flow_of_the_worked_story(story: Story) -> None:
    """60 + 80 + 100 with a fee of 5 % and a commission of 10 %, cent by cent, for each side."""
    order, buyer, seller = story.order, story.buyer, story.seller
    assert bands(page_for(order, buyer)) == {}
    assert page_for(order, buyer).flow.ahead == Money(252_00, "USD")
    story.pay()
    expect_agreement(order)
    assert bands(page_for(order, buyer)) == {"held": 63_00}
    assert bands(page_for(order, seller)) == {"held": 60_00}
    story.deliver()
    story.accept_and_continue()
    expect_agreement(order)
    assert bands(page_for(order, buyer)) == {"clearing": 60_00, "held": 84_00, "fee": 3_00}
    assert bands(page_for(order, seller)) == {"clearing": 54_00, "held": 80_00, "commission": 6_00}
    assert page_for(order, buyer).flow.ahead == Money(105_00, "USD")
    assert page_for(order, seller).flow.ahead == Money(100_00, "USD")
    story.deliver()
    story.accept_and_stop()
    expect_agreement(order)
    assert bands(page_for(order, buyer)) == {"clearing": 140_00, "fee": 7_00}
    assert bands(page_for(order, seller)) == {"clearing": 126_00, "commission": 14_00}
    assert not page_for(order, buyer).flow.ahead
    travel(days=8)
    beat()
    expect_agreement(order)
    (waiting,) = {"available", "paid_out"} & set(bands(page_for(order, seller)))
    assert bands(page_for(order, seller))[waiting] == 126_00


def test_the_list_says_where_each_milestone_is_and_until_when(stripe: StripeDouble, buyer: User, seller: User) -> None:
    onboard(stripe, seller)
    order = second_at_work(stripe, buyer, seller)
    rows = page_for(order, buyer).rows
    assert [row.name for row in rows] == ["Step 1", "Step 2", "Step 3"]
    assert rows[0].note.startswith(f"Clearing, reaches {seller.first_name} ")
    assert rows[1].note.startswith("Held until it is delivered and accepted, due ")
    assert rows[2].note == "Charged when ‘Step 2’ is accepted"
    assert [row.done.amount for row in rows] == [126_00, 0, 0]
    assert [row.held.amount for row in rows] == [0, 84_00, 0]
    assert [row.ahead.amount for row in rows] == [0, 0, 63_00]
    sellers = page_for(order, seller).rows
    assert sellers[0].note.startswith("Clearing, reaches you ")
    assert [(row.done.amount, row.commission.amount) for row in sellers] == [(108_00, 12_00), (0, 0), (0, 0)]


def test_what_happens_next_names_the_sums_and_the_card(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    said = [f"{outlook.when}{outlook.then}" for outlook in page_for(order, buyer).next]
    assert said[0] == (
        f"If you accept ‘Step 1’ and go on, Visa ending 4242 is charged $84.00 at once and $120.00 is released to "
        f"{seller.first_name}."
    )
    assert said[1] == "If you stop, $120.00 is released, and $147.00 is never charged."
    assert re.fullmatch(r"If you do nothing by .+, the same as stopping\.", said[2])
    sellers = [f"{outlook.when}{outlook.then}" for outlook in page_for(order, seller).next]
    assert sellers[0] == (
        f"If {buyer.first_name} accepts ‘Step 1’ and goes on, $120.00 is released to you, and ‘Step 2’ begins once it "
        "is paid."
    )
    assert "Visa" not in "".join(sellers)


def test_the_seller_sees_neither_fee_nor_card_of_the_buyer(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = second_at_work(stripe, buyer, seller)
    client = Client()
    client.force_login(seller)
    text = client.get(reverse("orders:money", args=[order.public_id])).content.decode()
    assert "$120.00" in text
    for hidden in ("4242", "$126.00", "$84.00", "$6.00"):
        assert hidden not in text, hidden


def test_charges_and_refunds_lead_to_their_papers(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES["ended_by_support"](stripe, buyer, seller)
    sweep_payments()
    for charge in Charge.objects.filter(group=order.public_id):
        issue_invoice(charge_id=charge.pk)
    issue_credit_note(refund_id=Refund.objects.get().pk)
    client = Client()
    client.force_login(buyer)
    text = client.get(reverse("orders:money", args=[order.public_id])).content.decode()
    papers = Document.objects.filter(person=buyer)
    assert papers.count() == 3
    for paper in papers:
        assert reverse("payments:document", args=[paper.number]) in text
    page = page_for(order, buyer)
    assert [(refund.amount.amount, refund.state, refund.reason) for refund in page.returns] == [
        (84_00, "arrived", "Both sides agree to end it")
    ]
    assert bands(page) == {"clearing": 120_00, "fee": 6_00, "refunded": 84_00}
    assert bands(page_for(order, seller)) == {"clearing": 108_00, "commission": 12_00, "refunded": 80_00}
    client.force_login(seller)
    text = client.get(reverse("orders:money", args=[order.public_id])).content.decode()
    assert not [paper.number for paper in papers if paper.number in text]


def test_what_clears_on_one_day_is_told_in_one_line(stripe: StripeDouble, buyer: User, seller: User) -> None:
    onboard(stripe, seller)
    order = STATES["stopped"](stripe, buyer, seller)
    (outlook,) = page_for(order, seller).next
    assert re.fullmatch(r"On \w+ \d+ \w+, \$108\.00 for ‘Step 1’ is sent to you\.", outlook.when + outlook.then)


def test_r_pay_5_nothing_is_promised_for_a_day_to_a_seller_whom_stripe_cant_pay(
    stripe: StripeDouble, buyer: User, seller: User, client: Client
) -> None:
    order = STATES["stopped"](stripe, buyer, seller)
    (mine,), (theirs,) = page_for(order, seller).next, page_for(order, buyer).next
    assert mine.then == ", $108.00 for ‘Step 1’ has cleared. It waits until Stripe knows where to pay you."
    assert theirs.then == f", $108.00 for ‘Step 1’ has cleared and can be sent to {seller.first_name}."
    for user, sees in ((seller, True), (buyer, False)):
        page = page_for(order, user)
        assert page.rows[0].note.startswith("Clearing until ")
        assert page.flow.bands[0].note.startswith("Step 1, clears ")
        client.force_login(user)
        html = client.get(reverse("orders:money", args=[order.public_id])).content.decode()
        assert ("Set up payouts" in html) is sees
    travel(days=8)
    (mine,) = page_for(order, seller).next
    assert mine.when + mine.then == "As soon as Stripe knows where to pay you, $108.00 for ‘Step 1’ is sent to you."
    assert page_for(order, seller).rows[0].note == "Cleared, waits until your payouts are set up"
    assert (page_for(order, buyer).next, page_for(order, buyer).rows[0].note) == ([], "Cleared, waits to be sent")


@pytest.mark.parametrize(
    ("state", "buyers", "sellers"),
    [
        ("payment_failed", "$84.00 waits for your payment; the rest stays with you", "$80.00 waits for {}’s payment"),
        ("charging", "$84.00 is being charged; the rest stays with you", "$80.00 is being charged"),
        ("unpaid", "$126.00 waits for your payment; the rest stays with you", "$120.00 waits for {}’s payment"),
        ("at_work", "Stays with you until you accept the milestone before", "Not charged until {} wants it"),
        ("month_refused", "$126.00 waits for your payment; the rest stays with you", "$120.00 waits for {}’s payment"),
    ],
)
def test_r_pay_8_what_is_asked_for_now_is_told_apart_from_what_is_not(
    stripe: StripeDouble, buyer: User, seller: User, state: str, buyers: str, sellers: str
) -> None:
    order = STATES[state](stripe, buyer, seller)
    assert page_for(order, buyer).flow.ahead_words == buyers
    assert page_for(order, seller).flow.ahead_words.partition(";")[0] == sellers.format(buyer.first_name)


def test_what_is_not_charged_yet_shows_no_flow(stripe: StripeDouble, buyer: User, seller: User) -> None:
    page = page_for(unpaid(stripe, buyer, seller), buyer)
    assert (page.flow.drawn, page.charges, page.returns) == ([], [], [])
    assert page.lead == "Nothing is charged yet. $273.00 is agreed."
    assert page.flow.sentence == "Nothing is charged yet. $273.00 is not charged."


def test_a_declined_charge_is_money_that_stays_with_the_buyer(stripe: StripeDouble, buyer: User, seller: User) -> None:
    page = page_for(payment_failed(stripe, buyer, seller), buyer)
    assert [row.ahead.amount for row in page.rows] == [0, 84_00, 63_00]
    assert len(page.charges) == 1


def test_r_pay_2_the_money_page_says_what_waits_for_the_payment_and_leads_to_it(
    stripe: StripeDouble, buyer: User, seller: User, client: Client
) -> None:
    order = payment_failed(stripe, buyer, seller)
    page, sellers = page_for(order, buyer), page_for(order, seller)
    assert page.lead == "$126.00 of $273.00 is charged. $84.00 waits for your payment."
    assert page.rows[1].note == "Waits for your payment"
    said = [(outlook.when, outlook.then) for outlook in page.next]
    assert said[0] == ("If you pay", " $84.00 for ‘Step 2’, it begins, and the sum is held until you accept it.")
    assert said[1][0] == "If you do nothing"
    assert re.fullmatch(r" by .+, \d\d:\d\d, the order ends and ‘Step 2’ never starts.*", said[1][1])
    client.force_login(buyer)
    html = client.get(reverse("orders:money", args=[order.public_id])).content.decode()
    address = reverse("orders:order", args=[order.public_id])
    assert re.search(rf'href="{address}#decide"[^>]*>.*Pay \$84.00 for ‘Step 2’', html)
    assert sellers.lead == f"$120.00 of $260.00 is charged. $80.00 waits for {buyer.first_name}’s payment."
    assert (sellers.rows[1].note, sellers.action) == (f"Waits for {buyer.first_name}’s payment", "")
    assert sellers.next[0].when == f"If {buyer.first_name} does nothing"


def test_bands_fill_the_bar_whatever_their_sizes(stripe: StripeDouble, buyer: User, seller: User) -> None:
    page = page_for(second_at_work(stripe, buyer, seller), buyer)
    drawn = page.flow.drawn
    assert float(page.flow.source_height) == pytest.approx(sum(float(each.height) for each in drawn), abs=0.3)
    assert sum(float(each.height) for each in drawn) == pytest.approx(TALL, abs=4)
    ends = [float(each.y) + float(each.height) for each in drawn]
    assert all(float(below.y) > end for end, below in zip(ends, drawn[1:], strict=False))
    assert all(len(each.band.short_note) <= 46 for each in drawn)


@pytest.mark.parametrize("who", ["buyer", "seller"])
def test_the_page_takes_a_constant_number_of_queries(stripe: StripeDouble, buyer: User, seller: User, who: str) -> None:
    user = {"buyer": buyer, "seller": seller}[who]
    few, many = make_order(buyer=buyer, seller=seller), make_order(buyer=buyer, seller=seller, parts=(60_00,) * 5)
    counts = []
    for order in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page_for(order, user)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- The API ----------------------------------------------------------------------------------------------------------
def ask(user: User, order: Order) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(f"/api/v1/orders/{order.public_id}/money/")


def test_the_api_gives_the_same_sums_as_the_page(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = second_at_work(stripe, buyer, seller)
    for user in (buyer, seller):
        body, page = ask(user, order).json(), page_for(order, user)
        assert body["total"]["amount"] == page.flow.total.amount
        assert {part["name"]: part["amount"]["amount"] for part in body["parts"]} == bands(page)
        assert [row["held"]["amount"] for row in body["milestones"]] == [row.held.amount for row in page.rows]
        assert body["ahead"]["amount"] == page.flow.ahead.amount
        assert len(body["charges"]) == 2
        assert body["next"]


def test_a_stranger_learns_nothing_of_the_money(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User
) -> None:
    order = delivered(stripe, buyer, seller)
    answer = ask(stranger, order)
    assert (answer.status_code, answer["content-type"]) == (404, "application/problem+json")
    client = Client()
    client.force_login(stranger)
    assert client.get(reverse("orders:money", args=[order.public_id])).status_code == 404
