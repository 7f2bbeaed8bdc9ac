"""Every movement of our balance at the provider, from our side and from theirs, in the same terms.

A movement is known by the provider's id of what moved (ch_…, re_…, tr_…, trr_…, du_…) and the way it moved; `net` is
signed minor units. Each happens once, so that the two sides can be matched one to one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from payments.enums import Difference
from payments.gateway import BalanceTransaction

# The provider's types of balance transactions, by our word for the movement. What only the provider does, and tells by
# these lines alone, is in `BY_PROVIDER` (its payouts to our bank, its fees that belong to no charge).
WAYS = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_refund_failure": "refund_failure",
    "payment_failure_refund": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "reversal",
}
BY_PROVIDER = {"payout": "payout", "payout_failure": "payout", "payout_cancel": "payout", "stripe_fee": "fee"}


@dataclass(frozen=True, slots=True, order=True)
class Movement:
    """One movement of one side."""

    way: str
    source_id: str
    currency: str
    net: int
    at: datetime


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What doesn't agree: our sum and theirs, None where there is none."""

    what: Difference
    way: str
    source_id: str
    currency: str
    ours: int | None
    theirs: int | None


def way_of(line: BalanceTransaction) -> str:
    """Our word for a line of the provider's balance; its own type where we have none."""
    if line.type == "adjustment":
        return "dispute" if line.net < 0 else "dispute_won"
    return WAYS.get(line.type, line.type)


def theirs(lines: Iterable[BalanceTransaction]) -> list[Movement]:
    """The provider's lines, without those that only the provider does."""
    return [
        Movement(way_of(line), line.source_id, line.currency, line.net, line.created)
        for line in lines
        if line.type not in BY_PROVIDER
    ]


_OURS = """
    WITH moved AS (
        SELECT e.source, e.currency, e.at, sum(p.amount) AS net
        FROM payments_journalentry e
        JOIN payments_posting p ON p.entry_id = e.id
        JOIN payments_ledgeraccount a ON a.id = p.account_id AND a.kind = 'psp_balance'
        WHERE e.at >= %s
        GROUP BY e.id
    ), named AS (
        SELECT 'charge' AS way, t.provider_charge_id AS source_id, m.* FROM payments_chargeattempt t
        JOIN moved m ON m.source IN ('captured:' || t.payment_id, 'psp_fee:' || t.payment_id)
        UNION ALL
        SELECT 'refund', r.provider_id, m.* FROM payments_refund r
        JOIN moved m ON m.source = 'refund_succeeded:' || r.public_id
        UNION ALL
        SELECT 'refund_failure', r.provider_id, m.* FROM payments_refund r
        JOIN moved m ON m.source = 'refund_failed:' || r.public_id
        UNION ALL
        SELECT 'transfer', t.provider_id, m.* FROM payments_transfer t
        JOIN moved m ON m.source = 'transfer_succeeded:' || t.public_id
        UNION ALL
        SELECT 'reversal', v.provider_id, m.* FROM payments_transferreversal v
        JOIN moved m ON m.source = 'transfer_reversed:' || v.public_id
        UNION ALL
        SELECT CASE WHEN m.net < 0 THEN 'dispute' ELSE 'dispute_won' END, d.provider_id, m.* FROM payments_dispute d
        JOIN moved m ON split_part(m.source, ':', 1) IN ('dispute_withdrawn', 'dispute_won')
          AND split_part(m.source, ':', 2) = d.public_id
    )
    SELECT way, coalesce(source_id, source), currency, sum(net), min(at) FROM named
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT 'unnamed', m.source, m.currency, m.net, m.at FROM moved m
    WHERE NOT EXISTS (SELECT 1 FROM named n WHERE n.source = m.source)
      AND split_part(m.source, ':', 1) <> 'provider'
"""


def ours(*, since: datetime) -> list[Movement]:
    """What our books say moved since then. `unnamed`: a posting that no row of ours explains, always a finding."""
    with connection.cursor() as cursor:
        cursor.execute(_OURS, [since])
        return [
            Movement(way, source_id, currency, int(net), at) for way, source_id, currency, net, at in cursor.fetchall()
        ]


def compare(*, ours: Iterable[Movement], theirs: Iterable[Movement], since: datetime, until: datetime) -> list[Finding]:
    """What is on one side only, or differs, among the movements that happened between the two instants on either side.

    A movement at the edge may be in the span by one clock and outside by the other: what the other side has at all is
    no finding. One that each side has in another currency is a finding for each.
    """
    mine, yours = _sums(ours), _sums(theirs)
    known_to_both = {key[:2] for key in mine} & {key[:2] for key in yours}
    inside = {_key(each) for side in (ours, theirs) for each in side if since <= each.at < until}
    found = []
    for key in sorted(inside):
        a, b = mine.get(key), yours.get(key)
        if a != b:
            found.append(Finding(_difference(a, b, known_to_both=key[:2] in known_to_both), *key, a, b))
    return found


Key = tuple[str, str, str]


def _key(movement: Movement) -> Key:
    return movement.way, movement.source_id, movement.currency


def _sums(movements: Iterable[Movement]) -> dict[Key, int]:
    sums: dict[Key, int] = defaultdict(int)
    for movement in movements:
        sums[_key(movement)] += movement.net
    return dict(sums)


def _difference(ours: int | None, theirs: int | None, *, known_to_both: bool) -> Difference:
    if known_to_both and (ours is None or theirs is None):
        return Difference.CURRENCY
    if theirs is None:
        return Difference.MISSING
    return Difference.EXTRA if ours is None else Difference.DIFFERENT
