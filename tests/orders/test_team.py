"""A manager acts for the seller under their own name, a contributor and a removed member don't (R-ORD-5, R-ORD-14)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import TeamMember, User
from accounts.services.team import remove_member
from marketplace.kernel import clock
from notifications.models import Notification
from orders.errors import OrderUnknown, OwnTeamsWork
from orders.models import Order, TimelineEntry
from orders.presenters.story import tell
from orders.presenters.turns import waiting_for
from orders.selectors import file_for, orders_of, view_order
from orders.services.delivering import LinkInput, deliver
from tests.factories.order_states import at_work, delivered
from tests.factories.orders import make_order
from tests.factories.team import make_contributor, make_manager, make_member
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db
LINK = LinkInput(url="https://example.com/folder", label="The folder")


def hand_over(order: Order, actor: User) -> None:
    deliver(order=order, actor=actor, message="Here.", links=[LINK])


def test_r_ord_14_a_manager_delivers_for_the_seller_under_their_own_name(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, mila = at_work(stripe, buyer, seller), make_manager(seller)
    hand_over(order, mila)

    entry = TimelineEntry.objects.latest("pk")
    assert (entry.actor, entry.role) == (mila, "seller")
    assert tell(entry, order=order, reader=buyer).text.startswith("Mila for Selma delivered")
    assert tell(entry, order=order, reader=seller).text.startswith("Mila for you delivered")
    assert tell(entry, order=order, reader=mila).text.startswith("You delivered")


def test_r_ord_5_others_of_the_team_do_not(stripe: StripeDouble, buyer: User, seller: User) -> None:
    order, gone = at_work(stripe, buyer, seller), make_manager(seller, "Greta Gone")
    view_order(order, gone, now=clock.now())
    member = TeamMember.objects.get(user=gone)
    remove_member(seller=seller, public_id=member.public_id, now=clock.now())
    for person in (gone, make_contributor(seller)):
        with pytest.raises(OrderUnknown):
            hand_over(order, person)
        with pytest.raises(OrderUnknown):
            view_order(order, person, now=clock.now())
        assert not orders_of(person).exists()
        assert not waiting_for(person, Order.objects.all()).exists()


def test_a_manager_sees_what_the_seller_sees_and_no_card_of_the_buyer(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, mila = delivered(stripe, buyer, seller), make_manager(seller)
    for entry in TimelineEntry.objects.filter(order=order):
        of_mila = tell(entry, order=order, reader=mila)
        if entry.actor != seller:
            assert of_mila.text == tell(entry, order=order, reader=seller).text
    original = order.milestones.get(position=1).deliveries.get().files.get(held_back=True)
    assert file_for(mila, original.public_id) == original


def test_nobody_orders_from_the_team_that_they_work_in(buyer: User, seller: User) -> None:
    make_member(seller, user=buyer)
    with pytest.raises(OwnTeamsWork, match="team of Selma"):
        make_order(buyer=buyer, seller=seller)
    with pytest.raises(OwnTeamsWork):
        make_order(buyer=buyer, seller=seller, via="offer")


def test_a_buyer_who_joins_later_stays_the_buyer_of_their_order(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = delivered(stripe, buyer, seller)
    make_member(seller, user=buyer)
    assert view_order(order, buyer, now=clock.now()).is_buyer
    original = order.milestones.get(position=1).deliveries.get().files.get(held_back=True)
    assert file_for(buyer, original.public_id) is None
    assert [each.pk for each in waiting_for(buyer, orders_of(buyer))] == [order.pk]


def test_what_waits_for_the_seller_is_told_to_managers_too_but_not_money(
    stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order = make_order(buyer=buyer, seller=seller)
    mila, _cleo = make_manager(seller), make_contributor(seller)
    Notification.objects.all().delete()
    from tests.factories.orders import pay_first

    pay_first(order, stripe)
    told = {(notice.recipient_id, notice.kind) for notice in Notification.objects.exclude(recipient=buyer)}
    sellers = {kind for person, kind in told if person == seller.pk}
    assert sellers
    assert {person for person, _ in told} == {seller.pk, mila.pk}
    assert {kind for person, kind in told if person == mila.pk} <= sellers
    assert Notification.objects.filter(recipient=mila).first().data["for_seller"] == "Selma Seller"  # type: ignore[union-attr]


def test_the_list_shows_the_orders_of_whom_one_works_for(
    client: Client, stripe: StripeDouble, buyer: User, seller: User
) -> None:
    order, mila = at_work(stripe, buyer, seller), make_manager(seller)
    client.force_login(mila)
    address = reverse("orders:list") + "?side=selling"
    assert order.title not in client.get(address).content.decode()
    client.post(reverse("accounts:work_for"), {"seller": seller.public_id})
    assert order.title in client.get(address).content.decode()
    assert order.title not in client.get(reverse("orders:list") + "?side=buying").content.decode()
    assert client.get(reverse("orders:order", args=[order.public_id])).status_code == 200
