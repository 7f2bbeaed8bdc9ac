"""The order page and its steps, through HTTP: exactly what the table allows, for each side, in each state."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from marketplace.kernel import clock
from orders.enums import MilestoneState, OrderState
from orders.models import Order, Revision, TimelineEntry
from orders.presenters.choices import asks_for_payment
from orders.views.deciding import STEPS
from payments.models import Charge
from tests.factories.order_states import STATES, at_work, charging, delivered, delivered_last, payment_failed
from tests.factories.orders import (
    again,
    current,
    deliver_current,
    make_order,
    pay_first,
    states,
    view_of,
    work_off_charges,
)
from tests.payments.simulator_fixtures import StripeDouble

M = MilestoneState
FORMS = {"deliver": "deliver/", "answer_requirements": "answers/"}
HTMX = {"hx-request": "true"}
TYPED = {"shown_to_pay": 1, "reason": "Because", "message": "Something"}
WHERE_ALLOWED = {
    "accept_and_continue": "delivered",
    "charge_saved_card": "payment_failed",
    "accept_and_finish": "delivered_last",
    "accept_and_stop": "delivered",
    "request_revision": "delivered",
    "ask_more_time": "delivered",
    "grant_more_time": "more_time_asked",
    "refuse_more_time": "more_time_asked",
    "waive_requirements": "questions",
    "stop": "payment_failed",
    "decline_to_continue": "consent_wanted",
    "accept_month": "month_delivered",
    "accept_and_end": "month_delivered",
    "end_after_month": "month_at_work",
    "end_after_revision": "month_in_revision",
    "end_after_delivery": "month_delivered",
    "end_subscription": "between_months",
}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(order: Order, tail: str = "") -> str:
    return f"/orders/{order.public_id}/{tail}"


@pytest.mark.parametrize("state", STATES)
def test_r_ord_5_each_side_can_do_exactly_what_the_table_allows(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = STATES[state](stripe, buyer, seller)
    before = (order.state, states(order), TimelineEntry.objects.filter(order=order).count())
    for person in (buyer, seller):
        view, client = view_of(order, person), as_(person)
        page = client.get(url(order))
        html = page.content.decode()
        assert page.status_code == 200
        assert (f'action="{url(order, "pay/")}"' in html) == asks_for_payment(view)
        for name, tail in FORMS.items():
            assert (f'action="{url(order, tail)}"' in html) == (name in view.actions), name
        for name in STEPS:
            allowed = name in view.actions
            assert (url(order, f"{name}/") in html) == allowed, name
            if not allowed:
                assert_refused(client.post(url(order, f"{name}/"), TYPED, headers=HTMX), name)
    order = again(order)
    assert (order.state, states(order), TimelineEntry.objects.filter(order=order).count()) == before


def assert_refused(answer: Any, name: str) -> None:
    """In words, with the status that says whether it is the person or the state."""
    assert answer.status_code in (403, 409), (name, answer.status_code)
    assert 'role="alert"' in answer.content.decode() or "<p" in answer.content.decode(), name


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_a_page_of_its_own_that_asks_first(
    name: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    """So that all of it works without JavaScript."""
    order = STATES[WHERE_ALLOWED[name]](stripe, buyer, seller)
    person = seller if name in ("grant_more_time", "refuse_more_time", "waive_requirements") else buyer
    answer = as_(person).get(url(order, f"{name}/"))
    assert answer.status_code == 200
    assert f'action="{url(order, f"{name}/")}"' in answer.content.decode()
    assert "Not now" in answer.content.decode()


def test_strangers_and_visitors_learn_nothing(stripe: StripeDouble, buyer: User, seller: User, stranger: User) -> None:
    order = delivered(stripe, buyer, seller)
    file = current(order).deliveries.get().files.first()
    assert file is not None
    reading = ["", "standing/", "paid/", "timeline.csv", "timeline.json", "answers/1/", f"files/{file.public_id}/",
               f"files/{file.public_id}/picture/", *(f"{name}/" for name in STEPS)]  # fmt: skip
    writing = ["pay/", "deliver/", "answers/", *(f"{name}/" for name in STEPS)]
    outside, visitor = as_(stranger), Client()
    for tail in reading:
        assert outside.get(url(order, tail)).status_code == 404, tail
        assert visitor.get(url(order, tail))["Location"].startswith("/accounts/login/"), tail
    for tail in writing:
        assert outside.post(url(order, tail), {"reason": "x"}).status_code == 404, tail
        assert visitor.post(url(order, tail))["Location"].startswith("/accounts/login/"), tail
    assert as_(buyer).get(url(order, "no_such_step/")).status_code == 404
    assert as_(buyer).get("/orders/ord_nothing/").status_code == 404


def test_r_ord_6_accept_and_pay_the_next_names_sum_thing_and_card(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, client = delivered(stripe, buyer, seller), as_(buyer)
    html = client.get(url(order)).content.decode()
    assert "Accept and pay $84.00 for ‘Step 2’" in html
    assert "Visa ending 4242, at once: $80.00 and the 5\u00a0% service fee of $4.00." in html
    question = client.get(url(order, "accept_and_continue/")).content.decode()
    assert 'name="shown_to_pay" value="8400"' in question
    answer = client.post(url(order, "accept_and_continue/"), {"shown_to_pay": 8400})
    assert (answer.status_code, answer["Location"]) == (303, url(order))
    assert states(order) == [M.ACCEPTED, M.CHARGING, M.PLANNED]
    order = work_off_charges(order)
    assert (order.state, states(order)) == (OrderState.ACTIVE, [M.ACCEPTED, M.IN_PROGRESS, M.PLANNED])


def test_r_ord_6_another_sum_than_was_shown_is_not_charged(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    answer = as_(buyer).post(url(order, "accept_and_continue/"), {"shown_to_pay": 8000})
    assert answer.status_code == 409
    assert "changed since you opened the page" in answer.content.decode()
    assert states(order) == [M.DELIVERED, M.PLANNED, M.PLANNED]


def test_r_pay_3_pressing_accept_twice_charges_once(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order, client = delivered(stripe, buyer, seller), as_(buyer)
    first = client.post(url(order, "accept_and_continue/"), {"shown_to_pay": 8400})
    second = client.post(url(order, "accept_and_continue/"), {"shown_to_pay": 8400})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "That isn’t possible now: ‘Step 2’ is being charged." in second.content.decode()
    assert Charge.objects.filter(group=order.public_id).count() == 2


def test_r_ord_8_after_the_deadline_the_buyer_reads_why(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered(stripe, buyer, seller)
    order.milestones.filter(position=1).update(review_deadline=clock.now() - timedelta(seconds=1))
    for name in ("accept_and_continue", "accept_and_stop", "request_revision", "ask_more_time"):
        answer = as_(buyer).post(url(order, f"{name}/"), {"shown_to_pay": 8400, "message": "x", "reason": "x"})
        assert answer.status_code == 409, name
        assert "The time to review ran out at" in answer.content.decode(), name
    assert states(order) == [M.DELIVERED, M.PLANNED, M.PLANNED]


def test_r_ord_7_accept_and_stop_ends_the_order_and_keeps_the_reason(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, client = delivered(stripe, buyer, seller), as_(buyer)
    answer = client.post(url(order, "accept_and_stop/"), {"reason": "The budget is gone."}, follow=True)
    html = answer.content.decode()
    assert "This order was stopped" in html
    assert "2 milestones never started and are not charged." in html
    assert "You paid $126.00 in all, $6.00 of it service fees." in html
    assert "Reason: “The budget is gone”." in html
    sellers = as_(seller).get(url(order)).content.decode()
    assert "2 milestones never started and are not charged: please don’t work on it." in sellers
    assert "You earned $108.00, after $12.00 commission." in sellers


def test_r_ord_7_stop_while_the_next_charge_has_failed(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = payment_failed(stripe, buyer, seller)
    answer = as_(buyer).post(url(order, "stop/"), {"reason": ""})
    assert answer.status_code == 303
    assert (again(order).completion, states(order)) == ("stopped", [M.ACCEPTED, M.NOT_STARTED, M.NOT_STARTED])


def test_accepting_the_last_finishes(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = delivered_last(stripe, buyer, seller)
    assert as_(buyer).post(url(order, "accept_and_finish/")).status_code == 303
    assert again(order).completion == "finished"


def test_r_ord_6_a_revision_names_a_criterion_or_what_is_missing(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, client = delivered(stripe, buyer, seller), as_(buyer)
    empty = client.post(url(order, "request_revision/"), {"criterion": "", "message": "  "})
    assert empty.status_code == 422
    assert "Say what is missing or should change." in empty.content.decode()
    forged = client.post(url(order, "request_revision/"), {"criterion": "Nobody agreed to this", "message": "Kept"})
    assert forged.status_code == 422
    assert "Kept" in forged.content.decode()
    answer = client.post(url(order, "request_revision/"), {"criterion": "Step 1 works", "message": "It does not."})
    assert answer.status_code == 303
    revision = Revision.objects.get()
    assert (revision.criterion, revision.message) == ("Step 1 works", "It does not.")
    assert "It does not." in as_(seller).get(url(order)).content.decode()


def test_r_ord_9_without_revisions_left_the_ways_on_are_shown(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order, client = STATES["revisions_used"](stripe, buyer, seller), as_(buyer)
    html = client.get(url(order)).content.decode()
    assert "All 2 revisions are used. You can accept, accept and stop, or write to Selma about a change." in html
    answer = client.post(url(order, "request_revision/"), {"message": "Once more"})
    assert answer.status_code == 409
    assert "All 2 revisions of this milestone are used." in answer.content.decode()


def test_r_ord_8_more_time_is_asked_with_a_reason_and_answered_by_the_seller(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, client = delivered(stripe, buyer, seller), as_(buyer)
    assert "Ask for 4 more days to review" in client.get(url(order)).content.decode()
    assert client.post(url(order, "ask_more_time/"), {"reason": ""}).status_code == 422
    assert client.post(url(order, "ask_more_time/"), {"reason": "I am away."}).status_code == 303
    assert "“I am away.”" in as_(seller).get(url(order)).content.decode()
    before = current(order).review_deadline
    assert as_(seller).post(url(order, "grant_more_time/")).status_code == 303
    after = current(order).review_deadline
    assert before is not None
    assert after == before + timedelta(days=4)


def test_waiting_for_the_bank_the_page_asks_for_news(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order, client = charging(stripe, buyer, seller), as_(buyer)
    html = client.get(url(order)).content.decode()
    assert "Visa ending 4242 is being charged $84.00" in html
    assert "Look again" in html
    asked = html.partition('hx-get="')[2].partition('"')[0]
    assert client.get(asked).status_code == 204
    work_off_charges(order)
    assert client.get(asked)["HX-Refresh"] == "true"


def test_the_buyers_card_and_bank_are_not_shown_to_the_seller(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = payment_failed(stripe, buyer, seller)
    buyers, sellers = (as_(person).get(url(order)).content.decode() for person in (buyer, seller))
    assert "There is not enough money on this card." in buyers
    for secret in ("not enough money", "0341", "Visa", "$84.00"):
        assert secret not in sellers
    assert "Don’t begin ‘Step 2’ yet" in sellers


def test_pages_take_as_many_queries_for_one_milestone_as_for_five(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    counts = []
    for parts in ((26000,), (6000, 6000, 6000, 6000, 6000)):
        order = pay_first(make_order(buyer=buyer, seller=seller, parts=parts), stripe)
        deliver_current(order, files=len(parts))
        client = as_(buyer)
        client.get(url(order))
        with CaptureQueriesContext(connection) as captured:
            client.get(url(order))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 22


def test_late_work_is_shown_to_both(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = STATES["late"](stripe, buyer, seller)
    for person in (buyer, seller):
        html = as_(person).get(url(order)).content.decode()
        assert 'data-state="late"' in html
        assert "Nothing cancels itself when a date passes." in html


def test_htmx_gets_a_refusal_as_a_note_and_keeps_its_form(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = at_work(stripe, buyer, seller)
    answer = as_(buyer).post(url(order, "deliver/"), {"message": "Mine"}, headers={"hx-request": "true"})
    assert answer.status_code == 403
    assert answer["HX-Retarget"] == "#messages"
    assert "Only the seller can do this." in answer.content.decode()
