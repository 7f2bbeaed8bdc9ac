"""R-ORD-16: the page `/selling/`: who sees it, what stands on it, and that it takes the same queries for 1 and 20."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from marketplace.kernel import clock
from tests.factories import order_states
from tests.factories.accounts import make_user
from tests.factories.gigs import make_draft, make_gig
from tests.factories.inbox import make_conversation, say
from tests.factories.offers import make_offer
from tests.factories.orders import current
from tests.factories.team import make_contributor, make_manager
from tests.payments.simulator_fixtures import StripeDouble


@pytest.fixture
def desk(client: Client, seller: User) -> Client:
    client.force_login(seller)
    return client


def page(client: Client) -> str:
    answer = client.get("/selling/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_sellers_have_it(client: Client, buyer: User) -> None:
    assert client.get("/selling/").headers["Location"].startswith("/accounts/login/")
    client.force_login(buyer)
    assert client.get("/selling/").headers["Location"] == "/sell/"
    assert client.post("/selling/").status_code == 405


def test_a_new_seller_finds_three_steps(desk: Client, seller: User) -> None:
    html = page(desk)
    assert "Three steps to your first order" in html
    assert html.index("Write your profile") < html.index("Make a gig") < html.index("Set up payouts")
    make_draft(seller)
    assert "Finish your gig" in page(desk)
    make_gig(seller)
    assert "Three steps" not in page(desk)


def test_late_work_stands_first(desk: Client, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order_states.in_revision(stripe, buyer, seller)
    order_states.late(stripe, buyer, seller)
    html = page(desk)
    assert html.index("was due") < html.index("asked for changes")
    assert "1 late" in html
    assert "1 on track" in html


def test_r_ord_16_the_page_says_on_track_at_risk_and_late_from_their_instants(
    desk: Client, stripe: StripeDouble, buyer: User, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five days, of which less than 30 hours are a risk; late from the due date on, to the microsecond."""
    due = current(order_states.at_work(stripe, buyer, seller)).due_at
    assert due
    tick, quarter = timedelta(microseconds=1), timedelta(hours=30)
    for at, words in ((due - quarter, "1 on track"), (due - quarter + tick, "1 at risk"), (due - tick, "1 at risk"),
                      (due, "1 late")):  # fmt: skip
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        html = page(desk)
        assert [each for each in ("1 on track", "1 at risk", "1 late") if each in html] == [words]


def test_r_ord_16_a_manager_sees_the_sellers_desk_and_a_contributor_none(
    client: Client, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = order_states.late(stripe, buyer, seller)
    client.force_login(make_manager(seller))
    assert client.get("/selling/").headers["Location"] == "/sell/"
    client.post("/team/work-for/", {"seller": seller.public_id})
    assert f"/orders/{order.public_id}/" in page(client)
    client.force_login(make_contributor(seller))
    assert client.post("/team/work-for/", {"seller": seller.public_id}).status_code == 404
    assert client.get("/selling/").headers["Location"] == "/sell/"
    assert client.get("/api/v1/selling/").status_code == 404


def test_programs_read_the_same(desk: Client, stripe: StripeDouble, buyer: User, seller: User) -> None:
    order = order_states.late(stripe, buyer, seller)
    make_offer(seller, buyer)
    answer = desk.get("/api/v1/selling/").json()
    need, running = answer["needs"][0], answer["running"][0]
    assert (need["kind"], need["urgency"], need["url"]) == ("deliver", "OVERDUE", f"/orders/{order.public_id}/#deliver")
    assert (running["order"], running["pace"], running["on_hold"]) == (order.public_id, "LATE", False)
    assert (answer["offers"]["sent"], answer["offers"]["waiting"], answer["offers"]["rate"]) == (1, 1, None)
    desk.force_login(buyer)
    assert desk.get("/api/v1/selling/").status_code == 404


def test_twenty_orders_take_the_queries_of_one(desk: Client, stripe: StripeDouble, buyer: User, seller: User) -> None:
    def fill() -> None:
        """One more of everything that the page lists."""
        other = make_user()
        order_states.in_revision(stripe, other, seller)
        make_offer(seller, other)
        make_draft(seller)
        say(make_conversation(other, seller), other)

    fill()
    page(desk)
    with CaptureQueriesContext(connection) as one:
        page(desk)
    for _ in range(19):
        fill()
    with CaptureQueriesContext(connection) as twenty:
        page(desk)
    assert len(twenty) == len(one)
