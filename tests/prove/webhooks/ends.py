"""How an order's world stands, in words that don't depend on ids or instants: for comparing two runs."""

from collections import Counter
from dataclasses import asdict

from notifications.models import Notification
from orders.models import Order
from payments.enums import AccountKind
from payments.models import Charge, Document, JournalEntry, Posting
from payments.selectors import group_balances
from tests.payments.simulator_fixtures import StripeDouble

Facts = dict[str, object]


def gate_of(order: Order) -> tuple[object, ...]:
    """Where people can act from: equal gates allow equal actions."""
    milestones = [(m.state, m.retries, m.revisions_used) for m in order.milestones.order_by("position")]
    held = order.held_since is not None
    return order.state, held, milestones, _charges(order, "state", "code"), *_moves(order)


def _moves(order: Order) -> tuple[list[tuple[object, ...]], ...]:
    """Refunds, disputes and transfers, as they stand."""
    return (
        _related(order, "refunds", "kind", "origin", "amount", "state", "failure"),
        _related(order, "disputes", "kind", "amount", "fee", "state", "withdrawn", "reinstated"),
        _related(order, "transfer", "amount", "netted", "state"),
        _related(order, "transfer__reversals", "amount", "state"),
    )


def end_of(stripe: StripeDouble, order: Order) -> Facts:
    """Everything that must be equal, whatever way the news came."""
    return {
        "order": (order.state, order.completion, order.method_id is not None),
        "standing": gate_of(order),
        "charges": _charges(order, "state", "outcome", "amount", "fee", "code", "message", "method_label"),
        "attempts": _related(order, "attempts", "number", "mode", "state", "provider_fee"),
        "documents": _documents(order),
        "balances": asdict(group_balances(order.public_id)),
        "books": _books(order),
        "timeline": Counter(order.timeline.values_list("name", "role")),
        "notices": _notices(order),
        "stripe": _at_stripe(stripe),
    }


def differences(one: Facts, other: Facts) -> list[str]:
    return [f"{name}: {_unlike(one[name], other[name])}"[:600] for name in one if one[name] != other[name]]


def _unlike(one: object, other: object) -> str:
    """Of counted things only those that differ."""
    if isinstance(one, Counter) and isinstance(other, Counter):
        return f"{dict(one - other)!r} became {dict(other - one)!r}"
    return f"{one!r} became {other!r}"


def disagreements(stripe: StripeDouble, order: Order) -> list[str]:
    """What the books and Stripe don't agree on, to the cent."""
    lines = Posting.objects.filter(entry__group=order.public_id, account__kind=AccountKind.PSP_BALANCE)
    ours = sum(lines.values_list("amount", flat=True))
    theirs = sum(line["net"] for line in stripe.objects("balance_transaction"))
    return [] if ours == theirs else [f"{ours} on the books, {theirs} at Stripe"]


def _charges(order: Order, *names: str) -> list[tuple[object, ...]]:
    return list(Charge.objects.filter(group=order.public_id).order_by("pk").values_list(*names))


def _related(order: Order, kind: str, *names: str) -> list[tuple[object, ...]]:
    rows = Charge.objects.filter(group=order.public_id).order_by("pk", f"{kind}__pk")
    return list(rows.values_list(*(f"{kind}__{name}" for name in names)))


def _notices(order: Order) -> Counter[tuple[object, ...]]:
    """What the two sides were told. (Of support everybody is told, however many they are.)"""
    told = Notification.objects.filter(data__number=order.number, recipient__in=[order.buyer, order.seller])
    return Counter(told.values_list("kind", "data__role"))


def _documents(order: Order) -> Counter[tuple[object, ...]]:
    """Those in force: how often a statement was replaced on the way depends on when the beat came by."""
    return Counter(
        Document.objects.filter(group=order.public_id, replaced_by=None).values_list("kind", "side", "total")
    )


def _books(order: Order) -> Counter[tuple[object, ...]]:
    """Each entry as its kind and lines: what is booked, not when.

    A payout that Stripe refused, because news of the seller's account had not come yet, is asked for again later: both
    of its entries are left out, which cancel each other.
    """
    entries = JournalEntry.objects.filter(group=order.public_id).prefetch_related("postings__account")
    booked: Counter[tuple[object, ...]] = Counter()
    for entry in entries.order_by("pk"):
        lines = sorted((line.account.kind, line.amount) for line in entry.postings.all())
        asked = ("transfer_requested", *((kind, -amount) for kind, amount in lines))
        if entry.kind == "transfer_failed" and booked[asked]:
            booked[asked] -= 1
        else:
            booked[(entry.kind, *lines)] += 1
    return +booked


def _at_stripe(stripe: StripeDouble) -> dict[str, Counter[tuple[object, ...]]]:
    def each(kind: str, *names: str) -> Counter[tuple[object, ...]]:
        return Counter(tuple(thing.get(name) for name in names) for thing in stripe.objects(kind))

    return {
        "payments": each("payment_intent", "amount", "amount_received", "status"),
        "refunds": each("refund", "amount", "status"),
        "transfers": each("transfer", "amount", "amount_reversed"),
        "disputes": each("dispute", "amount", "status"),
    }
