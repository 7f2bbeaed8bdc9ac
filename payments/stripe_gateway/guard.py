"""No network call under a lock: a call to Stripe while a transaction is open is refused, always.

A transaction that stays open for the seconds of a network call holds its row locks that long; and if it rolls back
after the call, money has moved that no row remembers.
"""

from django.db import connection


class TransactionOpen(RuntimeError):
    """A programming error: commit the intent first, then call Stripe, then settle in a new transaction."""


def transaction_is_open() -> bool:
    """Is the caller inside `atomic()`? The blocks that Django's TestCase wraps around a test don't count.

    The test blocks are told apart by the same mark that Django's `atomic(durable=True)` goes by.
    """
    if not connection.in_atomic_block:
        return False
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def refuse_open_transaction() -> None:
    if transaction_is_open():
        raise TransactionOpen("Stripe was called inside a database transaction")
