"""Thousands of orders from one: its rows and those of its money, copied by SQL under ids and names of their own."""

from django.db import connection

from orders.models import Order
from payments.models import Charge, ChargeAttempt

STEP = 10_000_000  # more than any id: clone number n of a row has its id + n * STEP
TABLES = {
    "orders_order": "id = %(order)s",
    "orders_milestone": "order_id = %(order)s",
    "orders_timelineentry": "order_id = %(order)s",
    "orders_delivery": "milestone_id IN (SELECT id FROM orders_milestone WHERE order_id = %(order)s)",
    "payments_charge": '"group" = %(group)s',
    "payments_chargeattempt": 'charge_id IN (SELECT id FROM payments_charge WHERE "group" = %(group)s)',
    "payments_ledgeraccount": "dimension = %(group)s",
    "payments_journalentry": '"group" = %(group)s',
    "payments_posting": 'entry_id IN (SELECT id FROM payments_journalentry WHERE "group" = %(group)s)',
}
UNSHARED = {"orders_order": {"offer_id"}}  # one to one: a clone has none


def clone(order: Order, times: int) -> None:
    """Make `times` copies. Triggers and foreign keys are asleep meanwhile; kept balances are summed up anew."""
    names = _names_of(order)
    asked: dict[str, int | str] = {"order": order.pk, "group": order.public_id}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, mine in TABLES.items():
            columns = _columns(table)
            values = ", ".join(_value(table, column, kind, names) for column, kind in columns)
            listed = ", ".join(f'"{column}"' for column, _ in columns)
            cursor.execute(
                f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} t, generate_series(1, {times}) n"
                f" WHERE {mine}",
                asked,
            )
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
        cursor.execute(
            "UPDATE payments_ledgeraccount a SET balance = s.total FROM"
            " (SELECT account_id, sum(amount) AS total FROM payments_posting GROUP BY account_id) s"
            " WHERE s.account_id = a.id AND a.balance <> s.total"
        )
        cursor.execute("SET session_replication_role = origin")


def _names_of(order: Order) -> list[str]:
    """Whatever names a row of the order: in a clone each gets a number behind it."""
    charges = Charge.objects.filter(group=order.public_id)
    at_stripe = ChargeAttempt.objects.filter(charge__in=charges).values_list(
        "payment_id", "checkout_id", "provider_charge_id"
    )
    return [
        order.public_id,
        *order.milestones.values_list("public_id", flat=True),
        *charges.values_list("public_id", flat=True),
        *(name for names in at_stripe for name in names if name),
    ]


def _columns(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = 'public'",
            [table],
        )
        return list(cursor.fetchall())


def _value(table: str, column: str, kind: str, names: list[str]) -> str:
    if column in UNSHARED.get(table, ()):
        return "NULL"
    if column == "id" or column in _within(table):
        return f't."{column}" + n::bigint * {STEP}'
    if column == "account_id":  # accounts of the order are cloned, those of the platform and its people are shared
        own = "EXISTS (SELECT 1 FROM payments_ledgeraccount a WHERE a.id = t.account_id AND a.dimension = %(group)s)"
        return f"CASE WHEN {own} THEN t.account_id + n::bigint * {STEP} ELSE t.account_id END"
    if table == "orders_order" and column == "number":
        return "'M' || n"
    if kind != "character varying":
        return f't."{column}"'
    named = f't."{column}"'
    for name in names:
        named = f"replace({named}, '{name}', '{name}' || n)"
    return named


def _within(table: str) -> set[str]:
    """The columns that point at rows which are cloned too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
            [table],
        )
        return {column for column, target in cursor.fetchall() if target in TABLES and column != "account_id"}
