"""Copies of an order, row by row, so that thousands of trials begin from the same moment.

The prototype was brought to its moment by the services; a copy is the same rows under other ids and other public ids,
in the database and at the simulated Stripe. Triggers are off while rows are copied, and each kept balance grows by
what the copy's postings say, so that a copy is exactly what the services would have made a second time.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from orders.models import (
    Delivery,
    DeliveryFile,
    Milestone,
    Order,
    OrderRequirement,
    Revision,
    TimelineEntry,
)
from payments.models import (
    Charge,
    ChargeAttempt,
    Dispute,
    JournalEntry,
    LedgerAccount,
    Posting,
    Refund,
    Transfer,
    TransferReversal,
)
from payments.simulator.store import Store

STRIDE = 10_000_000  # how far the ids of one copy are from the next copy's
OWN_IDS = r"((?:ord|mls|chg|rfd|trf|trv|dsp|fil|pi|ch|cs_test|re|tr|trr|du|txn)_[0-9A-Za-z]+)"
Rows = dict[type[models.Model], list[int]]


@dataclass(frozen=True)
class Prototype:
    """An order at its moment: which rows it is made of, and what Stripe has of it."""

    order_id: int
    rows: Rows
    at_stripe: str


def take_prototype(order: Order, store: Store) -> Prototype:
    """All rows of `order`, in the order in which they can be written."""
    group = order.public_id
    charges = Charge.objects.filter(group=group)
    querysets: dict[type[models.Model], Any] = {
        Charge: charges,
        ChargeAttempt: ChargeAttempt.objects.filter(charge__in=charges),
        Order: Order.objects.filter(pk=order.pk),
        Milestone: Milestone.objects.filter(order=order),
        OrderRequirement: OrderRequirement.objects.filter(order=order),
        Delivery: Delivery.objects.filter(milestone__order=order),
        DeliveryFile: DeliveryFile.objects.filter(delivery__milestone__order=order),
        Revision: Revision.objects.filter(milestone__order=order),
        TimelineEntry: TimelineEntry.objects.filter(order=order),
        Refund: Refund.objects.filter(charge__in=charges),
        Dispute: Dispute.objects.filter(charge__in=charges),
        Transfer: Transfer.objects.filter(charge__in=charges),
        TransferReversal: TransferReversal.objects.filter(transfer__charge__in=charges),
        LedgerAccount: LedgerAccount.objects.filter(dimension=group),
        JournalEntry: JournalEntry.objects.filter(group=group),
        Posting: Posting.objects.filter(entry__group=group),
    }
    rows = {model: list(found.order_by("pk").values_list("pk", flat=True)) for model, found in querysets.items()}
    return Prototype(order.pk, rows, _at_stripe(store, charges))


def copy_order(prototype: Prototype, number: int, store: Store) -> int:
    """The copy's id. `number` makes it different from every other copy of any prototype."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, ids in prototype.rows.items():
            if ids:
                _copy_rows(cursor, model, ids, number, prototype.rows)
        _grow_shared_accounts(cursor, prototype)
    _copy_at_stripe(prototype, number, store)
    return prototype.order_id + number * STRIDE


def _copy_rows(cursor: Any, model: type[models.Model], ids: list[int], number: int, rows: Rows) -> None:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value_of(field, number, rows) for field in fields)
    table = model._meta.db_table
    cursor.execute(f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" WHERE id = ANY(%s)', [ids])


def _value_of(field: Any, number: int, rows: Rows) -> str:
    """A column's value in the copy: ids are moved by a stride, public ids get the copy's number."""
    column = f'"{field.column}"'
    away = number * STRIDE
    if field.primary_key:
        return f"{column} + {away}"
    if field.is_relation:
        owned = rows.get(field.related_model) or [0]
        listed = ",".join(str(pk) for pk in owned)
        return f"CASE WHEN {column} IN ({listed}) THEN {column} + {away} ELSE {column} END"
    if field.name == "number" and field.model is Order:
        return f"'C{number:07}'"
    if isinstance(field, models.JSONField):
        return f"regexp_replace({column}::text, '\\m{OWN_IDS}', '\\1z{number}', 'g')::jsonb"
    if isinstance(field, models.CharField | models.TextField | models.FileField):
        return f"regexp_replace({column}, '\\m{OWN_IDS}', '\\1z{number}', 'g')"
    return column


def _grow_shared_accounts(cursor: Any, prototype: Prototype) -> None:
    """The accounts that all orders share hold what the copy's postings say, too."""
    cursor.execute(
        """UPDATE payments_ledgeraccount a SET balance = a.balance + moved.total
           FROM (SELECT account_id, sum(amount) AS total FROM payments_posting WHERE id = ANY(%s) GROUP BY 1) moved
           WHERE a.id = moved.account_id AND NOT a.id = ANY(%s)""",
        [prototype.rows[Posting], prototype.rows[LedgerAccount]],
    )


def _at_stripe(store: Store, charges: Any) -> str:
    """What the simulated Stripe has about these charges, as one text."""
    marks = set(charges.values_list("public_id", flat=True))
    attempts = ChargeAttempt.objects.filter(charge__in=charges)
    for name in ("payment_id", "checkout_id", "provider_charge_id"):
        marks |= {value for value in attempts.values_list(name, flat=True) if value}
    marks |= {
        value for value in Refund.objects.filter(charge__in=charges).values_list("provider_id", flat=True) if value
    }
    kept = [
        [kind, object_id, value]
        for kind, objects in store._objects.items()
        if kind not in ("event", "delivery", "key")
        for object_id, value in objects.items()
        if any(mark in object_id or mark in json.dumps(value) for mark in marks)
    ]
    return json.dumps(kept)


def _copy_at_stripe(prototype: Prototype, number: int, store: Store) -> None:
    for kind, object_id, value in json.loads(re.sub(rf"\b{OWN_IDS}", rf"\1z{number}", prototype.at_stripe)):
        store.put(kind, object_id, value)
    store.commit()
