"""The books refuse what is wrong, whoever asks: the service, the ORM or plain SQL."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from payments import ledger, postings
from payments.enums import DEBIT_ACCOUNTS, OVERDRAWABLE, AccountKind, EntryKind
from payments.models import JournalEntry, LedgerAccount, Posting
from payments.postings import Line
from tests.factories.payments import NOW

pytestmark = pytest.mark.django_db


def book(source: str = "captured:pi_1", *, lines: tuple[Line, ...] = (), currency: str = "USD") -> JournalEntry | None:
    return ledger.post(
        source=source,
        kind=EntryKind.CAPTURED,
        group="ord_1",
        currency=currency,
        lines=lines or postings.captured(group="ord_1", amount=8_000, fee=400),
        at=NOW,
    )


def balance(kind: AccountKind, dimension: str = "", currency: str = "USD") -> int:
    return LedgerAccount.objects.get(kind=kind, dimension=dimension, currency=currency).balance


def commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_r_pay_4_an_entry_moves_the_kept_balances() -> None:
    book()
    commit()
    assert balance(AccountKind.PSP_BALANCE) == 8_400
    assert balance(AccountKind.HELD, "ord_1") == -8_000
    assert balance(AccountKind.FEE_HELD, "ord_1") == -400


def test_the_same_source_is_booked_once() -> None:
    assert book() is not None
    assert book() is None
    assert Posting.objects.count() == 3
    assert balance(AccountKind.PSP_BALANCE) == 8_400


def test_r_pay_4_the_database_holds_one_entry_per_source() -> None:
    """Whoever writes it: `post` finds an entry that is there, this is for two that come at once."""
    entry = book()
    assert entry is not None
    entry.pk = None
    with pytest.raises(IntegrityError, match="source"), transaction.atomic():
        entry.save(force_insert=True)


def test_currencies_have_accounts_of_their_own() -> None:
    book("captured:pi_1")
    book("captured:pi_2", currency="EUR")
    assert balance(AccountKind.HELD, "ord_1", "EUR") == -8_000
    assert balance(AccountKind.HELD, "ord_1", "USD") == -8_000


def test_what_does_not_sum_to_zero_is_refused_at_commit() -> None:
    def one_cent_is_missing() -> None:
        book(lines=(Line(AccountKind.PSP_BALANCE, "", 8_400), Line(AccountKind.HELD, "ord_1", -8_399)))
        commit()

    with pytest.raises(IntegrityError, match="does not sum to zero"), transaction.atomic():
        one_cent_is_missing()


def test_an_entry_without_lines_is_refused_at_commit() -> None:
    def nothing_happened() -> None:
        JournalEntry.objects.create(source="x", kind=EntryKind.CAPTURED, group="g", currency="USD", at=NOW)
        commit()

    with pytest.raises(IntegrityError, match="no postings"), transaction.atomic():
        nothing_happened()


def test_an_overdraft_is_refused_at_once() -> None:
    book()
    with pytest.raises(IntegrityError, match="account_not_overdrawn"), transaction.atomic():
        book("accepted", lines=postings.accepted(group="ord_1", amount=8_001, fee=400, commission=0))
    assert balance(AccountKind.HELD, "ord_1") == -8_000


@pytest.mark.parametrize("kind", sorted(set(AccountKind) - OVERDRAWABLE))
def test_every_account_but_the_providers_refuses_an_overdraft(kind: AccountKind) -> None:
    wrong_way = -1 if kind in DEBIT_ACCOUNTS else 1
    with pytest.raises(IntegrityError, match="account_not_overdrawn"), transaction.atomic():
        book("x", lines=(Line(kind, "g", wrong_way), Line(AccountKind.PSP_BALANCE, "", -wrong_way)))


def test_a_line_in_an_account_of_another_currency_is_refused() -> None:
    book()
    account = LedgerAccount.objects.get(kind=AccountKind.PSP_BALANCE, currency="USD")

    def euros_into_dollars() -> None:
        entry = JournalEntry.objects.create(source="x", kind=EntryKind.CAPTURED, group="g", currency="EUR", at=NOW)
        Posting.objects.create(entry=entry, account=account, amount=1)

    with pytest.raises(IntegrityError, match="another currency"), transaction.atomic():
        euros_into_dollars()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payments_posting SET amount = amount + 1",
        "DELETE FROM payments_posting",
        "TRUNCATE payments_posting",
        "UPDATE payments_journalentry SET source = 'other'",
        "DELETE FROM payments_journalentry",
        "TRUNCATE payments_journalentry CASCADE",
        "UPDATE payments_ledgeraccount SET balance = 0",
        "UPDATE payments_ledgeraccount SET kind = 'psp_fees'",
        "DELETE FROM payments_ledgeraccount",
        "TRUNCATE payments_ledgeraccount CASCADE",
        "INSERT INTO payments_ledgeraccount (kind, dimension, currency, balance) VALUES ('psp_balance', 'x', 'USD', 5)",
    ],
)
def test_r_pay_4_entries_are_never_changed(sql: str) -> None:
    book()
    commit()
    with pytest.raises((IntegrityError, InternalError, DatabaseError)), transaction.atomic():
        connection.cursor().execute(sql)
    assert balance(AccountKind.PSP_BALANCE) == 8_400
    assert Posting.objects.count() == 3


def test_the_lines_of_an_entry_can_be_read_back() -> None:
    book()
    assert sorted(ledger.lines_of("captured:pi_1")) == sorted(postings.captured(group="ord_1", amount=8_000, fee=400))
    assert ledger.is_posted("captured:pi_1")
    assert not ledger.is_posted("captured:pi_2")


def test_accounts_are_locked_in_one_order() -> None:
    """Two entries over the same accounts in opposite order: the lock query sorts, so neither waits for the other."""
    with CaptureQueriesContext(connection) as queries:
        book(lines=tuple(reversed(postings.captured(group="ord_1", amount=8_000, fee=400))))
    (lock,) = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert 'ORDER BY "payments_ledgeraccount"."kind" ASC, "payments_ledgeraccount"."dimension" ASC' in lock
