"""Faults in how we speak to Stripe and believe it."""

from tests.prove.teeth.fault import Fault, fault

STAMPS = "tests/prove/test_time.py::test_a_webhook_is_believed_for_300_seconds_either_way"
FORGERIES = "tests/prove/test_webhooks.py::test_no_forgery_is_believed[shard0]"

WEBHOOKS: tuple[Fault, ...] = (
    fault(
        "an_event_that_nobody_signed",
        "payments/stripe_gateway/signatures.py",
        "if not any(_signed_by(text, signature, secret) for secret in secrets):",
        "if not any(secrets):",
        FORGERIES,
        "f0010",
    ),
    fault(
        "an_event_signed_long_ago",
        "payments/stripe_gateway/signatures.py",
        "if abs(now.timestamp() - _signed_at(signature)) > TOLERANCE_SECONDS:",
        "if _signed_at(signature) - now.timestamp() > TOLERANCE_SECONDS:",
        FORGERIES,
        "f0006",
    ),
    fault(
        "an_event_signed_in_the_future",
        "payments/stripe_gateway/signatures.py",
        "if abs(now.timestamp() - _signed_at(signature)) > TOLERANCE_SECONDS:",
        "if now.timestamp() - _signed_at(signature) > TOLERANCE_SECONDS:",
        FORGERIES,
        "f0008",
    ),
    fault(
        "a_second_less_for_a_signature",
        "payments/stripe_gateway/signatures.py",
        "_signed_at(signature)) > TOLERANCE_SECONDS:",
        "_signed_at(signature)) >= TOLERANCE_SECONDS:",
        STAMPS,
    ),
    fault(
        "an_event_of_the_other_mode",
        "payments/services/receiving.py",
        "return event.livemode == is_live()",
        "return True",
        "tests/payments/test_webhooks.py::test_the_other_mode_is_refused",
    ),
    fault(
        "an_event_stored_twice",
        "payments/services/receiving.py",
        "        event_id=event.id,\n",
        '        event_id=f"{event.id}{WebhookEvent.objects.count()}",\n',
        "tests/payments/test_webhooks.py::test_a_repeat_is_answered_and_stored_once",
    ),
    fault(
        "another_sum_is_not_quarantined",
        "payments/services/settling.py",
        '        "amount": (snapshot.amount, charge.total),\n',
        "",
        "tests/payments/test_settling.py::test_every_difference_is_named",
    ),
    fault(
        "nothing_is_quarantined",
        "payments/services/settling.py",
        "    if differs := mismatch(charge, attempt, snapshot):\n        quarantine",
        "    if (differs := mismatch(charge, attempt, snapshot)) and not snapshot:\n        quarantine",
        "tests/payments/test_settling.py::test_what_we_did_not_ask_for_is_quarantined_and_never_booked",
    ),
)

CALLS: tuple[Fault, ...] = (
    fault(
        "confirmed_before_its_id_is_committed",
        "payments/services/submitting.py",
        '    if not _save_id(attempt, snapshot):\n        return None\n    crash_point("submit:id_saved")\n'
        "    return _confirm(attempt, snapshot)\n",
        "    confirmed = _confirm(attempt, snapshot)\n    return confirmed if _save_id(attempt, snapshot) else None\n",
        "tests/payments/test_submitting.py::test_the_id_is_committed_before_any_money_can_move",
    ),
    fault(
        "no_lease_before_the_call",
        "payments/services/submitting.py",
        "attempt.due_at = now + timing.LEASE",
        "attempt.due_at = now",
        "tests/payments/test_submitting.py::test_a_lease_keeps_a_second_worker_away",
    ),
    fault(
        "a_worker_without_its_lease_goes_on",
        "payments/services/submitting.py",
        "return charge.state == ChargeState.SUBMITTING and locked.tries == attempt.tries and is_current(locked)",
        "return charge.state == ChargeState.SUBMITTING and is_current(locked)",
        "tests/payments/test_submitting.py::"
        "test_a_worker_that_wakes_after_its_lease_leaves_the_charge_to_the_one_that_has_it",
    ),
    fault(
        "an_old_key_is_replayed",
        "payments/timing.py",
        "return first_sent_at is not None and (first_sent_at <= now - KEY_LIFE or tries > REPLAYS)",
        "return first_sent_at is not None and tries > REPLAYS",
        "tests/payments/test_submitting.py::test_a_key_older_than_twenty_hours_is_never_replayed",
    ),
    fault(
        "no_answer_is_a_failure",
        "payments/stripe_gateway/failures.py",
        "        case _:\n            return OutcomeUnknown(message)",
        "        case _:\n            return RequestRejected(message)",
        "tests/payments/test_stripe_doubt.py::test_what_is_no_answer_is_unknown_and_never_a_failure",
    ),
    fault(
        "a_refusal_is_no_answer",
        "payments/stripe_gateway/failures.py",
        "        case stripe.InvalidRequestError():\n            return _refusal(error, message)\n",
        "",
        "tests/payments/test_stripe_doubt.py::test_each_exception_of_the_sdk_has_one_meaning",
    ),
    fault(
        "a_second_capture_is_kept",
        "payments/services/settling.py",
        "        refund_surplus(charge=charge, attempt=attempt, now=now)\n",
        "",
        "tests/orders/test_funding.py::test_r_pay_3_who_paid_twice_is_told_that_the_second_goes_back",
    ),
    fault(
        "told_inside_the_first_transaction",
        "payments/services/settling.py",
        '        crash_point("settle:written")\n',
        '        crash_point("settle:written")\n        from payments.services.announcing import _tell\n'
        "        _tell(charge, database_now())\n",
        "tests/payments/test_announcing.py::test_a_receiver_that_fails_undoes_only_the_telling",
    ),
    fault(
        "a_worker_nudged_before_the_commit",
        "payments/queue.py",
        'transaction.on_commit(partial(_nudge, f"payments.tasks.{task}", row_id))',
        '_nudge(f"payments.tasks.{task}", row_id)',
        "tests/payments/test_charging.py::test_a_worker_is_nudged_for_a_saved_method_only",
    ),
    fault(
        "a_lost_telling_is_not_repeated",
        "payments/services/announcing.py",
        "        type(row)._default_manager.filter(pk=row.pk).update(**{tries: F(tries) + 1})\n",
        "        type(row)._default_manager.filter(pk=row.pk).update(announced_at=database_now())\n",
        "tests/payments/test_announcing.py::test_a_receiver_that_fails_undoes_only_the_telling",
    ),
)
