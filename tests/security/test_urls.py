"""Who may go where: every address of the project, in one table that is written by hand (R-ORD-5, R-OFR-1, R-SUP-5).

An address without a row fails, so that whoever adds one says for whom it is. What belongs to others is 404 for a
stranger and for an agent on the pages alike; agents have their own desk.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from accounts.models import ApiToken, CalendarAddress, User
from accounts.services import issue_token
from gigs.models import Gig
from inbox.models import Message
from marketplace.kernel import clock
from notifications.models import Notification
from offers.models import Offer
from orders.models import Milestone, Order
from payments.models import Charge, SavedMethod
from tests.factories.orders import without_file
from tests.payments.simulator_fixtures import StripeDouble
from tests.security.table import DESK, DESK_LISTS, TABLE
from tests.security.world import build_world

ROLES = ("anonymous", "stranger", "buyer", "seller", "agent")
# What a program or a form would send at most, so that nothing but the person is wrong with it.
BODY = {
    "shown_to_pay": 1,
    "reason": "Because.",
    "message": "Here.",
    "answers": [],
    "digest": "0" * 64,
    "package": "basic",
    "body": "Hello",
    "email": "nobody@example.com",
    "password": "not-a-password",
    "name": "Stig",
    "card": "pm_of_somebody",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What each role gets for GET, and a stranger for POST."""

    address: str
    get: dict[str, int]
    post: int

    @property
    def route(self) -> str:
        return str(resolve(self.address).route)


def read_table() -> list[Row]:
    rows = []
    for line in TABLE.strip().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        address, *statuses = line.split()
        numbers = [int(status) for status in statuses]
        rows.append(Row(address, dict(zip(ROLES, numbers[:5], strict=True)), numbers[5]))
    return rows


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from routes(entry, here)


@pytest.fixture
def people(buyer: User, seller: User, stranger: User, agent: User) -> dict[str, Client]:
    clients = {"anonymous": Client()}
    for role, user in {"stranger": stranger, "buyer": buyer, "seller": seller, "agent": agent}.items():
        clients[role] = Client()
        clients[role].force_login(user)
    return clients


def post(client: Client, address: str) -> HttpResponseBase:
    if address.startswith("/api/"):
        key = {"Idempotency-Key": address[-200:]}
        return client.post(address, BODY, content_type="application/json", headers=key)
    return client.post(address, BODY)


def says_who_keeps(answer: HttpResponseBase) -> bool:
    """Whether it says by whom: a proxy keeps what nobody has forbidden."""
    return bool({"private", "public"} & set(re.split(r",\s*", answer.headers.get("Cache-Control", ""))))


def everything_is(buyer: User, seller: User) -> list[object]:
    """All that is the buyer's and the seller's, as it stands."""
    return [
        *Order.objects.values_list("pk", "state").order_by("pk"),
        *Milestone.objects.values_list("pk", "state", "review_deadline").order_by("pk"),
        *Offer.objects.values_list("pk", "state").order_by("pk"),
        *Charge.objects.values_list("pk", "state").order_by("pk"),
        *SavedMethod.objects.values_list("pk", "state").order_by("pk"),
        *Gig.objects.filter(seller=seller).values_list("pk", "state").order_by("pk"),
        *Message.objects.filter(author__in=[buyer, seller]).values_list("pk", "body").order_by("pk"),
        *ApiToken.objects.filter(user=buyer).values_list("pk", "revoked_at").order_by("pk"),
        *CalendarAddress.objects.filter(user=buyer).values_list("pk", "key"),
        *Notification.objects.filter(recipient=buyer).values_list("pk", "read_at").order_by("pk"),
    ]


def test_every_address_has_a_row() -> None:
    known = {row.route for row in read_table()}
    found = {route for route in routes(get_resolver()) if not route.startswith(DESK)}
    assert found - known == set(), "Say in tests/security/table.py who may go there."


def test_every_list_of_the_desk_is_known() -> None:
    lists = {match[1] for route in routes(get_resolver()) if (match := re.fullmatch(rf"{DESK}(\w+/\w+/)add/", route))}
    assert lists == set(DESK_LISTS)


def test_r_ord_5_everyone_gets_what_the_table_says(
    stripe: StripeDouble, buyer: User, seller: User, people: dict[str, Client]
) -> None:
    """And no cache but their own browser's keeps what a signed-in person gets; the schema asks nobody who they are."""
    world = build_world(stripe, buyer, seller)
    wrong, kept = [], []
    for row in read_table():
        address = row.address.format(**world)
        for role, expected in row.get.items():
            answer = without_file(people[role].get(address))
            if answer.status_code != expected:
                wrong.append(f"{role} GET {address}: {answer.status_code}, not {expected}")
            if role in ("buyer", "seller") and not says_who_keeps(answer) and "/schema" not in address:
                kept.append(f"{role} GET {address}")
    assert wrong == []
    assert kept == []


@pytest.mark.parametrize("address", ["/documents/", "/earnings/", "/earnings.csv"])
def test_pages_of_money_are_not_kept_by_browsers_either(people: dict[str, Client], address: str) -> None:
    answer = people["seller"].get(address)
    assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, True)


def test_a_program_s_answers_are_private_too(buyer: User) -> None:
    _, secret = issue_token(user=buyer, name="Report", now=clock.now())
    answer = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")


def test_visitors_pages_may_be_kept(people: dict[str, Client]) -> None:
    assert "Cache-Control" not in people["anonymous"].get("/how-milestones-work/").headers


def test_r_ord_5_a_stranger_changes_nothing(
    stripe: StripeDouble, buyer: User, seller: User, stranger: User, people: dict[str, Client]
) -> None:
    world = build_world(stripe, buyer, seller)
    before, wrong = everything_is(buyer, seller), []
    for row in read_table():
        address = row.address.format(**world)
        people["stranger"].force_login(stranger)  # one of the addresses signs out
        status = without_file(post(people["stranger"], address)).status_code
        if status != row.post:
            wrong.append(f"POST {address}: {status}, not {row.post}")
    assert wrong == []
    assert everything_is(buyer, seller) == before


def test_r_sup_5_the_desk_is_closed_to_all_but_agents(
    stripe: StripeDouble, buyer: User, seller: User, people: dict[str, Client]
) -> None:
    world = build_world(stripe, buyer, seller)
    lists = [f"/{DESK}{name}" for name in DESK_LISTS]
    deep = [f"/{DESK}orders/order/{world['pk']}/{tail}" for tail in ("change/", "cancel/", "history/")]
    for address in [f"/{DESK}", *lists, *deep]:
        got = {role: client.get(address).status_code for role, client in people.items()}
        assert got == {"anonymous": 302, "stranger": 404, "buyer": 404, "seller": 404, "agent": 200}, address
        assert people["seller"].post(address, BODY).status_code == 404
