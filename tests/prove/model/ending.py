"""The end of a history: faults off, everything drained, then nothing may be open, and Stripe's lines must be ours."""

from datetime import timedelta

from django.db import connection

from payments.simulator.wire import Json
from tests.prove.model.books import Going, Phase
from tests.prove.model.life import Life
from tests.prove.model.news import Disagreement
from tests.prove.model.promises import PROMISES
from tests.prove.model.reading import read_charges

ROUNDS = 12
PAUSE = timedelta(minutes=16)  # longer than every wait between two tries
OPEN_ROWS = """
    SELECT 'charge', count(*) FROM payments_charge WHERE announced_at IS NULL AND outcome <> ''
    UNION ALL SELECT 'event', count(*) FROM payments_webhookevent WHERE state IN ('received', 'orphan')
    UNION ALL SELECT 'attempt', count(*) FROM payments_chargeattempt t JOIN payments_charge c ON c.id = t.charge_id
              WHERE t.state IN ('queued', 'live') AND c.state IN ('succeeded', 'withdrawn')
    UNION ALL SELECT 'transfer', count(*) FROM payments_transfer WHERE state IN ('pending', 'submitting', 'unknown')
    UNION ALL SELECT 'reversal', count(*) FROM payments_transferreversal v
              JOIN payments_transfer t ON t.id = v.transfer_id
              WHERE v.state IN ('pending', 'submitting', 'unknown') AND t.state = 'succeeded'
    UNION ALL SELECT 'dispute', count(*) FROM payments_dispute WHERE announced_at IS NULL AND outcome <> ''
    UNION ALL SELECT 'refund', count(*) FROM payments_refund
              WHERE told <> state AND state IN ('succeeded', 'failed')"""
OUR_CAPTURES = """
    SELECT t.payment_id, c.amount + c.fee, lower(c.currency), t.params->>'customer_id', t.provider_fee
    FROM payments_chargeattempt t JOIN payments_charge c ON c.id = t.charge_id
    WHERE t.state IN ('succeeded', 'surplus') ORDER BY 1"""
OUR_REFUNDS = """
    SELECT r.provider_id, r.amount, lower(r.currency), t.payment_id, r.state
    FROM payments_refund r JOIN payments_chargeattempt t ON t.id = r.attempt_id ORDER BY 1"""

OUR_TRANSFERS = "SELECT provider_id, amount, lower(currency) FROM payments_transfer WHERE state = 'succeeded'"
OUR_REVERSALS = "SELECT provider_id, amount, lower(currency) FROM payments_transferreversal WHERE state = 'succeeded'"
OUR_DISPUTES = """SELECT d.provider_id, d.amount, lower(d.currency), t.payment_id, d.withdrawn - d.reinstated
                  FROM payments_dispute d JOIN payments_chargeattempt t ON t.id = d.attempt_id"""
OUR_BALANCE = "SELECT coalesce(sum(balance), 0) FROM payments_ledgeraccount WHERE kind = 'psp_balance'"


def drain(life: Life) -> None:
    """I10: with the bank well again, everything comes to rest by itself, and soon."""
    life.bank.faults.clear()
    for _ in range(ROUNDS):
        life.poll()
        life.deliver_webhooks()
        life.work()
        life.agree()
        if _is_at_rest(life):
            return
        life.clock.advance(PAUSE)
    raise Disagreement(f"not at rest: {[owed.phase for owed in life.model.owed]} {_open_rows()}")


def _is_at_rest(life: Life) -> bool:
    moving = (Phase.ASKED, Phase.IN_FLIGHT, Phase.WITHDRAWING)
    quiet = all(owed.phase not in moving for owed in life.model.owed)
    returns = [each.going for owed in life.model.owed for each in owed.returns.values()]
    extra = [going for owed in life.model.owed for going in owed.extra]
    fees = all(row[4] is not None for row in _rows(OUR_CAPTURES))
    back = Going.UNDER_WAY not in returns + extra
    return quiet and back and fees and not _open_rows() and not _unheard(life)


def _unheard(life: Life) -> bool:
    """Has the bank taken money that we do not know of yet?"""
    charges = read_charges(life.order.public_id)
    known = sum((charge.phase == Phase.PAID) + charge.surplus for charge in charges)
    return known != sum(1 for each in life.bank.objects("payment_intent") if each["status"] == "succeeded")


def compare_with_stripe(life: Life) -> None:
    """I4: charges and refunds, line by line: id, amount, currency, customer, what Stripe kept; status."""
    captures = [
        (each["id"], each["amount_received"], each["currency"], each["customer"])
        for each in life.bank.objects("payment_intent")
        if each["status"] == "succeeded"
    ]
    ours = _rows(OUR_CAPTURES)
    _same("captures", [row[:4] for row in ours], captures)
    kept = sum(each["fee"] for each in life.bank.objects("balance_transaction") if each["type"] == "charge")
    _same("Stripe's fees", [sum(row[4] for row in ours)], [kept])
    refunds = [
        (each["id"], each["amount"], each["currency"], each["payment_intent"], each["status"])
        for each in life.bank.objects("refund")
    ]
    _same("refunds", [row for row in _rows(OUR_REFUNDS) if row[0]], refunds)
    for kind, sql in (("transfer", OUR_TRANSFERS), ("transfer_reversal", OUR_REVERSALS)):
        theirs = [(each["id"], each["amount"], each["currency"]) for each in life.bank.objects(kind)]
        _same(f"{kind}s", _rows(sql), theirs)
    disputes = [
        (each["id"], each["amount"], each["currency"], each["payment_intent"], -_moved(life, each))
        for each in life.bank.objects("dispute")
    ]
    _same("disputes", _rows(OUR_DISPUTES), disputes)
    balance = sum(each["net"] for each in life.bank.objects("balance_transaction"))
    _same("the balance", _rows(OUR_BALANCE), [(balance,)])


def _moved(life: Life, dispute: Json) -> int:
    """What left our balance by a dispute, and came back, without its fee."""
    lines = [each if isinstance(each, str) else each["id"] for each in dispute["balance_transactions"]]
    return sum(each["amount"] for each in life.bank.objects("balance_transaction") if each["id"] in lines)


def compare_story(life: Life) -> None:
    """I5, I12, I15: the timeline tells exactly what the model did, and who did it."""
    rows = _rows("SELECT name, role FROM orders_timelineentry ORDER BY id")
    told = [row for row in rows if row[0] in PROMISES or row[0] == "return_payment"]
    _same("the timeline", told, life.model.told, ordered=True)
    refunds = [name for name, _ in rows if name in ("refunded", "refund_failed")]
    ends = _rows("SELECT state FROM payments_refund WHERE kind <> 'surplus'")
    if len(refunds) < len(ends):
        raise Disagreement(f"the timeline tells of {refunds}, and the refunds are {ends}")


def _same(what: str, ours: list, theirs: list, *, ordered: bool = False) -> None:  # type: ignore[type-arg]
    left, right = (ours, theirs) if ordered else (sorted(ours), sorted(theirs))
    if left != right:
        raise Disagreement(f"{what}: ours {left}, theirs {right}")


def _open_rows() -> dict[str, int]:
    return {kind: count for kind, count in _rows(OPEN_ROWS) if count}


def _rows(sql: str) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
