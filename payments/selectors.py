"""Reading payments: where the money of a group is, what was booked, what was charged. Minor units throughout."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from payments.enums import (
    ON_THE_WAY,
    AttemptState,
    DisputeState,
    EntryKind,
    MethodState,
    RefundKind,
    RefundState,
    TransferState,
)
from payments.enums import AccountKind as A
from payments.errors import MethodUnknown
from payments.models import (
    Charge,
    ChargeAttempt,
    Dispute,
    JournalEntry,
    PayoutHold,
    Posting,
    Refund,
    SavedMethod,
    Transfer,
)

CHARGED_BACK = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)  # taken, and not decided


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
    surplus: int = 0  # paid twice, and not on its way back now
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

    @property
    def sellers(self) -> int:
        """What of accepted work is the seller's, wherever it is by now: accrued, payable, being sent, sent, or kept for
        a debt; less what they owe of it.
        """
        return self.accrued + self.released + self.on_the_way + self.netted + self.paid_out - self.receivable

    @property
    def platforms(self) -> int:
        """Commission and buyer's fee of accepted work."""
        return self.commission_accrued + self.commission + self.fee_accrued + self.fees


def group_balances(group: str) -> GroupBalances:
    """The money of `group`; all zero, with no currency, when nothing was charged yet."""
    rows = (
        Posting.objects.filter(entry__group=group)
        .values_list("entry__currency", "entry__kind", "account__kind")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    return sum_up(rows)


def sum_up(rows: Iterable[tuple[str, str, str, int]]) -> GroupBalances:
    """The balances that postings make: each row is a currency, a kind of entry, a kind of account, and a sum."""
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
        lost=-sum(by_event[EntryKind.DISPUTE_LOST, account] for account in (A.DISPUTE_RECEIVABLE, A.BAD_DEBT)),
        provider_fees=by_account[A.PSP_FEES],
    )


def journal_for(group: str) -> QuerySet[JournalEntry]:
    """What was booked for `group`, oldest first, with its lines."""
    return JournalEntry.objects.filter(group=group).prefetch_related("postings__account").order_by("pk")


def charges_for(group: str) -> QuerySet[Charge]:
    """The charges of `group`, oldest first, with their refunds."""
    return Charge.objects.filter(group=group).select_related("method").prefetch_related("refunds").order_by("pk")


def open_dispute_of(charge: Charge) -> Dispute | None:
    """The chargeback that is not decided. While it stands, unlike an inquiry, the charge can't be refunded."""
    return charge.disputes.filter(state__in=CHARGED_BACK).first()


def due_surplus(now: datetime) -> QuerySet[ChargeAttempt]:
    """Second captures of which something neither went back nor was lost, and can set off now: none of its refunds that
    failed has to wait longer, and no chargeback of it is open.
    """
    its = Q(attempt=OuterRef("pk"))
    gone = Refund.objects.filter(its).exclude(state=RefundState.FAILED).values("attempt")
    lost = Dispute.objects.filter(its, state=DisputeState.LOST).values("attempt")
    waiting = Refund.objects.filter(its, state=RefundState.FAILED, due_at__gt=now)
    taken_back = Dispute.objects.filter(its, state__in=CHARGED_BACK)
    left = (
        F("charge__amount")
        + F("charge__fee")
        - Coalesce(Subquery(gone.annotate(sum=Sum("amount")).values("sum")), 0)
        - Coalesce(Subquery(lost.annotate(sum=Sum(F("price_part") + F("fee_part"))).values("sum")), 0)
    )
    surplus = ChargeAttempt.objects.filter(state=AttemptState.SURPLUS).annotate(left=left)
    return surplus.filter(~Exists(waiting), ~Exists(taken_back), left__gt=0)


def lost_instead(refund: Refund) -> int:
    """What of a failed refund the buyer has by a lost chargeback, minor units."""
    lines = Posting.objects.filter(
        entry__group=refund.charge.group,
        entry__kind=EntryKind.DISPUTE_LOST,
        entry__source__endswith=f":{refund.public_id}",
        account__kind=A.BAD_DEBT,
    )
    return -(lines.aggregate(sum=Sum("amount"))["sum"] or 0)


def disputes_for(group: str) -> QuerySet[Dispute]:
    """The chargebacks and inquiries about the charges of `group`, oldest first."""
    return Dispute.objects.filter(charge__group=group).select_related("charge").order_by("pk")


def left_of(charge: Charge) -> int:
    """What of a captured charge has neither gone back nor been lost, buyer's fee included."""
    refunds = charge.refunds.exclude(state=RefundState.FAILED).exclude(kind=RefundKind.SURPLUS)
    lost = charge.disputes.filter(state=DisputeState.LOST).exclude(kind=RefundKind.SURPLUS)
    return charge.total - sum(each.amount for each in refunds) - sum(each.price_part + each.fee_part for each in lost)


def saved_method(user: User, stripe_id: str) -> SavedMethod:
    """One that `user` keeps. Raises MethodUnknown, the same for somebody else's as for one that was removed."""
    method = saved_methods(user).filter(stripe_id=stripe_id).first()
    if method is None:
        raise MethodUnknown
    return method


def open_holds(transfer: Transfer) -> QuerySet[PayoutHold]:
    """What keeps a transfer from being sent, the oldest first: holds of its group or of its seller."""
    return PayoutHold.objects.filter(Q(group=transfer.group) | Q(payee=transfer.payee), lifted_at=None)


def waiting_transfers(*, group: str = "", payee: User | None = None) -> QuerySet[Transfer]:
    """What is not on its way yet, of a group or to a seller, oldest first."""
    waiting = Transfer.objects.filter(state=TransferState.WAITING).select_related("payee", "charge")
    return waiting.filter(group=group) if group else waiting.filter(payee=payee)


def due_transfers(now: datetime) -> QuerySet[Transfer]:
    """Cleared and held by nothing; or on their way, and their worker may be gone."""
    holds = PayoutHold.objects.filter(lifted_at=None)
    held = Exists(holds.filter(group=OuterRef("group"))) | Exists(holds.filter(payee=OuterRef("payee")))
    due = Transfer.objects.filter(due_at__lte=now)
    return due.filter(Q(state__in=ON_THE_WAY) | (Q(state=TransferState.WAITING, clears_at__lte=now) & ~Q(held)))


def saved_methods(user: User) -> QuerySet[SavedMethod]:
    """The methods that `user` keeps, last used first."""
    return SavedMethod.objects.filter(user=user, state=MethodState.ACTIVE).order_by("-last_used_at", "-pk")
