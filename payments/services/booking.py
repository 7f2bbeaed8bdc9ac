"""One function per event of money: its source, its lines. Each is safe to call twice (R-PAY-4)."""

from datetime import datetime

from payments import ledger, postings
from payments.enums import EntryKind, RefundKind
from payments.models import Charge, ChargeAttempt, Refund
from payments.shares import Parts


def book_capture(*, charge: Charge, attempt: ChargeAttempt, now: datetime) -> None:
    ledger.post(
        source=f"captured:{attempt.payment_id}",
        kind=EntryKind.CAPTURED,
        group=charge.group,
        currency=charge.currency,
        lines=postings.captured(group=charge.group, amount=charge.amount, fee=charge.fee),
        at=now,
    )


def book_surplus(*, charge: Charge, attempt: ChargeAttempt, now: datetime) -> None:
    ledger.post(
        source=f"captured:{attempt.payment_id}",
        kind=EntryKind.SURPLUS_CAPTURED,
        group=charge.group,
        currency=charge.currency,
        lines=postings.surplus_captured(group=charge.group, total=charge.total),
        at=now,
    )


def book_provider_fee(*, charge: Charge, attempt: ChargeAttempt, now: datetime) -> None:
    """What the provider kept of this capture; nothing when it is zero."""
    if not attempt.provider_fee:
        return
    ledger.post(
        source=f"psp_fee:{attempt.payment_id}",
        kind=EntryKind.PSP_FEE,
        group=charge.group,
        currency=charge.currency,
        lines=postings.provider_fee_known(provider_fee=attempt.provider_fee),
        at=now,
    )


def acceptance_source(charge: Charge) -> str:
    return f"accepted:{charge.public_id}"


def release_source(charge: Charge) -> str:
    return f"released:{charge.public_id}"


def book_acceptance(*, charge: Charge, commission: int, now: datetime) -> None:
    ledger.post(
        source=acceptance_source(charge),
        kind=EntryKind.ACCEPTED,
        group=charge.group,
        currency=charge.currency,
        lines=postings.accepted(group=charge.group, amount=charge.amount, fee=charge.fee, commission=commission),
        at=now,
    )


def book_release(*, charge: Charge, commission: int, now: datetime) -> None:
    ledger.post(
        source=release_source(charge),
        kind=EntryKind.RELEASED,
        group=charge.group,
        currency=charge.currency,
        lines=postings.released(
            group=charge.group,
            seller=charge.payee.public_id,
            amount=charge.amount,
            fee=charge.fee,
            commission=commission,
        ),
        at=now,
    )


def book_refund_requested(*, charge: Charge, refund: Refund, now: datetime) -> None:
    parts = Parts(price=refund.price_part, fee=refund.fee_part, commission=refund.commission_part)
    lines = postings.refund_requested(
        kind=RefundKind(refund.kind), group=charge.group, seller=charge.payee.public_id, parts=parts
    )
    _book_refund(EntryKind.REFUND_REQUESTED, charge, refund, lines, now)


def book_refund_succeeded(*, charge: Charge, refund: Refund, now: datetime) -> None:
    lines = postings.refund_succeeded(group=charge.group, total=refund.amount)
    _book_refund(EntryKind.REFUND_SUCCEEDED, charge, refund, lines, now)


def book_refund_failed(*, charge: Charge, refund: Refund, now: datetime) -> None:
    """Put the money back where the request took it from, also when the bank returned it after the refund was done."""
    steps = [EntryKind.REFUND_REQUESTED, EntryKind.REFUND_SUCCEEDED]
    booked = [source for step in steps if ledger.is_posted(source := _refund_source(step, refund))]
    lines = postings.net([line for source in booked for line in ledger.lines_of(source)])
    _book_refund(EntryKind.REFUND_FAILED, charge, refund, postings.reversed_lines(lines), now)


def _refund_source(kind: EntryKind, refund: Refund) -> str:
    return f"{kind.value}:{refund.public_id}"


def _book_refund(kind: EntryKind, charge: Charge, refund: Refund, lines: postings.Lines, now: datetime) -> None:
    ledger.post(
        source=_refund_source(kind, refund),
        kind=kind,
        group=charge.group,
        currency=charge.currency,
        lines=lines,
        at=now,
    )
