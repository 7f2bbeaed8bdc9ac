"""The books of what goes to sellers and comes back from them: one function per event, each safe to call twice.

A transfer can be requested several times, each time after a definite no; the entries of a request carry its number.
"""

from datetime import datetime

from django.db.models import Q

from payments import ledger, postings
from payments.enums import AccountKind, EntryKind, ReversalState, TransferState
from payments.models import Transfer, TransferReversal

AT_PROVIDER = (ReversalState.SUBMITTING, ReversalState.UNKNOWN, ReversalState.QUARANTINED)
TAKING_BACK = (ReversalState.PENDING, *AT_PROVIDER)
REQUEST = (AccountKind.PAYOUT_CLEARING, AccountKind.SELLER_PAYABLE)


def lock_debt(
    transfer: Transfer,
    *,
    to_post: tuple[AccountKind, ...],
    coming: tuple[ReversalState, ...] = TAKING_BACK,
    beside: int = 0,
) -> int:
    """What the seller owes without what reversals in the states `coming` bring, other than that with the id `beside`.

    The accounts that the caller posts to next are locked too, in their order.
    """
    seller = transfer.payee.public_id
    receivable = (AccountKind.SELLER_RECEIVABLE.value, seller)
    keys = [receivable, *((kind.value, "" if kind == AccountKind.PSP_BALANCE else seller) for kind in to_post)]
    owed = ledger.lock_balances(keys=keys, currency=transfer.currency)[receivable]
    reversals = TransferReversal.objects.filter(
        transfer__payee=transfer.payee, currency=transfer.currency, state__in=coming
    ).exclude(Q(transfer__state=TransferState.WAITING) | Q(pk=beside))
    return max(owed - sum(reversals.values_list("amount", flat=True)), 0)


def debt_for(reversal: TransferReversal) -> int:
    """What the seller of a pending reversal owes, without what other reversals are taking back."""
    return lock_debt(reversal.transfer, to_post=(), beside=reversal.pk)


def request_key(transfer: Transfer) -> str:
    """The key of the present request; a key that had to be renewed has more after it."""
    return ":".join(transfer.idempotency_key.split(":")[:3])


def book_netting(*, transfer: Transfer, kept: int, now: datetime) -> None:
    lines = postings.receivable_netted(seller=transfer.payee.public_id, amount=kept)
    _book(EntryKind.RECEIVABLE_NETTED, _numbered("receivable_netted", transfer), transfer, lines, now)


def book_transfer_requested(*, transfer: Transfer, now: datetime) -> None:
    lines = postings.transfer_requested(seller=transfer.payee.public_id, amount=transfer.amount)
    _book(EntryKind.TRANSFER_REQUESTED, _numbered("transfer_requested", transfer), transfer, lines, now)


def book_transfer_succeeded(*, transfer: Transfer, now: datetime) -> None:
    lines = postings.transfer_succeeded(seller=transfer.payee.public_id, amount=transfer.amount)
    _book(EntryKind.TRANSFER_SUCCEEDED, f"transfer_succeeded:{transfer.public_id}", transfer, lines, now)


def book_transfer_failed(*, transfer: Transfer, now: datetime) -> int:
    """Nothing was sent: the money is payable again. What the request had kept for a debt is too, and is returned."""
    requested = postings.transfer_requested(seller=transfer.payee.public_id, amount=transfer.amount)
    lines = postings.reversed_lines(requested)
    _book(EntryKind.TRANSFER_FAILED, _numbered("transfer_failed", transfer), transfer, lines, now)
    netting = _numbered("receivable_netted", transfer)
    if not ledger.is_posted(netting):
        return 0
    kept = ledger.lines_of(netting)
    source = _numbered("receivable_owed_again", transfer)
    _book(EntryKind.RECEIVABLE_NETTED, source, transfer, postings.reversed_lines(kept), now)
    return sum(line.amount for line in kept if line.amount > 0)


def book_taken_back(*, reversal: TransferReversal, now: datetime) -> None:
    transfer = reversal.transfer
    lines = postings.transfer_reversed(seller=transfer.payee.public_id, amount=reversal.amount)
    _book(EntryKind.TRANSFER_REVERSED, f"transfer_reversed:{reversal.public_id}", transfer, lines, now)


def book_taken_back_elsewhere(*, reversal: TransferReversal, now: datetime) -> None:
    """Somebody took money back at the provider: it pays what the seller owes, and the rest is owed to the seller.

    A reversal of ours that has not been sent is not needed any more then, and is dropped when its turn comes.
    """
    transfer = reversal.transfer
    seller = transfer.payee.public_id
    to_post = (AccountKind.PSP_BALANCE, AccountKind.SELLER_PAYABLE)
    for_debt = min(lock_debt(transfer, to_post=to_post, coming=AT_PROVIDER), reversal.amount)
    lines = postings.transfer_reversed(seller=seller, amount=for_debt, payable=reversal.amount - for_debt)
    _book(EntryKind.TRANSFER_REVERSED, f"transfer_reversed:{reversal.public_id}", transfer, lines, now)


def book_debt_paid(*, transfer: Transfer, cause: str, amount: int, now: datetime) -> None:
    """Instead of being taken back: what became payable again of a sent transfer."""
    lines = postings.receivable_netted(seller=transfer.payee.public_id, amount=amount)
    _book(EntryKind.TRANSFER_REVERSED, f"debt_paid:{cause}", transfer, lines, now)


def _numbered(event: str, transfer: Transfer) -> str:
    """The source of an entry of the present request."""
    return f"{event}:{request_key(transfer).partition(':')[2]}"


def _book(kind: EntryKind, source: str, transfer: Transfer, lines: postings.Lines, now: datetime) -> None:
    ledger.post(source=source, kind=kind, group=transfer.group, currency=transfer.currency, lines=lines, at=now)
