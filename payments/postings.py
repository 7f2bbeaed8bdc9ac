"""What each event does to the books: pure functions from integers to lines. Minor units.

Debit is positive, credit negative. G is the seller's price, `fee` the buyer's service fee, F the commission out of G,
and N = G - F the seller's part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from payments.enums import AccountKind, RefundKind
from payments.shares import Parts


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One posting to be: an account by kind and dimension, and a signed amount."""

    account: AccountKind
    dimension: str
    amount: int


Lines = tuple[Line, ...]


def captured(*, group: str, amount: int, fee: int) -> Lines:
    """The bank paid G and the fee; both are held, apart."""
    return _lines(
        Line(AccountKind.PSP_BALANCE, "", amount + fee),
        Line(AccountKind.HELD, group, -amount),
        Line(AccountKind.FEE_HELD, group, -fee),
    )


def surplus_captured(*, group: str, total: int) -> Lines:
    """The same thing was paid a second time: nobody's money but the buyer's."""
    return _lines(Line(AccountKind.PSP_BALANCE, "", total), Line(AccountKind.SURPLUS, group, -total))


def provider_fee_known(*, provider_fee: int) -> Lines:
    """The provider kept its own fee out of our balance there."""
    return _lines(
        Line(AccountKind.PSP_FEES, "", provider_fee),
        Line(AccountKind.PSP_BALANCE, "", -provider_fee),
    )


def accepted(*, group: str, amount: int, fee: int, commission: int) -> Lines:
    """The work was accepted: G divides into N and F, to the cent; nothing is anybody's income yet."""
    return _lines(
        Line(AccountKind.HELD, group, amount),
        Line(AccountKind.FEE_HELD, group, fee),
        Line(AccountKind.SELLER_ACCRUED, group, -(amount - commission)),
        Line(AccountKind.COMMISSION_ACCRUED, group, -commission),
        Line(AccountKind.FEE_ACCRUED, group, -fee),
    )


def released(*, group: str, seller: str, amount: int, fee: int, commission: int) -> Lines:
    """The accepted money is the seller's to be paid out; commission and fee are income now and not before."""
    return _lines(
        Line(AccountKind.SELLER_ACCRUED, group, amount - commission),
        Line(AccountKind.COMMISSION_ACCRUED, group, commission),
        Line(AccountKind.FEE_ACCRUED, group, fee),
        Line(AccountKind.SELLER_PAYABLE, seller, -(amount - commission)),
        Line(AccountKind.COMMISSION_REVENUE, "", -commission),
        Line(AccountKind.FEE_REVENUE, "", -fee),
    )


def returned(*, kind: RefundKind, group: str, seller: str, parts: Parts) -> Lines:
    """Money leaves where it stands for the buyer: the debits of a refund or of a lost chargeback (R-PAY-7)."""
    revenue = (
        Line(AccountKind.COMMISSION_REVENUE, "", parts.commission),
        Line(AccountKind.FEE_REVENUE, "", parts.fee),
    )
    match kind:
        case RefundKind.HELD:
            return _lines(Line(AccountKind.HELD, group, parts.price), Line(AccountKind.FEE_HELD, group, parts.fee))
        case RefundKind.ACCRUED:
            return _lines(
                Line(AccountKind.SELLER_ACCRUED, group, parts.seller),
                Line(AccountKind.COMMISSION_ACCRUED, group, parts.commission),
                Line(AccountKind.FEE_ACCRUED, group, parts.fee),
            )
        case RefundKind.RELEASED:
            return _lines(Line(AccountKind.SELLER_PAYABLE, seller, parts.seller), *revenue)
        case RefundKind.PAID_OUT:
            return _lines(Line(AccountKind.SELLER_RECEIVABLE, seller, parts.seller), *revenue)
        case RefundKind.SURPLUS:
            return _lines(Line(AccountKind.SURPLUS, group, parts.total))


def refund_requested(*, kind: RefundKind, group: str, seller: str, parts: Parts) -> Lines:
    """Money sets off to the buyer: nobody else can have it any more."""
    return returned(kind=kind, group=group, seller=seller, parts=parts) + _lines(
        Line(AccountKind.REFUND_CLEARING, group, -parts.total)
    )


def refund_succeeded(*, group: str, total: int) -> Lines:
    return _lines(Line(AccountKind.REFUND_CLEARING, group, total), Line(AccountKind.PSP_BALANCE, "", -total))


def refund_failed(*, group: str, total: int, done: bool) -> Lines:
    """What a refund took with it comes back; `done`: after it had left our balance at the provider."""
    return _lines(Line(AccountKind.PSP_BALANCE, "", total) if done else Line(AccountKind.REFUND_CLEARING, group, total))


def transfer_requested(*, seller: str, amount: int) -> Lines:
    """Before the call: nobody else can have it any more."""
    return _lines(Line(AccountKind.SELLER_PAYABLE, seller, amount), Line(AccountKind.PAYOUT_CLEARING, seller, -amount))


def transfer_succeeded(*, seller: str, amount: int) -> Lines:
    return _lines(Line(AccountKind.PAYOUT_CLEARING, seller, amount), Line(AccountKind.PSP_BALANCE, "", -amount))


def receivable_netted(*, seller: str, amount: int) -> Lines:
    """Part of what a seller would get is kept for what the seller owes."""
    return _lines(
        Line(AccountKind.SELLER_PAYABLE, seller, amount), Line(AccountKind.SELLER_RECEIVABLE, seller, -amount)
    )


def transfer_reversed(*, seller: str, amount: int, payable: int = 0) -> Lines:
    """Money came back from a seller: `amount` pays what the seller owes, and `payable` is owed to the seller again."""
    return _lines(
        Line(AccountKind.PSP_BALANCE, "", amount + payable),
        Line(AccountKind.SELLER_PAYABLE, seller, -payable),
        Line(AccountKind.SELLER_RECEIVABLE, seller, -amount),
    )


def dispute_withdrawn(*, dispute: str, amount: int, dispute_fee: int) -> Lines:
    """The bank took the money back for now, and the provider its fee for good."""
    return _lines(
        Line(AccountKind.DISPUTE_RECEIVABLE, dispute, amount),
        Line(AccountKind.DISPUTE_FEES, "", dispute_fee),
        Line(AccountKind.PSP_BALANCE, "", -(amount + dispute_fee)),
    )


def dispute_won(*, dispute: str, amount: int) -> Lines:
    return _lines(Line(AccountKind.PSP_BALANCE, "", amount), Line(AccountKind.DISPUTE_RECEIVABLE, dispute, -amount))


def dispute_lost(
    *, dispute: str, kind: RefundKind, group: str, seller: str, parts: Parts, borne: bool = False
) -> Lines:
    """What the bank took stays with the buyer; it comes out of where the charge's money stands. `borne`: we had to bear
    it so far.
    """
    account = Line(AccountKind.BAD_DEBT, "", -parts.total)
    if not borne:
        account = Line(AccountKind.DISPUTE_RECEIVABLE, dispute, -parts.total)
    return returned(kind=kind, group=group, seller=seller, parts=parts) + _lines(account)


def dispute_absorbed(*, dispute: str, amount: int) -> Lines:
    """What a lost chargeback took beyond what was left of the charge: it had gone back already, so we bear it."""
    return _lines(Line(AccountKind.BAD_DEBT, "", amount), Line(AccountKind.DISPUTE_RECEIVABLE, dispute, -amount))


def provider_payout(*, amount: int) -> Lines:
    """The provider paid a part of our balance to our own bank; negative when it came back."""
    return _lines(Line(AccountKind.BANK, "", amount), Line(AccountKind.PSP_BALANCE, "", -amount))


def reversed_lines(lines: Sequence[Line]) -> Lines:
    """The same money, back where it was: entries are never changed, only reversed (R-PAY-4)."""
    return tuple(Line(line.account, line.dimension, -line.amount) for line in lines)


def net(lines: Sequence[Line]) -> Lines:
    """One line per account, without those that come to nothing."""
    sums: dict[tuple[AccountKind, str], int] = {}
    for line in lines:
        key = (line.account, line.dimension)
        sums[key] = sums.get(key, 0) + line.amount
    return _lines(*(Line(account, dimension, amount) for (account, dimension), amount in sums.items()))


def _lines(*lines: Line) -> Lines:
    """Without the lines of nothing: a fee of zero posts nothing."""
    return tuple(line for line in lines if line.amount)
