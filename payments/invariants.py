"""What must hold of the books and the charges at every commit: each line one SQL that must return nothing.

Run by `manage.py check_ledger` in production and at the end of tests. Columns that come back name what is wrong.
"""

from dataclasses import dataclass

from django.db import connection, transaction

PATIENCE = "10min"  # for one query over all of the books


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that is true, and the SQL that finds where it is not; it may read from the named queries `reads`."""

    name: str
    sentence: str
    sql: str
    reads: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        return f"WITH {', '.join(self.reads)} {self.sql}" if self.reads else self.sql


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: Invariant
    rows: list[tuple[object, ...]]


# What went back of each charge: refunds that have not failed, and lost chargebacks.
RETURNED = """returned AS (
    SELECT charge_id, attempt_id, kind, price_part AS price, fee_part AS fee FROM payments_refund
    WHERE state <> 'failed'
    UNION ALL
    SELECT charge_id, attempt_id, kind, price_part, fee_part FROM payments_dispute WHERE state = 'lost')"""

# What each event of one charge booked, sending to sellers and second captures apart.
MOVED = """moved AS (
    SELECT s.charge_id, a.kind, p.amount FROM (
        SELECT charge_id, 'captured:' || payment_id AS source FROM payments_chargeattempt WHERE state = 'succeeded'
        UNION ALL SELECT id, 'accepted:' || public_id FROM payments_charge
        UNION ALL SELECT id, 'released:' || public_id FROM payments_charge
        UNION ALL SELECT charge_id, event || public_id FROM payments_refund,
            unnest(ARRAY['refund_requested:', 'refund_succeeded:', 'refund_failed:']) event WHERE kind <> 'surplus'
        UNION ALL SELECT charge_id, 'dispute_lost:' || public_id FROM payments_dispute WHERE kind <> 'surplus'
        UNION ALL SELECT d.charge_id, 'dispute_lost:' || d.public_id || ':' || r.public_id FROM payments_dispute d
            JOIN payments_refund r ON r.attempt_id = d.attempt_id WHERE d.kind <> 'surplus') s
    JOIN payments_journalentry e ON e.source = s.source
    JOIN payments_posting p ON p.entry_id = e.id
    JOIN payments_ledgeraccount a ON a.id = p.account_id
    WHERE a.kind NOT IN ('psp_balance', 'refund_clearing', 'dispute_receivable', 'bad_debt'))"""

# What of each paid charge nobody has accepted yet.
WAITING = """waiting AS (
    SELECT c.id, c."group", c.currency, c.amount - coalesce(sum(b.price), 0) AS held,
    c.fee - coalesce(sum(b.fee), 0) AS fee_held
    FROM payments_charge c LEFT JOIN returned b ON b.charge_id = c.id AND b.kind <> 'surplus'
    WHERE c.state = 'succeeded'
    AND NOT EXISTS (SELECT 1 FROM payments_journalentry e WHERE e.source = 'accepted:' || c.public_id)
    GROUP BY c.id)"""

INVARIANTS = (
    Invariant(
        "entries_balance",
        "Every entry sums to zero and has at least two lines.",
        """SELECT e.source, coalesce(sum(p.amount), 0) FROM payments_journalentry e
           LEFT JOIN payments_posting p ON p.entry_id = e.id
           GROUP BY e.id HAVING coalesce(sum(p.amount), 1) <> 0 OR count(p.id) < 2""",
    ),
    Invariant(
        "one_currency",
        "Every line is in an account of its entry's currency.",
        """SELECT e.source, a.kind, a.currency FROM payments_posting p
           JOIN payments_journalentry e ON e.id = p.entry_id JOIN payments_ledgeraccount a ON a.id = p.account_id
           WHERE a.currency <> e.currency""",
    ),
    Invariant(
        "balances_are_kept",
        "The kept balance of an account is the sum of its lines.",
        """SELECT a.kind, a.dimension, a.balance, coalesce(sum(p.amount), 0) FROM payments_ledgeraccount a
           LEFT JOIN payments_posting p ON p.account_id = a.id
           GROUP BY a.id HAVING a.balance <> coalesce(sum(p.amount), 0)""",
    ),
    Invariant(
        "nothing_overdrawn",
        "No account that holds somebody's money is overdrawn, and nobody owes less than nothing.",
        """SELECT kind, dimension, balance FROM payments_ledgeraccount
           WHERE kind NOT IN ('psp_balance', 'bank') AND sign(balance) = CASE
             WHEN kind IN ('psp_fees', 'seller_receivable', 'dispute_receivable', 'dispute_fees', 'bad_debt') THEN -1
             ELSE 1 END""",
    ),
    Invariant(
        "paid_means_captured_once",
        "A charge is paid exactly when one attempt of it captured.",
        """SELECT c.public_id, c.state, count(t.id) FROM payments_charge c
           LEFT JOIN payments_chargeattempt t ON t.charge_id = c.id AND t.state = 'succeeded'
           GROUP BY c.id HAVING count(t.id) <> CASE WHEN c.state = 'succeeded' THEN 1 ELSE 0 END""",
    ),
    Invariant(
        "captures_are_booked",
        "Every capture is on the books at what was owed, to the cent.",
        """SELECT c.public_id, t.number, c.amount + c.fee, s.total FROM payments_chargeattempt t
           JOIN payments_charge c ON c.id = t.charge_id
           LEFT JOIN (SELECT e.source, sum(p.amount) AS total FROM payments_posting p
                      JOIN payments_journalentry e ON e.id = p.entry_id
                      JOIN payments_ledgeraccount a ON a.id = p.account_id AND a.kind = 'psp_balance'
                      GROUP BY e.id) s ON s.source = 'captured:' || t.payment_id
           WHERE t.state IN ('succeeded', 'surplus') AND s.total IS DISTINCT FROM c.amount + c.fee""",
    ),
    Invariant(
        "bookings_are_captures",
        "Nothing is booked as captured that no attempt captured.",
        """SELECT e.source FROM payments_journalentry e
           LEFT JOIN payments_chargeattempt t
             ON e.source = 'captured:' || t.payment_id AND t.state IN ('succeeded', 'surplus')
           WHERE e.kind IN ('captured', 'surplus_captured') AND t.id IS NULL""",
    ),
    Invariant(
        "refunds_are_booked",
        "A refund's entries are those of its state, and each is booked at the refund's amount.",
        """SELECT r.public_id, r.state, r.amount, count(e.id), sum(p.amount) FROM payments_refund r
           LEFT JOIN payments_journalentry e ON e.source = 'refund_requested:' || r.public_id
             OR (r.state IN ('succeeded', 'failed') AND e.source = 'refund_' || r.state || ':' || r.public_id)
           LEFT JOIN LATERAL (SELECT sum(p.amount) AS amount FROM payments_posting p WHERE p.entry_id = e.id
                              AND p.amount > 0) p ON true
           GROUP BY r.id
           HAVING count(e.id) <> CASE WHEN r.state IN ('succeeded', 'failed') THEN 2 ELSE 1 END
              OR min(p.amount) <> r.amount OR max(p.amount) <> r.amount""",
    ),
    Invariant(
        "clearing_is_refunds_under_way",
        "The clearing account of a group holds exactly its refunds under way.",
        """SELECT a.dimension, a.balance, coalesce(sum(r.amount), 0) FROM payments_ledgeraccount a
           LEFT JOIN payments_charge c ON c."group" = a.dimension AND c.currency = a.currency
           LEFT JOIN payments_refund r ON r.charge_id = c.id AND r.state NOT IN ('succeeded', 'failed')
           WHERE a.kind = 'refund_clearing'
           GROUP BY a.id HAVING -a.balance <> coalesce(sum(r.amount), 0)""",
    ),
    Invariant(
        "no_refund_beyond_capture",
        "Of no capture more goes back, refunded or lost to a chargeback, than was captured.",
        """SELECT t.payment_id, sum(b.price + b.fee), c.amount + c.fee FROM returned b
           JOIN payments_chargeattempt t ON t.id = b.attempt_id JOIN payments_charge c ON c.id = b.charge_id
           GROUP BY t.id, c.id HAVING sum(b.price + b.fee) > c.amount + c.fee""",
        reads=(RETURNED,),
    ),
    Invariant(
        "acceptance_divides_to_the_cent",
        "Of an accepted charge, the seller's part with the commission is the price and the fee is the fee, less what"
        " went back of each.",
        """SELECT c.public_id, m.price, c.amount - b.price, m.fee, c.fee - b.fee FROM payments_charge c
           JOIN payments_journalentry a ON a.source = 'accepted:' || c.public_id
           JOIN (SELECT charge_id,
                        -coalesce(sum(amount) FILTER (WHERE kind NOT LIKE 'fee_%' AND kind <> 'held'), 0) AS price,
                        -coalesce(sum(amount) FILTER (WHERE kind IN ('fee_accrued', 'fee_revenue')), 0) AS fee
                 FROM moved GROUP BY 1) m ON m.charge_id = c.id
           CROSS JOIN LATERAL (SELECT coalesce(sum(price), 0) AS price, coalesce(sum(fee), 0) AS fee
                               FROM returned WHERE charge_id = c.id AND kind <> 'surplus') b
           WHERE m.price <> c.amount - b.price OR m.fee <> c.fee - b.fee""",
        reads=(RETURNED, MOVED),
    ),
    Invariant(
        "money_goes_one_way",
        "All that is left of a paid charge stands in one place: held, accepted, or passed on.",
        """SELECT c.public_id, c.amount + c.fee - b.total, m.held, m.accrued, m.passed_on FROM payments_charge c
           JOIN (SELECT charge_id,
                        -coalesce(sum(amount) FILTER (WHERE kind IN ('held', 'fee_held')), 0) AS held,
                        -coalesce(sum(amount) FILTER (WHERE kind LIKE '%accrued'), 0) AS accrued,
                        -coalesce(sum(amount) FILTER (WHERE kind LIKE 'seller_%able' OR kind LIKE '%revenue'), 0)
                          AS passed_on
                 FROM moved GROUP BY 1) m ON m.charge_id = c.id
           CROSS JOIN LATERAL (SELECT coalesce(sum(price + fee), 0) AS total
                               FROM returned WHERE charge_id = c.id AND kind <> 'surplus') b
           LEFT JOIN payments_journalentry a ON a.source = 'accepted:' || c.public_id
           LEFT JOIN payments_journalentry r ON r.source = 'released:' || c.public_id
           WHERE (m.held, m.accrued, m.passed_on) <> CASE
             WHEN a.id IS NULL THEN (c.amount + c.fee - b.total, 0::numeric, 0::numeric)
             WHEN r.id IS NULL AND c.released_at IS NULL THEN (0::numeric, c.amount + c.fee - b.total, 0::numeric)
             ELSE (0::numeric, 0::numeric, c.amount + c.fee - b.total) END""",
        reads=(RETURNED, MOVED),
    ),
    Invariant(
        "surplus_goes_back",
        "Everything that was paid twice went back or is on its way, was lost to a chargeback or is in one, or waits"
        " for its next try.",
        """SELECT c.public_id, t.number, c.amount + c.fee, b.total FROM payments_chargeattempt t
           JOIN payments_charge c ON c.id = t.charge_id
           CROSS JOIN LATERAL (SELECT coalesce(sum(price + fee), 0) AS total FROM returned WHERE attempt_id = t.id) b
           WHERE t.state = 'surplus' AND b.total <> c.amount + c.fee
             AND NOT EXISTS (SELECT 1 FROM payments_refund r WHERE r.attempt_id = t.id AND r.state = 'failed'
                             AND r.due_at > now() - interval '1 hour')
             AND NOT EXISTS (SELECT 1 FROM payments_dispute d WHERE d.attempt_id = t.id
                             AND (d.state IN ('needs_response', 'under_review')
                                  OR d.closed_at > now() - interval '1 hour'))""",
        reads=(RETURNED,),
    ),
    Invariant(
        "held_is_what_nobody_moved",
        "A group holds exactly what was paid, not accepted, and is not on its way back.",
        """SELECT a.dimension, a.kind, -a.balance, coalesce(sum(CASE a.kind WHEN 'held' THEN held ELSE fee_held END), 0)
           FROM payments_ledgeraccount a
           LEFT JOIN waiting w ON w."group" = a.dimension AND w.currency = a.currency
           WHERE a.kind IN ('held', 'fee_held') GROUP BY a.id
           HAVING -a.balance <> coalesce(sum(CASE a.kind WHEN 'held' THEN held ELSE fee_held END), 0)""",
        reads=(RETURNED, WAITING),
    ),
    Invariant(
        "documents_have_no_gaps",
        "The documents of a series are numbered from one to its last number, without a gap.",
        """SELECT s.kind, s.year, s.last_number, count(d.id), max(d.ordinal) FROM payments_documentseries s
           LEFT JOIN payments_document d ON d.series_id = s.id
           GROUP BY s.id HAVING count(d.id) <> s.last_number OR coalesce(max(d.ordinal), 0) <> s.last_number""",
    ),
    Invariant(
        "documents_say_what_moved",
        "An invoice is about its charge's sum, a credit note about its refund's.",
        """SELECT d.number, d.total, c.amount + c.fee, r.amount FROM payments_document d
           LEFT JOIN payments_charge c ON c.id = d.charge_id LEFT JOIN payments_refund r ON r.id = d.refund_id
           WHERE (d.kind = 'invoice' AND (d.total, d.currency) IS DISTINCT FROM (c.amount + c.fee, c.currency))
              OR (d.kind = 'credit_note' AND (abs(d.total), d.currency) IS DISTINCT FROM (r.amount, r.currency))""",
    ),
    Invariant(
        "disputes_are_booked",
        "What a dispute has taken and given back is on the books, and once it is lost nothing of it is left open.",
        """SELECT d.public_id, d.state, d.withdrawn, d.reinstated, coalesce(a.balance, 0) FROM payments_dispute d
           LEFT JOIN payments_ledgeraccount a ON a.kind = 'dispute_receivable' AND a.dimension = d.public_id
           WHERE coalesce(a.balance, 0) <> CASE d.state WHEN 'lost' THEN 0 ELSE d.withdrawn - d.reinstated END
              OR coalesce((SELECT sum(p.amount) FROM payments_posting p
                           JOIN payments_journalentry e ON e.id = p.entry_id
                           JOIN payments_ledgeraccount b ON b.id = p.account_id AND b.kind = 'psp_balance'
                           WHERE e.kind IN ('dispute_withdrawn', 'dispute_won')
                             AND split_part(e.source, ':', 2) = d.public_id), 0)
                 <> d.reinstated - d.withdrawn - d.fee""",
    ),
    Invariant(
        "losses_are_lost_disputes",
        "A dispute is lost exactly when its loss is booked, at what the bank kept.",
        """SELECT d.public_id, d.state, d.withdrawn - d.reinstated, s.total FROM payments_dispute d
           LEFT JOIN (SELECT split_part(e.source, ':', 2) AS dispute, -sum(p.amount) AS total
                      FROM payments_journalentry e JOIN payments_posting p ON p.entry_id = e.id
                      JOIN payments_ledgeraccount a ON a.id = p.account_id AND a.kind = 'dispute_receivable'
                      WHERE e.kind IN ('dispute_lost', 'written_off') GROUP BY 1) s ON s.dispute = d.public_id
           WHERE CASE d.state WHEN 'lost' THEN d.withdrawn - d.reinstated ELSE 0 END <> coalesce(s.total, 0)""",
    ),
    Invariant(
        "we_bear_what_was_gone",
        "What we bear of lost chargebacks is on the books, and only where nothing of the payment is left.",
        """SELECT d.attempt_id, d.borne, w.borne, c.amount + c.fee, b.total FROM (
             SELECT attempt_id, charge_id, sum(withdrawn - reinstated - price_part - fee_part) AS borne
             FROM payments_dispute WHERE state = 'lost' GROUP BY 1, 2) d
           JOIN payments_charge c ON c.id = d.charge_id
           LEFT JOIN (SELECT o.attempt_id, sum(p.amount) AS borne FROM payments_journalentry e
                      JOIN payments_dispute o ON o.public_id = split_part(e.source, ':', 2)
                      JOIN payments_posting p ON p.entry_id = e.id
                      JOIN payments_ledgeraccount a ON a.id = p.account_id AND a.kind = 'bad_debt'
                      WHERE e.kind IN ('written_off', 'dispute_lost') GROUP BY 1) w ON w.attempt_id = d.attempt_id
           CROSS JOIN LATERAL (SELECT coalesce(sum(price + fee), 0) AS total
                               FROM returned WHERE attempt_id = d.attempt_id) b
           WHERE d.borne <> coalesce(w.borne, 0) OR (d.borne > 0 AND b.total <> c.amount + c.fee)""",
        reads=(RETURNED,),
    ),
    Invariant(
        "chargebacks_hold_payouts",
        "While a chargeback or inquiry is open a hold of pay-outs stands for it, and not afterwards.",
        """SELECT d.public_id, d.state, count(h.id) FROM payments_dispute d
           LEFT JOIN payments_payouthold h ON h.kind = 'chargeback' AND h.reference = d.public_id
             AND h.lifted_at IS NULL
           GROUP BY d.id
           HAVING count(h.id) <> CASE WHEN d.state IN ('won', 'lost', 'closed') THEN 0 ELSE 1 END""",
    ),
    Invariant(
        "disputes_return_to_zero",
        "No chargeback has kept money undecided, or won and not given back, for more than 90 days.",
        """SELECT d.public_id, d.state, a.balance, d.opened_at FROM payments_dispute d
           JOIN payments_ledgeraccount a ON a.kind = 'dispute_receivable' AND a.dimension = d.public_id
           WHERE a.balance <> 0 AND d.opened_at < now() - interval '90 days'""",
    ),
    Invariant(
        "released_means_one_transfer",
        "A released charge has its one transfer, of no more than was payable, and no other charge has any.",
        """SELECT c.public_id, s.total, t.public_id FROM payments_charge c
           LEFT JOIN payments_journalentry e ON e.source = 'released:' || c.public_id
           LEFT JOIN payments_transfer t ON t.charge_id = c.id
           CROSS JOIN LATERAL (
             SELECT -coalesce(sum(p.amount), 0) AS total FROM (
               SELECT e.id UNION ALL SELECT j.id FROM payments_refund r
               JOIN payments_journalentry j ON j.source = 'refund_failed:' || r.public_id WHERE r.charge_id = c.id) b
             JOIN payments_posting p ON p.entry_id = b.id
             JOIN payments_ledgeraccount a ON a.id = p.account_id AND a.kind = 'seller_payable') s
           WHERE (t.id IS NULL AND s.total > 0) OR (t.id IS NOT NULL AND e.id IS NULL AND c.released_at IS NULL)
              OR t.amount + t.netted > s.total""",
    ),
    Invariant(
        "transfers_are_booked",
        "A transfer on its way is in clearing at its amount, one that was sent has left our balance, others neither.",
        """SELECT t.public_id, t.state, t.amount, s.clearing, s.sent FROM payments_transfer t
           LEFT JOIN (SELECT split_part(e.source, ':', 2) AS transfer,
                             -sum(p.amount) FILTER (WHERE a.kind = 'payout_clearing') AS clearing,
                             -sum(p.amount) FILTER (WHERE a.kind = 'psp_balance') AS sent
                      FROM payments_journalentry e JOIN payments_posting p ON p.entry_id = e.id
                      JOIN payments_ledgeraccount a ON a.id = p.account_id
                      WHERE e.kind IN ('transfer_requested', 'transfer_succeeded', 'transfer_failed')
                      GROUP BY 1) s ON s.transfer = t.public_id
           WHERE coalesce(s.clearing, 0) <> CASE WHEN t.state IN ('pending', 'submitting', 'unknown', 'quarantined')
                                                 THEN t.amount ELSE 0 END
              OR coalesce(s.sent, 0) <> CASE t.state WHEN 'succeeded' THEN t.amount ELSE 0 END""",
    ),
    Invariant(
        "payout_clearing_is_on_the_way",
        "The clearing account of a seller holds exactly the transfers that are on their way.",
        """SELECT a.dimension, -a.balance, coalesce(sum(t.amount), 0) FROM payments_ledgeraccount a
           LEFT JOIN accounts_user u ON u.public_id = a.dimension
           LEFT JOIN payments_transfer t ON t.payee_id = u.id AND t.currency = a.currency
             AND t.state IN ('pending', 'submitting', 'unknown', 'quarantined')
           WHERE a.kind = 'payout_clearing' GROUP BY a.id HAVING -a.balance <> coalesce(sum(t.amount), 0)""",
    ),
    Invariant(
        "payable_is_what_waits",
        "What is payable to a seller waits as transfers; more only after money came back that had been sent.",
        """SELECT a.dimension, -a.balance, w.waiting, b.back FROM payments_ledgeraccount a
           JOIN accounts_user u ON u.public_id = a.dimension
           CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS waiting FROM payments_transfer
                               WHERE payee_id = u.id AND currency = a.currency AND state = 'waiting') w
           CROSS JOIN LATERAL (SELECT -coalesce(sum(p.amount), 0) AS back FROM payments_posting p
                               JOIN payments_journalentry e ON e.id = p.entry_id
                               WHERE p.account_id = a.id AND e.kind IN ('transfer_reversed', 'refund_failed')) b
           WHERE a.kind = 'seller_payable' AND -a.balance NOT BETWEEN w.waiting AND w.waiting + b.back""",
    ),
    Invariant(
        "netting_is_booked",
        "What a transfer kept for the seller's debt is on the books.",
        """SELECT t.public_id, t.netted, coalesce(sum(p.amount), 0) FROM payments_transfer t
           LEFT JOIN payments_journalentry e
             ON e.kind = 'receivable_netted' AND split_part(e.source, ':', 2) = t.public_id
           LEFT JOIN payments_posting p ON p.entry_id = e.id
             AND p.account_id IN (SELECT id FROM payments_ledgeraccount WHERE kind = 'seller_payable')
           GROUP BY t.id HAVING t.netted <> coalesce(sum(p.amount), 0)""",
    ),
    Invariant(
        "reversals_are_booked",
        "What was taken back of a transfer came into our balance, and is never more than was sent.",
        """SELECT v.public_id, v.state, v.amount, s.total FROM payments_transferreversal v
           LEFT JOIN (SELECT e.source, sum(p.amount) AS total FROM payments_journalentry e
                      JOIN payments_posting p ON p.entry_id = e.id
                      JOIN payments_ledgeraccount a ON a.id = p.account_id AND a.kind = 'psp_balance'
                      GROUP BY e.source) s ON s.source = 'transfer_reversed:' || v.public_id
           WHERE coalesce(s.total, 0) <> CASE v.state WHEN 'succeeded' THEN v.amount ELSE 0 END
           UNION ALL
           SELECT t.public_id, t.state, t.amount, sum(v.amount) FROM payments_transfer t
           JOIN payments_transferreversal v ON v.transfer_id = t.id AND v.state = 'succeeded'
           GROUP BY t.id HAVING sum(v.amount) > t.amount""",
    ),
    Invariant(
        "sent_when_it_may_be",
        "No transfer set off before it had cleared, or while a hold on its order or its seller stood.",
        """SELECT t.public_id, e.at, t.clears_at, h.id FROM payments_transfer t
           JOIN payments_journalentry e ON e.kind = 'transfer_requested' AND split_part(e.source, ':', 2) = t.public_id
           LEFT JOIN payments_payouthold h ON (h."group" = t."group" OR h.payee_id = t.payee_id)
             AND h.placed_at < e.at - interval '5 seconds' AND (h.lifted_at IS NULL OR h.lifted_at > e.at)
           WHERE e.at < t.clears_at OR h.id IS NOT NULL""",
    ),
    Invariant(
        "debts_have_a_cause",
        "A seller owes for refunds and lost chargebacks alone, and pays by reversals and payouts alone.",
        """SELECT e.source, e.kind, a.dimension, p.amount FROM payments_posting p
           JOIN payments_journalentry e ON e.id = p.entry_id JOIN payments_ledgeraccount a ON a.id = p.account_id
           WHERE a.kind = 'seller_receivable' AND e.kind NOT IN
             ('refund_requested', 'refund_failed', 'dispute_lost', 'transfer_reversed', 'receivable_netted',
              'written_off')""",
    ),
)


def violations() -> list[Violation]:
    """Each invariant that doesn't hold, with the rows that show it. An audit may take longer than a page."""
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE])
        for invariant in INVARIANTS:
            cursor.execute(invariant.query)
            if rows := cursor.fetchall():
                found.append(Violation(invariant, rows))
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    return found
