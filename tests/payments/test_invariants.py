"""Each invariant finds what it is there for: the books are bent past their guards, one wrong thing at a time."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from payments import invariants
from payments.invariants import INVARIANTS, Invariant, violations
from payments.models import Charge
from payments.services.filing import sweep_documents
from payments.services.refunding import request_refund
from payments.services.releasing import accrue_charge, release_charge
from payments.services.sweeping import sweep_refunds
from tests.factories.payments import NOW, make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db

BENDS = {
    "entries_balance": "UPDATE payments_posting SET amount = amount + 1",
    "one_currency": "UPDATE payments_journalentry SET currency = 'EUR'",
    "balances_are_kept": "UPDATE payments_ledgeraccount SET balance = balance - 1 WHERE kind = 'held'",
    "nothing_overdrawn": "UPDATE payments_ledgeraccount SET kind = 'psp_fees' WHERE kind = 'held'",
    "paid_means_captured_once": "UPDATE payments_chargeattempt SET state = 'closed'",
    "captures_are_booked": "UPDATE payments_chargeattempt SET payment_id = 'pi_' || id",
    "bookings_are_captures": "UPDATE payments_chargeattempt SET payment_id = 'pi_' || id",
    "refunds_are_booked": "UPDATE payments_refund SET state = 'failed'",
    "clearing_is_refunds_under_way": "UPDATE payments_refund SET state = 'pending'",
    "no_refund_beyond_capture": "UPDATE payments_refund SET amount = amount + 1, price_part = price_part + 1",
    "acceptance_divides_to_the_cent": "UPDATE payments_charge SET fee = fee + 1",
    "money_goes_one_way": "UPDATE payments_journalentry SET source = 'accepted:nothing' WHERE source LIKE 'accepted:%'",
    "surplus_goes_back": "UPDATE payments_chargeattempt SET state = 'surplus' WHERE charge_id NOT IN"
    " (SELECT charge_id FROM payments_refund)",
    "held_is_what_nobody_moved": "UPDATE payments_charge SET amount = amount + 1",
    "documents_have_no_gaps": "DELETE FROM payments_document WHERE ordinal = 1 AND kind = 'invoice'",
    "documents_say_what_moved": "UPDATE payments_document SET total = total + 1 WHERE kind = 'credit_note'",
}

ELSEWHERE = {  # test_payout_invariants.py
    "released_means_one_transfer",
    "transfers_are_booked",
    "payout_clearing_is_on_the_way",
    "payable_is_what_waits",
    "netting_is_booked",
    "reversals_are_booked",
    "sent_when_it_may_be",
    "debts_have_a_cause",
    # test_dispute_invariants.py
    "disputes_are_booked",
    "losses_are_lost_disputes",
    "we_bear_what_was_gone",
    "chargebacks_hold_payouts",
    "disputes_return_to_zero",
}


@pytest.fixture
def story(stripe: StripeDouble) -> Charge:
    """One charge held, one released, one refunded; each with its papers."""
    make_paid_charge(stripe, group="ord_held")
    released = make_paid_charge(stripe, group="ord_released")
    accrue_charge(charge=released, commission_bp=1_000, now=NOW)
    release_charge(charge=released, clears_at=NOW, now=NOW)
    refunded = make_paid_charge(stripe, group="ord_refunded")
    request_refund(charge=refunded, reason="cancelled", now=NOW)
    sweep_refunds()
    sweep_documents()
    return refunded


def bend(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("ALTER TABLE payments_ledgeraccount DROP CONSTRAINT account_not_overdrawn")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_all_hold_after_a_whole_story(story: Charge) -> None:
    assert violations() == []


@pytest.mark.parametrize("name", [invariant.name for invariant in INVARIANTS if invariant.name not in ELSEWHERE])
def test_each_invariant_has_teeth(story: Charge, name: str) -> None:
    bend(BENDS[name])
    assert name in {violation.invariant.name for violation in violations()}


def test_the_command_says_how_many_hold(story: Charge) -> None:
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue() == f"{len(INVARIANTS)} invariants hold.\n"


def test_the_command_names_what_is_wrong_and_ends_with_1(story: Charge) -> None:
    bend(BENDS["balances_are_kept"])
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger", stderr=err)
    assert ended.value.code == 1
    assert "The kept balance of an account is the sum of its lines." in err.getvalue()
    assert "held | ord_held | -8001" in err.getvalue()


def test_an_audit_may_take_longer_than_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time-out of a page's statements would cancel it on large books; the pages keep theirs."""

    def timeout() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    asks = Invariant("asks", "", "SELECT current_setting('statement_timeout')")
    monkeypatch.setattr(invariants, "INVARIANTS", [asks])
    before = timeout()
    assert [each.rows for each in violations()] == [[("10min",)]]
    assert timeout() == before == "15s"


def test_the_checks_hold_on_an_empty_site() -> None:
    assert violations() == []
