"""The words of an order: a sentence for every transition, one truth about whose turn it is, the list."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from marketplace.kernel import clock
from orders.enums import Role
from orders.models import Order, TimelineEntry
from orders.presenters.choices import BUILDERS
from orders.presenters.rows import Filter, Side, orders_for, rows_of
from orders.presenters.story import BESIDE, STORY, tell
from orders.presenters.turns import is_yours, waiting_for
from orders.selectors import orders_of
from orders.transitions import PROCESS
from orders.views.deciding import STEPS
from tests.factories.order_states import STATES, at_work, delivered, finished, unpaid
from tests.factories.orders import facts
from tests.payments.simulator_fixtures import StripeDouble

FORMS = {"deliver", "answer_requirements", "pay_again"}


def test_r_ord_14_every_transition_has_its_sentence() -> None:
    assert set(STORY) == BESIDE | {row.name for row in PROCESS}


def test_every_step_of_a_person_has_a_button_and_a_page() -> None:
    people = {row.name for row in PROCESS if row.actors & {Role.BUYER, Role.SELLER}} - FORMS
    assert set(BUILDERS) == people
    assert set(STEPS) == people


@pytest.mark.parametrize("state", STATES)
def test_the_filter_and_the_page_agree_on_whose_turn_it_is(
    state: str, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = STATES[state](stripe, buyer, seller)
    for person, role in ((buyer, Role.BUYER), (seller, Role.SELLER)):
        listed = waiting_for(person, orders_of(person)).filter(pk=order.pk).exists()
        assert listed == is_yours(facts(order), role)


@pytest.mark.parametrize("name", STORY)
def test_every_sentence_can_be_told_to_everyone(
    name: str, stripe: StripeDouble, buyer: User, seller: User, agent: User
) -> None:
    order = unpaid(stripe, buyer, seller)
    entry = TimelineEntry(
        order=order,
        milestone=order.milestones.first(),
        name=name,
        role=Role.SUPPORT if "cancel" in name or name.startswith("end") else Role.BUYER,
        actor=buyer,
        at=clock.now(),
        data={"reason": "both_agree", "due_at": "2026-03-02T09:00:00+00:00", "paid": 12600, "files": 2, "links": 1},
    )
    for reader in (buyer, seller, None):
        told = tell(entry, order=order, reader=reader)
        assert told.text.endswith((".", "”")), told.text
        assert "{" not in told.text
        assert "None" not in told.text


# --- The list ---------------------------------------------------------------------------------------------------------
def page(user: User, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(f"/orders/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_has_two_sides_and_four_filters(stripe: StripeDouble, buyer: User, seller: User) -> None:
    waiting, working, over = (make(stripe, buyer, seller) for make in (delivered, at_work, finished))

    def shown(user: User, side: Side, chosen: Filter) -> list[Order]:
        return list(orders_for(user, side=side, chosen=chosen))

    assert shown(buyer, Side.BUYING, Filter.ALL) == [over, working, waiting]
    assert shown(buyer, Side.BUYING, Filter.MINE) == [waiting]
    assert shown(buyer, Side.BUYING, Filter.RUNNING) == [working, waiting]
    assert shown(buyer, Side.BUYING, Filter.ENDED) == [over]
    assert shown(buyer, Side.SELLING, Filter.ALL) == []
    assert shown(seller, Side.SELLING, Filter.MINE) == [working]
    html = page(buyer, "?show=waiting")
    assert waiting.number in html
    assert working.number not in html
    assert "Your turn:" in html


@pytest.mark.parametrize(
    ("state", "to_buyer", "to_seller"),
    [
        ("unpaid", ("charging", "Waits for your payment"), ("charging", "Waits for payment")),
        ("delivered", ("delivered", "Delivered, your turn"), ("delivered", "Delivered")),
        ("late", ("late", "Late"), ("late", "Late")),
        ("payment_failed", ("payment_failed", "Payment failed"), ("payment_failed", "Payment failed")),
        ("stopped", ("stopped", ""), ("stopped", "")),
    ],
)
def test_a_row_says_how_the_milestone_under_way_stands(
    state: str,
    to_buyer: tuple[str, str],
    to_seller: tuple[str, str],
    stripe: StripeDouble,
    buyer: User,
    seller: User,
) -> None:
    order = STATES[state](stripe, buyer, seller)
    for user, expected in ((buyer, to_buyer), (seller, to_seller)):
        [row] = rows_of([order], user, now=clock.now())
        assert (row.state, row.state_words) == expected


def test_an_empty_list_says_what_to_do(buyer: User, seller: User, client: Client) -> None:
    assert "You have not ordered anything yet" in page(buyer)
    assert "Nothing waits for you" in page(buyer, "?show=waiting")
    assert "No such orders" in page(buyer, "?show=ended")
    assert "No one has ordered from you yet" in page(seller, "?side=selling")
    assert "You have not ordered anything yet" in page(buyer, "?side=nonsense&show=nonsense&page=99")
    assert client.get("/orders/")["Location"] == "/accounts/login/?next=/orders/"


def test_the_list_takes_as_many_queries_for_one_order_as_for_four(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    counts = []
    for more in ([delivered], [at_work, finished, unpaid]):
        for make in more:
            make(stripe, buyer, seller)
        page(buyer)
        with CaptureQueriesContext(connection) as captured:
            page(buyer)
        counts.append(len(captured))
    assert counts[0] == counts[1]
