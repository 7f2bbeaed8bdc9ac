"""What the application says of one order: one query for each kind of row, one for the books."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from payments.selectors import group_balances
from tests.prove.model.books import Phase
from tests.prove.model.reference import Reference

PHASES = {
    "pending": Phase.ASKED,
    "submitting": Phase.IN_FLIGHT,
    "unknown": Phase.IN_FLIGHT,
    "processing": Phase.IN_FLIGHT,
    "awaiting_payer": Phase.PAGE,
    "declined": Phase.DECLINED,
    "action_required": Phase.WANTS_BUYER,
    "succeeded": Phase.PAID,
    "withdrawing": Phase.WITHDRAWING,
    "withdrawn": Phase.WITHDRAWN,
}
ORDER = """SELECT o.state, o.completion, o.pay_by, o.unpaid_deadline, o.held_since, m.state, m.started_at, m.due_at,
                  m.late_at IS NOT NULL, m.review_deadline, m.retry_at, m.retries, m.revisions_used, m.extension
           FROM orders_order o JOIN orders_milestone m ON m.order_id = o.id WHERE o.id = %s ORDER BY m.position"""
CHARGES = """SELECT c.public_id, c.state,
    (SELECT count(*) FROM payments_chargeattempt t WHERE t.charge_id = c.id AND t.state = 'surplus'),
    (SELECT json_agg(json_build_object('ref', r.public_id, 'kind', r.kind, 'state', r.state, 'amount', r.amount,
       'price', r.price_part, 'fee', r.fee_part, 'commission', r.commission_part, 'origin', r.origin,
       'id', r.provider_id, 'attempt', r.attempt_id) ORDER BY r.id) FROM payments_refund r WHERE r.charge_id = c.id),
    (SELECT json_agg(json_build_object('ref', d.public_id, 'id', d.provider_id, 'state', d.state,
       'withdrawn', d.withdrawn, 'reinstated', d.reinstated, 'price', d.price_part, 'fee', d.fee_part,
       'commission', d.commission_part) ORDER BY d.id) FROM payments_dispute d WHERE d.charge_id = c.id),
    (SELECT json_build_object('ref', t.public_id, 'id', t.provider_id, 'state', t.state, 'amount', t.amount,
       'netted', t.netted, 'back', (SELECT coalesce(sum(v.amount), 0) FROM payments_transferreversal v
                                    WHERE v.transfer_id = t.id AND v.state = 'succeeded'))
     FROM payments_transfer t WHERE t.charge_id = c.id),
    (SELECT t.clears_at FROM payments_transfer t WHERE t.charge_id = c.id)
FROM payments_charge c WHERE c."group" = %s ORDER BY c.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCharge:
    """A row of ours with those that hang on it, as plain values."""

    ref: str
    state: str
    surplus: int
    refunds: list[dict[str, Any]]
    disputes: list[dict[str, Any]]
    transfer: dict[str, Any] | None
    clears_at: datetime | None

    @property
    def phase(self) -> Phase:
        return PHASES[self.state]


def read_order(order_id: int) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(ORDER, [order_id])
        return list(cursor.fetchall())


def read_charges(group: str) -> list[SeenCharge]:
    with connection.cursor() as cursor:
        cursor.execute(CHARGES, [group])
        return [
            SeenCharge(
                ref=ref,
                state=state,
                surplus=surplus,
                refunds=refunds or [],
                disputes=disputes or [],
                transfer=transfer,
                clears_at=clears_at,
            )
            for ref, state, surplus, refunds, disputes, transfer, clears_at in cursor.fetchall()
        ]


def is_held(reference: str) -> bool:
    """Was an order put on hold for this?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_orderhold WHERE reference = %s", [reference])
        return bool(cursor.fetchone()[0])


def read_books(group: str) -> dict[str, int]:
    """Balances that are not zero, without what the provider kept."""
    books = asdict(group_balances(group))
    del books["currency"], books["provider_fees"]
    return {name: amount for name, amount in books.items() if amount}


def model_order(model: Reference) -> list[tuple[object, ...]]:
    """What `read_order` must give."""
    return [
        (
            model.state, model.completion, model.pay_by, model.unpaid_deadline, model.held_since, piece.state,
            piece.started_at, piece.due_at, piece.is_late, piece.review_deadline, piece.retry_at, piece.retries,
            piece.revisions_used, piece.extension,
        )
        for piece in model.pieces
    ]  # fmt: skip


def model_books(model: Reference) -> dict[str, int]:
    found: dict[str, int] = {}
    for owed in model.owed:
        for name, amount in owed.balances().items():
            found[name] = found.get(name, 0) + amount
    return {name: amount for name, amount in found.items() if amount}
