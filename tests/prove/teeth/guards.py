"""Faults in locks, and guards of the database that are missing."""

from tests.prove.teeth.fault import Fault, fault, unguarded

LOCKS: tuple[Fault, ...] = (
    fault(
        "the_orders_lock",
        "orders/services/door.py",
        '        Order.objects.select_for_update(of=("self",))\n',
        "        Order.objects\n",
        "tests/orders/test_races.py::test_r_ord_8_accept_lapse_stop_and_double_accept_have_one_winner",
    ),
    fault(
        "the_charges_lock",
        "payments/services/moving.py",
        'return Charge.objects.select_for_update(of=("self",)).select_related(',
        "return Charge.objects.select_related(",
        "tests/payments/test_races.py::test_the_lock_is_what_makes_one_winner",
    ),
    fault(
        "an_orders_charges_locked_one_by_one",
        "orders/services/money.py",
        "    if step.row.money:\n        lock_charges(group=step.order.public_id)\n",
        "",
        "tests/orders/test_money_locks.py::test_every_charge_is_locked_before_the_books_of_the_first",
    ),
    fault(
        "accounts_locked_in_any_order",
        "payments/ledger.py",
        '.order_by("kind", "dimension")',
        '.order_by("balance")',
        "tests/payments/test_ledger.py::test_accounts_are_locked_in_one_order",
    ),
    fault(
        "the_lock_of_a_series_of_papers",
        "payments/services/numbering.py",
        "DocumentSeries.objects.select_for_update().get(",
        "DocumentSeries.objects.get(",
        "tests/payments/test_documents_numbers.py::"
        "test_r_pay_6_numbers_have_no_gap_with_eight_connections_and_a_third_rolled_back",
    ),
)

GUARDS: tuple[Fault, ...] = (
    unguarded(
        "one_live_charge_per_reference",
        "payments/models/charges.py",
        'name="charge_one_live_per_reference"',
        "DROP INDEX charge_one_live_per_reference",
        "tests/payments/test_charging.py::test_r_pay_3_the_database_holds_one_live_charge_per_reference",
    ),
    unguarded(
        "one_live_attempt_per_charge",
        "payments/models/charges.py",
        'name="attempt_one_live_per_charge"',
        "DROP INDEX attempt_one_live_per_charge",
        "tests/payments/test_charging.py::test_r_pay_3_the_database_holds_one_attempt_of_a_kind_per_charge",
    ),
    unguarded(
        "one_use_of_an_idempotency_key",
        "payments/models/charges.py",
        "idempotency_key = models.CharField(max_length=80, unique=True)",
        "ALTER TABLE payments_chargeattempt DROP CONSTRAINT payments_chargeattempt_idempotency_key_key",
        "tests/payments/test_charging.py::test_the_database_refuses_a_second_use_of_a_key_or_a_payment",
    ),
    unguarded(
        "one_entry_per_source",
        "payments/models/ledger.py",
        "source = models.CharField(max_length=120, unique=True)",
        "ALTER TABLE payments_journalentry DROP CONSTRAINT payments_journalentry_source_key",
        "tests/payments/test_ledger.py::test_r_pay_4_the_database_holds_one_entry_per_source",
    ),
    unguarded(
        "no_overdraft",
        "payments/models/ledger.py",
        'name="account_not_overdrawn"',
        "ALTER TABLE payments_ledgeraccount DROP CONSTRAINT account_not_overdrawn",
        "tests/payments/test_ledger.py::test_an_overdraft_is_refused_at_once",
    ),
    unguarded(
        "entries_sum_to_zero",
        "payments/models/ledger.py",
        'name="posting_sums_to_zero"',
        "DROP TRIGGER pgtrigger_posting_sums_to_zero_cf288 ON payments_posting",
        "tests/payments/test_ledger.py::test_what_does_not_sum_to_zero_is_refused_at_commit",
    ),
    unguarded(
        "postings_are_never_changed",
        "payments/migrations/0001_initial.py",
        "pgid='pgtrigger_posting_append_only_1037d'",
        "DROP TRIGGER pgtrigger_posting_append_only_1037d ON payments_posting",
        "tests/payments/test_ledger.py::test_r_pay_4_entries_are_never_changed",
    ),
    unguarded(
        "charges_move_along_their_table",
        "payments/models/charges.py",
        'name="charge_edges"',
        "DROP TRIGGER pgtrigger_charge_edges_420ee ON payments_charge",
        "tests/payments/test_transitions.py::test_the_database_allows_exactly_the_edges_of_the_table",
    ),
    unguarded(
        "no_more_goes_back_than_was_captured",
        "payments/models/refunds.py",
        'not_beyond_capture("refund")',
        "DROP TRIGGER pgtrigger_refund_not_beyond_capture_da648 ON payments_refund",
        "tests/payments/test_refunding.py::test_r_pay_7_the_database_refuses_to_return_more_than_was_captured",
    ),
    unguarded(
        "one_milestone_under_way",
        "orders/models/orders.py",
        'name="milestone_one_under_way"',
        "DROP INDEX milestone_one_under_way",
        "tests/orders/test_beginning.py::test_r_ord_1_the_database_holds_one_milestone_under_way",
    ),
    unguarded(
        "a_counter_offer_is_never_accepted",
        "offers/models.py",
        'name="counter_is_never_accepted"',
        "ALTER TABLE offers_offer DROP CONSTRAINT counter_is_never_accepted",
        "tests/offers/test_transitions.py::test_r_ofr_5_the_database_never_lets_a_counter_offer_be_accepted",
    ),
    unguarded(
        "a_version_is_replaced_once",
        "offers/models.py",
        'name="offer_replaced_once"',
        "DROP INDEX offer_replaced_once",
        "tests/offers/test_transitions.py::test_the_database_lets_a_version_be_replaced_once",
    ),
    unguarded(
        "one_notice_per_event_and_person",
        "notifications/models.py",
        'name="notification_once"',
        "ALTER TABLE notifications_notification DROP CONSTRAINT notification_once",
        "tests/notifications/test_notifying.py::test_r_not_the_same_event_is_told_once",
    ),
)
