"""Reading payments: where the money of a group is, what was booked, what was charged. Minor units throughout."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from accounts.models import User
from payments.enums import AccountKind as A
from payments.enums import EntryKind
from payments.models import Charge, JournalEntry, Posting, SavedMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupBalances:
    """Where every cent of one group is now, read from the books.

    `captured` = held + fee_held + surplus + refunding + refunded + accrued + commission_accrued + fee_accrued
    + released + on_the_way + netted + paid_out - receivable + commission + fees + lost.
    """

    currency: str
    captured: int = 0
    held: int = 0  # the seller's price, paid and not accepted
    fee_held: int = 0  # the buyer's fee on it
    surplus: int = 0  # paid twice, about to go back
    accrued: int = 0  # accepted: the seller's part
    commission_accrued: int = 0
    fee_accrued: int = 0
    released: int = 0  # the seller's part, payable
    on_the_way: int = 0  # being sent to the seller
    paid_out: int = 0  # sent to the seller, less what was taken back
    netted: int = 0  # kept for what the seller owed
    receivable: int = 0  # went back to the buyer after the seller had it, and was not taken back or kept since
    commission: int = 0  # earned at release
    fees: int = 0  # the buyer's fee, earned at release
    refunding: int = 0
    refunded: int = 0
    disputed: int = 0  # taken by a chargeback that is not decided; still counted where it stood
    lost: int = 0  # to chargebacks
    provider_fees: int = 0  # what the payment provider kept; the platform's cost


def group_balances(group: str) -> GroupBalances:
    """The money of `group`; all zero, with no currency, when nothing was charged yet."""
    rows = (
        Posting.objects.filter(entry__group=group)
        .values_list("entry__currency", "entry__kind", "account__kind")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    by_account: dict[str, int] = defaultdict(int)
    by_event: dict[tuple[str, str], int] = defaultdict(int)
    currencies = [""]
    for currency, event, account, total in rows:
        currencies.append(currency)
        by_account[account] += total
        by_event[event, account] += total
    back = (EntryKind.REFUND_SUCCEEDED, EntryKind.REFUND_FAILED)
    netted = by_event[EntryKind.RECEIVABLE_NETTED, A.SELLER_PAYABLE]
    return GroupBalances(
        currency=currencies[-1],
        captured=by_event[EntryKind.CAPTURED, A.PSP_BALANCE] + by_event[EntryKind.SURPLUS_CAPTURED, A.PSP_BALANCE],
        held=-by_account[A.HELD],
        fee_held=-by_account[A.FEE_HELD],
        surplus=-by_account[A.SURPLUS],
        accrued=-by_account[A.SELLER_ACCRUED],
        commission_accrued=-by_account[A.COMMISSION_ACCRUED],
        fee_accrued=-by_account[A.FEE_ACCRUED],
        released=-by_account[A.SELLER_PAYABLE],
        on_the_way=-by_account[A.PAYOUT_CLEARING],
        paid_out=-by_event[EntryKind.TRANSFER_SUCCEEDED, A.PSP_BALANCE]
        - by_event[EntryKind.TRANSFER_REVERSED, A.PSP_BALANCE],
        netted=netted,
        receivable=by_account[A.SELLER_RECEIVABLE] + netted,
        commission=-by_account[A.COMMISSION_REVENUE],
        fees=-by_account[A.FEE_REVENUE],
        refunding=-by_account[A.REFUND_CLEARING],
        refunded=-sum(by_event[event, A.PSP_BALANCE] for event in back),
        disputed=by_account[A.DISPUTE_RECEIVABLE],
        lost=-by_event[EntryKind.DISPUTE_LOST, A.DISPUTE_RECEIVABLE],
        provider_fees=by_account[A.PSP_FEES],
    )


def journal_for(group: str) -> QuerySet[JournalEntry]:
    """What was booked for `group`, oldest first, with its lines."""
    return JournalEntry.objects.filter(group=group).prefetch_related("postings__account").order_by("pk")


def charges_for(group: str) -> QuerySet[Charge]:
    """The charges of `group`, oldest first, with their refunds."""
    return Charge.objects.filter(group=group).select_related("method").prefetch_related("refunds").order_by("pk")


def saved_methods(user: User) -> QuerySet[SavedMethod]:
    """The methods that `user` agreed to keep, last used first."""
    return SavedMethod.objects.filter(user=user).order_by("-last_used_at", "-pk")
