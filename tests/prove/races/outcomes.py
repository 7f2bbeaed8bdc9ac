"""What became of an order, without anything that differs between equal runs: two equal outcomes are the same story."""

from collections import Counter
from dataclasses import asdict

from orders.models import Delivery, Order, Revision
from payments.models import Charge, ChargeAttempt, Refund, Transfer
from payments.selectors import group_balances

Outcome = tuple[object, ...]
ATTEMPTS = 4  # where in an outcome the tries to collect stand


def outcome_of(order_id: int) -> Outcome:
    """States, timeline in its order, charges, refunds, transfers, and each balance of the books."""
    order = Order.objects.get(pk=order_id)
    charges = Charge.objects.filter(group=order.public_id)
    return (
        (order.state, order.completion, order.held_since is not None),
        tuple(order.milestones.order_by("position").values_list("state", "revisions_used", "extension", "retries")),
        tuple(order.timeline.order_by("pk").values_list("name", flat=True)),
        _counted(charges.values_list("state", "amount")),
        _counted(ChargeAttempt.objects.filter(charge__in=charges).values_list("mode", "state")),
        _counted(Refund.objects.filter(charge__in=charges).values_list("state", "kind", "amount")),
        _counted(Transfer.objects.filter(charge__in=charges).values_list("state", "amount")),
        Delivery.objects.filter(milestone__order=order).count(),
        Revision.objects.filter(milestone__order=order).count(),
        tuple(sorted(asdict(group_balances(order.public_id)).items())),
    )


def _counted(rows: object) -> tuple[object, ...]:
    return tuple(sorted(Counter(tuple(row) for row in rows).items()))  # type: ignore[attr-defined]
