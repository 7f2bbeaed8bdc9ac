"""What agents do, each with its line in the audit trail (R-SUP-4): the act and the line are one transaction."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import User
from orders.actors import agent as agent_of
from orders.enums import CancelReason
from orders.models import Order, OrderHold
from orders.presenters.evidence import assemble_evidence
from orders.services.door import lock_order
from orders.services.ending import Outcome, cancel, preview_cancellation
from orders.services.holding import lift_hold, place_hold
from payments.enums import HoldKind
from payments.gateway import GatewayError
from payments.models import Charge, Dispute
from payments.services import answering
from payments.services.announcing import announce_charge
from payments.services.refreshing import ask_provider
from support.errors import NothingOpen, NotOurHold, OutcomeChanged, StripeSilent


def cancel_as_shown(
    *, order: Order, agent: User, reason: CancelReason, note: str, continue_after: bool, shown: str,
    now: datetime | None = None,
) -> Outcome:  # fmt: skip
    """Cancel if that does what was `shown`, the digest of an Outcome; else raise OutcomeChanged and do nothing.

    Raises also what `orders.services.ending.cancel` does.
    """
    agent_of(agent)
    with transaction.atomic():
        locked = lock_order(order.pk)
        outcome = preview_cancellation(order=locked, continue_after=continue_after, now=now)
        if outcome.digest != shown:
            raise OutcomeChanged
        cancel(order=locked, actor=agent, reason=reason, note=note, continue_after=continue_after, now=now)
        _audit(agent, locked, _cancelling_words(outcome, CancelReason(reason), note.strip()))
    return outcome


def compare_with_stripe(*, order: Order, charge: Charge, agent: User, reason: str) -> Charge:
    """Ask Stripe what became of `charge` and settle it; the charge as it is then. Network: not in a transaction.

    The question is on record before it is asked; what the answer changes is in the ledger and the timeline.
    Raises NotYours, StripeSilent, NothingOpen.
    """
    agent_of(agent)
    _audit(agent, order, f"Compared {charge.public_id} with Stripe: {reason}")
    try:
        asked = ask_provider(charge=charge)
    except GatewayError as error:
        raise StripeSilent from error
    announce_charge(charge_id=charge.pk)
    if not asked:
        raise NothingOpen
    return Charge.objects.get(pk=charge.pk)


def hold_order(*, order: Order, agent: User, reason: str, now: datetime | None = None) -> OrderHold:
    """Stop the order's clocks and pay-outs until support lifts it. Both sides are told `reason` (R-ORD-17)."""
    actor = agent_of(agent)
    with transaction.atomic():
        hold = place_hold(order=order, kind=HoldKind.SUPPORT, reason=reason, actor=actor, now=now)
        _audit(agent, order, f"Put the order on hold: {reason}")
    return hold


def resume_order(*, order: Order, hold: OrderHold, agent: User, reason: str, now: datetime | None = None) -> None:
    """Lift one of support's holds. Raises NotOurHold for one that ends by itself, NothingHolds when it is lifted."""
    actor = agent_of(agent)
    if hold.kind != HoldKind.SUPPORT:
        raise NotOurHold
    with transaction.atomic():
        lift_hold(order=order, kind=HoldKind.SUPPORT, reference=hold.reference, actor=actor, now=now)
        _audit(agent, order, f"Lifted the hold “{hold.reason}”: {reason}")


def keep_summary(*, order: Order, dispute: Dispute, agent: User, summary: str) -> None:
    """What `agent` writes for the bank, kept for later. Raises DisputeOver, EvidenceSent."""
    agent_of(agent)
    with transaction.atomic():
        answering.save_summary(dispute=dispute, summary=summary)
        _audit(agent, order, f"Wrote for the bank about the dispute {dispute.provider_id}")


def answer_bank(*, order: Order, dispute: Dispute, agent: User, summary: str) -> None:
    """Send the evidence pack with `summary`, once and for all; a worker carries it (R-PAY-7).

    Raises DisputeOver, EvidenceSent.
    """
    agent_of(agent)
    with transaction.atomic():
        evidence = assemble_evidence(dispute=dispute, order=order, summary=summary)
        answering.submit_evidence(dispute=dispute, evidence=evidence, summary=summary, by=agent)
        _audit(agent, order, f"Sent the evidence about the dispute {dispute.provider_id} to the bank")


def record_download(*, order: Order, agent: User, name: str) -> None:
    """That `agent` took a file which the two sides of `order` exchanged."""
    _audit(agent, order, f"Downloaded the file “{name}”")


def _cancelling_words(outcome: Outcome, reason: CancelReason, note: str) -> str:
    then = f"to go on with ‘{outcome.goes_on_with}’" if outcome.goes_on_with else "to end the order"
    return f"Cancelled ‘{outcome.milestone}’ {then}; {outcome.refund} goes back. {reason.label}. {note}"


def _audit(agent: User, order: Order, message: str) -> None:
    LogEntry.objects.create(
        user=agent,
        content_type=ContentType.objects.get_for_model(Order),
        object_id=str(order.pk),
        object_repr=str(order),
        action_flag=CHANGE,
        change_message=message,
    )
