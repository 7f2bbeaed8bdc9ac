"""What must hold of the books and the charges at every commit: each line one SQL that must return nothing.

Run by `manage.py check_ledger` in production and at the end of tests. Columns that come back name what is wrong.
"""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that is true, and the SQL that finds where it is not."""

    name: str
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: Invariant
    rows: list[tuple[object, ...]]


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
        "No account that holds somebody's money is overdrawn.",
        """SELECT kind, dimension, balance FROM payments_ledgeraccount
           WHERE (kind = 'psp_fees' AND balance < 0) OR (kind NOT IN ('psp_balance', 'psp_fees') AND balance > 0)""",
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
        "A refund's entries are those of its state, and a request is booked at the refund's amount.",
        """SELECT r.public_id, r.state, count(e.id) FROM payments_refund r
           LEFT JOIN payments_journalentry e ON split_part(e.source, ':', 2) = r.public_id
             AND e.kind = CASE r.state WHEN 'succeeded' THEN 'refund_succeeded'
                                       WHEN 'failed' THEN 'refund_failed' ELSE 'refund_requested' END
           GROUP BY r.id HAVING count(e.id) <> 1""",
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
        "No capture is refunded beyond its amount.",
        """SELECT t.payment_id, sum(r.amount), c.amount + c.fee FROM payments_refund r
           JOIN payments_chargeattempt t ON t.id = r.attempt_id JOIN payments_charge c ON c.id = r.charge_id
           WHERE r.state <> 'failed' GROUP BY t.id, c.id HAVING sum(r.amount) > c.amount + c.fee""",
    ),
    Invariant(
        "acceptance_divides_to_the_cent",
        "Seller's part, commission and fee of an acceptance add up to the charge.",
        """SELECT c.public_id, c.amount + c.fee, sum(p.amount) FROM payments_charge c
           JOIN payments_journalentry e ON e.source IN ('accepted:' || c.public_id, 'released:' || c.public_id)
           JOIN payments_posting p ON p.entry_id = e.id AND p.amount > 0
           GROUP BY c.id, e.id HAVING sum(p.amount) <> c.amount + c.fee""",
    ),
    Invariant(
        "money_goes_one_way",
        "No charge is both accepted and on its way back.",
        """SELECT c.public_id FROM payments_charge c
           JOIN payments_journalentry e ON e.source = 'accepted:' || c.public_id
           JOIN payments_refund r ON r.charge_id = c.id AND r.kind = 'held' AND r.state <> 'failed'""",
    ),
    Invariant(
        "surplus_goes_back",
        "Everything that was paid twice has a refund.",
        """SELECT c.public_id, t.number FROM payments_chargeattempt t JOIN payments_charge c ON c.id = t.charge_id
           WHERE t.state = 'surplus' AND NOT EXISTS (SELECT 1 FROM payments_refund r WHERE r.attempt_id = t.id)""",
    ),
    Invariant(
        "held_is_what_nobody_moved",
        "A group holds exactly what was paid, not accepted, and is not on its way back.",
        """SELECT a.dimension, a.kind, -a.balance,
                  coalesce(sum(CASE a.kind WHEN 'held' THEN c.amount ELSE c.fee END), 0)
           FROM payments_ledgeraccount a
           LEFT JOIN payments_charge c ON c."group" = a.dimension AND c.currency = a.currency AND c.state = 'succeeded'
             AND NOT EXISTS (SELECT 1 FROM payments_journalentry e WHERE e.source = 'accepted:' || c.public_id)
             AND NOT EXISTS (SELECT 1 FROM payments_refund r
                             WHERE r.charge_id = c.id AND r.kind = 'held' AND r.state <> 'failed')
           WHERE a.kind IN ('held', 'fee_held') GROUP BY a.id
           HAVING -a.balance <> coalesce(sum(CASE a.kind WHEN 'held' THEN c.amount ELSE c.fee END), 0)""",
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
)


def violations() -> list[Violation]:
    """Each invariant that doesn't hold, with the rows that show it."""
    found = []
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.sql)
            if rows := cursor.fetchall():
                found.append(Violation(invariant, rows))
    return found
