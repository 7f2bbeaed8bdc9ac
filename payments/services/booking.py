"""One function per event of money: its source, its lines. Each is safe to call twice (R-PAY-4)."""

from datetime import datetime

from payments import ledger, postings
from payments.enums import EntryKind, RefundKind
from payments.models import Charge, ChargeAttempt, Dispute, Refund
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


def book_acceptance(*, charge: Charge, parts: Parts, now: datetime) -> None:
    """`parts` is what is left of the charge, with the commission on it."""
    ledger.post(
        source=acceptance_source(charge),
        kind=EntryKind.ACCEPTED,
        group=charge.group,
        currency=charge.currency,
        lines=postings.accepted(group=charge.group, amount=parts.price, fee=parts.fee, commission=parts.commission),
        at=now,
    )


def book_release(*, charge: Charge, parts: Parts, now: datetime) -> None:
    ledger.post(
        source=release_source(charge),
        kind=EntryKind.RELEASED,
        group=charge.group,
        currency=charge.currency,
        lines=postings.released(
            group=charge.group,
            seller=charge.payee.public_id,
            amount=parts.price,
            fee=parts.fee,
            commission=parts.commission,
        ),
        at=now,
    )


def parts_of(refund: Refund) -> Parts:
    return Parts(price=refund.price_part, fee=refund.fee_part, commission=refund.commission_part)


def book_refund_requested(*, charge: Charge, refund: Refund, now: datetime) -> None:
    lines = postings.refund_requested(
        kind=RefundKind(refund.kind), group=charge.group, seller=charge.payee.public_id, parts=parts_of(refund)
    )
    _book_refund(EntryKind.REFUND_REQUESTED, charge, refund, lines, now)


def book_refund_succeeded(*, charge: Charge, refund: Refund, now: datetime) -> None:
    lines = postings.refund_succeeded(group=charge.group, total=refund.amount)
    _book_refund(EntryKind.REFUND_SUCCEEDED, charge, refund, lines, now)


def book_refund_failed(*, charge: Charge, refund: Refund, back: postings.Lines, now: datetime) -> None:
    """The money is taken from where the refund has brought it, also out of our balance at the provider, and put
    `back`.
    """
    done = ledger.is_posted(_refund_source(EntryKind.REFUND_SUCCEEDED, refund))
    lines = postings.refund_failed(group=charge.group, total=refund.amount, done=done)
    _book_refund(EntryKind.REFUND_FAILED, charge, refund, lines + back, now)


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


def book_dispute_withdrawn(*, charge: Charge, dispute: Dispute, amount: int, fee: int, now: datetime) -> None:
    """The bank took `amount`, the provider its `fee`; a second time when it takes more, or gives the fee back."""
    again = f":{dispute.withdrawn}:{dispute.fee}" if dispute.withdrawn or dispute.fee else ""
    lines = postings.dispute_withdrawn(dispute=dispute.public_id, amount=amount, dispute_fee=fee)
    _book_dispute(EntryKind.DISPUTE_WITHDRAWN, charge, dispute, lines, now, again=again)


def book_dispute_won(*, charge: Charge, dispute: Dispute, amount: int, now: datetime) -> None:
    again = f":{dispute.reinstated}" if dispute.reinstated else ""
    lines = postings.dispute_won(dispute=dispute.public_id, amount=amount)
    _book_dispute(EntryKind.DISPUTE_WON, charge, dispute, lines, now, again=again)


def book_dispute_lost(
    *, charge: Charge, dispute: Dispute, kind: RefundKind, parts: Parts, now: datetime, failed: Refund | None = None
) -> None:
    """`failed`: it comes out of what this refund brought back, and is ours to bear no longer."""
    lines = postings.dispute_lost(
        dispute=dispute.public_id,
        kind=kind,
        group=charge.group,
        seller=charge.payee.public_id,
        parts=parts,
        borne=failed is not None,
    )
    again = f":{failed.public_id}" if failed else ""
    _book_dispute(EntryKind.DISPUTE_LOST, charge, dispute, lines, now, again=again)


def book_dispute_absorbed(*, charge: Charge, dispute: Dispute, amount: int, now: datetime) -> None:
    lines = postings.dispute_absorbed(dispute=dispute.public_id, amount=amount)
    _book_dispute(EntryKind.WRITTEN_OFF, charge, dispute, lines, now)


def _book_dispute(
    kind: EntryKind, charge: Charge, dispute: Dispute, lines: postings.Lines, now: datetime, *, again: str = ""
) -> None:
    ledger.post(
        source=f"{kind.value}:{dispute.public_id}{again}",
        kind=kind,
        group=charge.group,
        currency=charge.currency,
        lines=lines,
        at=now,
    )
