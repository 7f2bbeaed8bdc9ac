"""Everything that an agent needs to know about one order, on one page (R-SUP-1)."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from inbox.models import Message
from orders.enums import Role
from orders.guards import Facts
from orders.models import Delivery, Order
from orders.presenters.rail import Post, label_of, posts_of
from orders.presenters.story import Happening, tell_all
from orders.selectors import OrderView, actions, deliveries_of, facts_of, timeline_of
from payments.models import Charge, JournalEntry
from payments.selectors import GroupBalances, charges_for, group_balances, journal_for


@dataclass(frozen=True, slots=True)
class Desk:
    """One order as support sees it. Balances are minor units, read from the ledger."""

    facts: Facts
    posts: list[Post]
    label: str
    can_cancel: bool
    story: list[Happening]
    deliveries: QuerySet[Delivery]
    messages: QuerySet[Message]
    charges: QuerySet[Charge]
    journal: QuerySet[JournalEntry]
    balances: GroupBalances
    audit: QuerySet[LogEntry]


def desk_of(order: Order, *, now: datetime) -> Desk:
    facts = facts_of(order, now=now)
    return Desk(
        facts=facts,
        posts=posts_of(OrderView(facts=facts, role=Role.SUPPORT, actions=())),
        label=label_of(facts),
        can_cancel=bool(actions(facts, Role.SUPPORT)),
        story=tell_all(timeline_of(order), order=order, reader=None),
        deliveries=deliveries_of(order),
        messages=_conversation(order),
        charges=charges_for(order.public_id).prefetch_related("attempts"),
        journal=journal_for(order.public_id),
        balances=group_balances(order.public_id),
        audit=LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(Order), object_id=str(order.pk)
        ).select_related("user"),
    )


def _conversation(order: Order) -> QuerySet[Message]:
    pair = sorted((order.buyer_id, order.seller_id))
    return (
        Message.objects.filter(conversation__first=pair[0], conversation__second=pair[1])
        .select_related("author")
        .prefetch_related("attachments")
        .order_by("-pk")[:100]
    )


def search_orders(orders: QuerySet[Order], words: str) -> QuerySet[Order]:
    """By order number, public id, person (name or e-mail), or any Stripe id of its charges and refunds."""
    found = Q()
    for word in words.split():
        found &= (
            Q(number__icontains=word)
            | Q(public_id=word)
            | Q(buyer__email__icontains=word)
            | Q(buyer__name__icontains=word)
            | Q(seller__email__icontains=word)
            | Q(seller__name__icontains=word)
            | Q(pk__in=_orders_by_provider_id(word))
        )
    return orders.filter(found)


def _orders_by_provider_id(word: str) -> QuerySet[Order, int]:
    groups = Charge.objects.filter(
        Q(public_id=word)
        | Q(attempts__payment_id=word)
        | Q(attempts__checkout_id=word)
        | Q(refunds__provider_id=word)
        | Q(method__stripe_id=word)
    ).values("group")
    return Order.objects.filter(public_id__in=groups).values_list("pk", flat=True)
