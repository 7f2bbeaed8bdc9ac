"""Faults in refunds, payouts and chargebacks."""

from tests.prove.teeth.fault import Fault, fault

REFUNDS: tuple[Fault, ...] = (
    fault(
        "the_fee_of_a_part_is_rounded_by_itself",
        "payments/shares.py",
        "_share(of.fee, of.total, before.total + total) - before.fee",
        "_share(of.fee, of.total, total)",
        "tests/payments/test_shares.py::test_fee_and_commission_follow_by_running_totals",
    ),
    fault(
        "shares_are_rounded_up",
        "payments/shares.py",
        "return share * part // whole",
        "return -(-share * part // whole)",
        "tests/payments/test_shares.py::test_fee_and_commission_follow_by_running_totals",
    ),
    fault(
        "refunded_from_where_the_money_was",
        "payments/services/refunding.py",
        "return _begin(charge, _new(charge, attempt, kind, parts,",
        "return _begin(charge, _new(charge, attempt, RefundKind.HELD, parts,",
        "tests/payments/test_partial_refunds.py::test_r_pay_7_half_goes_back_from_where_the_money_stands",
    ),
    fault(
        "more_is_refunded_than_is_left",
        "payments/services/refunding.py",
        "if not 0 < total <= money.left.total:",
        "if not 0 < total <= money.of.total:",
        "tests/payments/test_partial_refunds.py::test_r_pay_7_more_than_is_left_is_refused_before_stripe_is_asked",
    ),
    fault(
        "refunded_while_it_is_disputed",
        "payments/services/refunding.py",
        "    if open_dispute_of(charge) is not None:\n        raise ChargeDisputed\n",
        "",
        "tests/payments/test_dashboard_refunds.py::"
        "test_r_pay_7_while_the_bank_has_taken_the_payment_back_a_refund_is_refused",
    ),
    fault(
        "a_refund_without_a_lease",
        "payments/services/returning.py",
        "refund.due_at = now + timing.LEASE",
        "refund.due_at = now",
        "tests/payments/test_refunding.py::test_a_lease_keeps_a_second_worker_away",
    ),
    fault(
        "what_was_paid_twice_is_sent_back_once",
        "payments/services/sweeping.py",
        "    again = _each(due_surplus(database_now()), lambda row_id: return_surplus_again(attempt_id=row_id))\n",
        "    again = 0\n",
        "tests/payments/test_surplus.py::test_r_pay_3_one_that_fails_sets_off_again_after_1_3_7_and_30_days",
    ),
    fault(
        "a_lost_chargeback_leaves_what_a_failed_refund_brings_back",
        "payments/services/returning.py",
        "    for dispute in borne:\n",
        "    for dispute in borne[:0]:\n",
        "tests/payments/test_surplus.py::"
        "test_r_pay_7_a_surplus_refund_that_fails_after_the_loss_does_not_go_back_again",
    ),
    fault(
        "a_refund_in_the_dashboard_is_taken_for_ours",
        "payments/services/refunding.py",
        "    refund.origin = RefundOrigin.PROVIDER\n",
        "",
        "tests/payments/test_dashboard_refunds.py::test_r_pay_7_a_refund_made_in_the_dashboard_is_booked_once",
    ),
    fault(
        "an_entry_is_booked_again",
        "payments/ledger.py",
        "    if not created:\n        return None\n",
        "",
        "tests/payments/test_ledger.py::test_the_same_source_is_booked_once",
    ),
    fault(
        "a_chargeback_is_booked_again",
        "payments/services/disputing.py",
        "taken, fee = snapshot.withdrawn - dispute.withdrawn, snapshot.fee - dispute.fee",
        "taken, fee = snapshot.withdrawn, snapshot.fee",
        "tests/payments/test_disputing.py::test_r_pay_3_the_same_news_book_once",
    ),
    fault(
        "older_news_of_a_chargeback_are_booked",
        "payments/services/disputing.py",
        "    if snapshot.withdrawn < dispute.withdrawn or snapshot.reinstated < dispute.reinstated:\n        return\n",
        "",
        "tests/payments/test_disputing.py::test_r_pay_3_older_news_take_nothing_back",
    ),
)

PAYOUTS: tuple[Fault, ...] = (
    fault(
        "paid_out_before_it_has_cleared",
        "payments/services/releasing.py",
        "        clears_at=clears_at,\n        due_at=clears_at,\n",
        "        clears_at=now,\n        due_at=now,\n",
        "tests/payments/test_transferring.py::test_r_pay_5_not_before_it_has_cleared",
    ),
    fault(
        "a_hold_is_not_looked_at",
        "payments/services/transferring.py",
        "    if open_holds(transfer).exists():\n        return False\n",
        "",
        "tests/payments/test_transferring.py::test_r_pay_5_nothing_is_sent_while_a_hold_stands",
    ),
    fault(
        "a_transfer_is_requested_twice",
        "payments/services/transferring.py",
        "if transfer.state != TransferState.WAITING or max(transfer.due_at, transfer.clears_at) > now:",
        "if max(transfer.due_at, transfer.clears_at) > now:",
        "tests/payments/test_transferring.py::test_r_pay_3_no_answer_is_unknown_and_never_a_second_transfer",
    ),
    fault(
        "an_old_key_of_a_transfer_is_replayed",
        "payments/services/transferring.py",
        "snapshot = _look_up(transfer) if looks_up else _send(transfer)",
        "snapshot = _send(transfer)",
        "tests/payments/test_transferring.py::test_r_pay_3_an_old_key_is_not_replayed_but_looked_up",
    ),
    fault(
        "kept_from_a_payout_and_taken_back_too",
        "payments/services/outbound.py",
        'return max(owed - sum(reversals.values_list("amount", flat=True)), 0)',
        "return max(owed - len(reversals.none()), 0)",
        "tests/payments/test_reversing.py::test_r_pay_7_what_is_being_taken_back_is_not_kept_from_a_payout_too",
    ),
    fault(
        "paid_to_a_seller_who_is_not_set_up",
        "payments/services/transferring.py",
        "ConnectedAccount.objects.filter(user=transfer.payee, transfers_active=True).exists()",
        "ConnectedAccount.objects.filter(user=transfer.payee).exists()",
        "tests/payments/test_transferring.py::test_a_lost_webhook_of_the_account_is_made_up_for_by_asking",
    ),
)
