"""Every address of the table by the people of a seller's team: what each role of `accounts.roles` opens and what not.

The contributor, the member who was removed and the one who has not joined get what a stranger gets. The manager sees
of a gig, offer, order or conversation what its seller sees, but for what is the owner's alone.
"""

from collections.abc import Iterator

import pytest
from django.test import Client

from accounts.models import TeamMember, User
from accounts.services.team import remove_member
from marketplace.kernel import clock
from orders.models import Task
from tests.factories.accounts import make_user
from tests.factories.orders import without_file
from tests.factories.team import invite, make_contributor, make_manager
from tests.payments.simulator_fixtures import StripeDouble
from tests.security.test_urls import Row, everything_is, post, read_table
from tests.security.world import build_world

# What belongs to the seller and is opened by its id.
SELLERS = ("{gig}", "{draft_gig}", "{draft_image}", "{conversation}", "{attachment}", "{offer}", "{draft}", "{order}",
           "{preview}", "{original}", "{task}", "{note}")  # fmt: skip
# Of these the owner's alone: whom to block, report and ask, the list of conversations that programs read, own notes.
OWNERS_ALONE = (
    "/inbox/{conversation}/block/",
    "/inbox/{conversation}/report/",
    "/offers/ask/{conversation}/",
    "/api/v1/conversations/{conversation}/",
    "/orders/{order}/notes/{order_note}/",
    "/reviews/order/{order}/",
    "/api/v1/orders/{order}/review/",
)
OUTSIDERS = ("contributor", "removed", "invited")


@pytest.fixture
def team(seller: User) -> dict[str, User]:
    gone, invited = make_manager(seller, "Greta Gone"), make_user("Ivo Invited")
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=clock.now())
    invite(seller, invited.email)
    manager, contributor = make_manager(seller), make_contributor(seller)
    return {"manager": manager, "contributor": contributor, "removed": gone, "invited": invited}


def rows_of_the_seller() -> Iterator[Row]:
    for row in read_table():
        if any(name in row.address for name in SELLERS):
            yield row


def everything(buyer: User, seller: User) -> list[object]:
    tasks = Task.objects.values_list("pk", "done_at", "assignee").order_by("pk")
    members = TeamMember.objects.values_list("pk", "role", "left_at").order_by("pk")
    return [*everything_is(buyer, seller), *tasks, *members]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_r_ord_5_who_has_no_such_role_reads_what_a_stranger_reads(
    stripe: StripeDouble, buyer: User, seller: User, team: dict[str, User], who: str
) -> None:
    world, client, wrong = build_world(stripe, buyer, seller), Client(), []
    client.force_login(team[who])
    for row in rows_of_the_seller():
        address = row.address.format(**world)
        status = without_file(client.get(address)).status_code
        if status != row.get["stranger"]:
            wrong.append(f"{who} GET {address}: {status}, not {row.get['stranger']}")
    assert wrong == []


@pytest.mark.parametrize("who", OUTSIDERS)
def test_r_ord_5_who_has_no_such_role_writes_nothing(
    stripe: StripeDouble, buyer: User, seller: User, team: dict[str, User], who: str
) -> None:
    world, client, wrong = build_world(stripe, buyer, seller), Client(), []
    before = everything(buyer, seller)
    client.force_login(team[who])
    for row in rows_of_the_seller():
        address = row.address.format(**world)
        status = without_file(post(client, address)).status_code
        if status != row.post:
            wrong.append(f"{who} POST {address}: {status}, not {row.post}")
    assert wrong == []
    assert everything(buyer, seller) == before


def test_r_ord_5_a_manager_reads_what_the_seller_reads_but_for_the_owners_alone(
    stripe: StripeDouble, buyer: User, seller: User, team: dict[str, User]
) -> None:
    world, client, wrong = build_world(stripe, buyer, seller), Client(), []
    client.force_login(team["manager"])
    for row in rows_of_the_seller():
        address = row.address.format(**world)
        expected = row.get["stranger" if row.address in OWNERS_ALONE else "seller"]
        status = without_file(client.get(address)).status_code
        if status != expected:
            wrong.append(f"manager GET {address}: {status}, not {expected}")
    assert wrong == []


@pytest.mark.parametrize("who", ["manager", *OUTSIDERS])
def test_what_is_the_owners_alone_is_nobody_elses(
    stripe: StripeDouble, buyer: User, seller: User, team: dict[str, User], who: str
) -> None:
    """Payouts, billing, documents, profile, tokens and the team: each page is of the person signed in, whoever they
    work for; and the team's buttons are the owner's."""
    world, client = build_world(stripe, buyer, seller), Client()
    client.force_login(team[who])
    client.post("/team/work-for/", {"seller": seller.public_id})
    before = everything(buyer, seller)
    for address in ("/settings/selling/", "/payouts/", "/sell/", "/settings/billing/", "/settings/tokens/"):
        assert seller.email not in client.get(address, follow=True).content.decode()
    assert client.get("/payouts/").status_code == 302
    for action in ("role", "remove", "leave"):
        assert client.post(f"/settings/team/{world['member']}/{action}/", {"role": "manager"}).status_code == 404
    for action in ("resend", "withdraw"):
        assert client.post(f"/settings/invitations/{world['invitation']}/{action}/").status_code == 404
    assert client.post("/settings/team/", {"email": "x@example.com", "role": "manager"}).status_code in (403, 422)
    assert everything(buyer, seller) == before
