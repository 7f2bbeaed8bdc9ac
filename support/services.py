"""What agents do, each with its line in the audit trail (R-SUP-4): the act and the line are one transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model

from accounts.models import User
from inbox.models import Report
from inbox.services import resolve_report
from marketplace.web.clock import database_now
from orders.actors import agent as agent_of
from orders.actors import agent_between, stand_apart
from orders.enums import CancelReason
from orders.errors import ReasonNeeded
from orders.models import Milestone, Order, OrderHold
from orders.presenters.evidence import assemble_evidence
from orders.services.door import lock_order, read_facts
from orders.services.ending import Outcome, cancel, preview_cancellation
from orders.services.giving_back import GivenBack, give_back, preview_refund
from orders.services.holding import lift_hold, place_hold
from payments.enums import HoldKind, ReversalState
from payments.gateway import GatewayError
from payments.models import Charge, ConnectedAccount, Dispute, Refund, Transfer
from payments.services import answering, returning
from payments.services.announcing import announce_charge
from payments.services.holding import lift_payout_hold, place_payout_hold
from payments.services.onboarding import refresh_account, start_anew
from payments.services.refreshing import ask_provider
from payments.services.resolving import resolve_charge, resolve_reversal, resolve_transfer
from support.enums import Act, Answer
from support.errors import (
    DecisionAnswered,
    DecisionWaits,
    NothingHeld,
    NothingOpen,
    NotOurHold,
    OutcomeChanged,
    SecondAgentNeeded,
    StripeSilent,
)
from support.models import Decision
from support.selectors import needs_second


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an agent reads afterwards. `waits`: nothing is done before a second agent has confirmed it."""

    words: str
    waits: bool = False


def cancel_as_shown(
    *, order: Order, agent: User, reason: CancelReason, note: str, continue_after: bool, shown: str,
    back: int | None = None, now: datetime | None = None,
) -> Done:  # fmt: skip
    """Cancel if that does what was `shown`, the digest of an Outcome; else raise OutcomeChanged and do nothing.

    Above the policy's limit it waits for a second agent. Raises also DecisionWaits and what
    `orders.services.ending.cancel` does.
    """
    agent_of(agent, order)
    with transaction.atomic():
        locked = lock_order(order.pk)
        outcome = preview_cancellation(order=locked, continue_after=continue_after, back=back, now=now)
        if outcome.digest != shown:
            raise OutcomeChanged
        words = _cancelling_words(outcome, CancelReason(reason), note.strip())
        current = read_facts(locked, now or database_now()).current
        if current is not None and outcome.held:
            decision = _decide(
                current, Act.CANCEL, agent, total=outcome.held.amount, back=outcome.refund.amount, reason=reason,
                note=note, shown=shown, words=words, continue_after=continue_after,
            )  # fmt: skip
            if decision.answer == Answer.WAITING:
                return Done(words=decision.summary, waits=True)
        cancel(order=locked, actor=agent, reason=reason, note=note, continue_after=continue_after, back=back, now=now)
        _audit(agent, locked, words)
    return Done(words=_done_words(locked, outcome))


def give_back_as_shown(
    *, milestone: Milestone, agent: User, amount: int, reason: CancelReason, note: str, shown: str
) -> Done:
    """Send `amount` of a milestone that is over back, if that does what was `shown`; above the limit it waits.

    Raises OutcomeChanged, DecisionWaits and what `orders.services.giving_back.give_back` does.
    """
    with transaction.atomic():
        locked = lock_order(milestone.order_id)
        agent_of(agent, locked)
        outcome = preview_refund(milestone=milestone, amount=amount)
        if outcome.digest != shown:
            raise OutcomeChanged
        words = f"Gave {outcome.refund} for ‘{outcome.milestone}’ back, {outcome.seller} of it the seller’s."
        words += f" {CancelReason(reason).label}. {note.strip()}"
        decision = _decide(
            milestone, Act.GIVE_BACK, agent, total=amount, back=amount, reason=reason, note=note, shown=shown,
            words=words,
        )  # fmt: skip
        if decision.answer == Answer.WAITING:
            return Done(words=decision.summary, waits=True)
        give_back(milestone=milestone, actor=agent, amount=amount, reason=reason, note=note)
        _audit(agent, locked, words)
    return Done(words=f"{outcome.refund} goes back to {locked.buyer.display_name}. Both sides hear of it.")


@transaction.atomic
def confirm_decision(*, decision: Decision, agent: User) -> None:
    """A second agent does what the first has asked for, if it still does what was shown.

    Raises SecondAgentNeeded for whoever asked, DecisionAnswered, OutcomeChanged, and what the act itself raises.
    """
    order = lock_order(decision.order_id)
    agent_of(agent, order)
    decision = _still_waiting(decision)
    if decision.asked_by_id == agent.pk:
        raise SecondAgentNeeded
    reason, milestone = CancelReason(decision.reason), decision.milestone
    outcome: Outcome | GivenBack
    if decision.act == Act.CANCEL:
        outcome = preview_cancellation(order=order, continue_after=decision.continue_after, back=decision.back)
    else:
        outcome = preview_refund(milestone=milestone, amount=decision.back)
    if outcome.digest != decision.shown:
        raise OutcomeChanged
    if decision.act == Act.CANCEL:
        cancel(
            order=order, actor=decision.asked_by, reason=reason, note=decision.note, back=decision.back,
            continue_after=decision.continue_after,
        )  # fmt: skip
    else:
        give_back(milestone=milestone, actor=decision.asked_by, amount=decision.back, reason=reason, note=decision.note)
    _answer(decision, Answer.CONFIRMED, agent)
    _audit(agent, order, f"Confirmed what {decision.asked_by.display_name} asked for: {decision.summary}")


@transaction.atomic
def turn_down(*, decision: Decision, agent: User, reason: str) -> None:
    """Nothing is done; whoever asked may take it back. Raises NotYours, OwnMatter, DecisionAnswered."""
    order = lock_order(decision.order_id)
    agent_of(agent, order)
    decision = _still_waiting(decision)
    _answer(decision, Answer.TURNED_DOWN, agent)
    _audit(agent, order, f"Turned down what {decision.asked_by.display_name} asked for: {reason}")


def compare_with_stripe(*, order: Order, charge: Charge, agent: User, reason: str) -> Charge:
    """Ask Stripe what became of `charge` and settle it; the charge as it is then. Network: not in a transaction.

    The question is on record before it is asked; what the answer changes is in the ledger and the timeline.
    Raises NotYours, OwnMatter, StripeSilent, NothingOpen, HeldBackDiffers.
    """
    agent_of(agent, order)
    _audit(agent, order, f"Compared {charge.public_id} with Stripe: {reason}")
    try:
        asked = resolve_charge(charge_id=charge.pk) + ask_provider(charge=charge)
    except GatewayError as error:
        raise StripeSilent from error
    announce_charge(charge_id=charge.pk)
    if not asked:
        raise NothingOpen
    return Charge.objects.get(pk=charge.pk)


def settle_held_back(*, order: Order, refund: Refund, agent: User, reason: str) -> Refund:
    """Settle a refund that is held back as Stripe says; the refund as it is then. Network: not in a transaction.

    Raises NotYours, OwnMatter, StripeSilent, RefundDiffers.
    """
    agent_of(agent, order)
    _audit(agent, order, f"Settled the refund {refund.public_id} as Stripe says: {reason}")
    try:
        return returning.resolve_refund(refund_id=refund.pk)
    except GatewayError as error:
        raise StripeSilent from error


def hold_order(*, order: Order, agent: User, reason: str, now: datetime | None = None) -> OrderHold:
    """Stop the order's clocks and pay-outs until support lifts it. Both sides are told `reason` (R-ORD-17)."""
    actor = agent_of(agent, order)
    with transaction.atomic():
        hold = place_hold(order=order, kind=HoldKind.SUPPORT, reason=reason, actor=actor, now=now)
        _audit(agent, order, f"Put the order on hold: {reason}")
    return hold


def resume_order(*, order: Order, hold: OrderHold, agent: User, reason: str, now: datetime | None = None) -> None:
    """Lift one of support's holds. Raises NotOurHold for one that ends by itself, NothingHolds when it is lifted."""
    actor = agent_of(agent, order)
    if hold.kind != HoldKind.SUPPORT:
        raise NotOurHold
    with transaction.atomic():
        lift_hold(order=order, kind=HoldKind.SUPPORT, reference=hold.reference, actor=actor, now=now)
        _audit(agent, order, f"Lifted the hold “{hold.reason}”: {reason}")


def hold_seller(*, account: ConnectedAccount, agent: User, reason: str) -> None:
    """Send nothing to a seller from now on, whatever order it is of; the seller is told, not why (R-SUP-4).

    Raises NotYours, OwnMatter.
    """
    agent_between(agent, account.user_id)
    with transaction.atomic():
        place_payout_hold(payee=account.user, kind=HoldKind.SUPPORT, reason=reason, by=agent, now=database_now())
        _audit(agent, account, f"Held payouts to {account.user.email} back: {reason}")


def pay_seller_again(*, account: ConnectedAccount, agent: User, reason: str) -> None:
    """Lift support's hold on a seller. What waited is sent. Raises NotYours, OwnMatter, NothingHeld."""
    agent_between(agent, account.user_id)
    with transaction.atomic():
        if not lift_payout_hold(payee=account.user, kind=HoldKind.SUPPORT, by=agent, now=database_now()):
            raise NothingHeld
        _audit(agent, account, f"Let payouts to {account.user.email} go again: {reason}")


def let_start_anew(*, account: ConnectedAccount, agent: User, reason: str) -> None:
    """Let a seller make a new account in place of one that is gone for good: Stripe is asked once more whether it is.

    The audit trail keeps the id of the old one. Network: not in a transaction. Raises NotYours, OwnMatter,
    StripeSilent, AccountNotGone, PayoutsUnsettled.
    """
    agent_between(agent, account.user_id)
    try:
        refresh_account(account_id=account.pk)
    except GatewayError as error:
        raise StripeSilent from error
    with transaction.atomic():
        old = start_anew(account_id=account.pk, now=database_now())
        _audit(agent, account, f"Let {account.user.email} start a new account in place of {old}: {reason}")


def settle_payout(*, account: ConnectedAccount, transfer: Transfer, agent: User, reason: str) -> Transfer:
    """Settle a payout that is held back, and what is taken back of it, as Stripe says; the payout as it is then.

    Network: not in a transaction. Raises NotYours, OwnMatter, StripeSilent, HeldBackDiffers.
    """
    agent_between(agent, account.user_id)
    _audit(agent, account, f"Compared {transfer.public_id} with Stripe: {reason}")
    try:
        done = resolve_transfer(transfer_id=transfer.pk)
        for reversal in transfer.reversals.filter(state=ReversalState.QUARANTINED):
            resolve_reversal(reversal_id=reversal.pk)
    except GatewayError as error:
        raise StripeSilent from error
    return done


def keep_summary(*, order: Order, dispute: Dispute, agent: User, summary: str) -> None:
    """What `agent` writes for the bank, kept for later. Raises OwnMatter, DisputeOver, EvidenceSent."""
    agent_of(agent, order)
    with transaction.atomic():
        answering.save_summary(dispute=dispute, summary=summary)
        _audit(agent, order, f"Wrote for the bank about the dispute {dispute.provider_id}")


def answer_bank(*, order: Order, dispute: Dispute, agent: User, summary: str) -> None:
    """Send the evidence pack with `summary`, once and for all; a worker carries it (R-PAY-7).

    Raises OwnMatter, DisputeOver, EvidenceSent.
    """
    agent_of(agent, order)
    with transaction.atomic():
        evidence = assemble_evidence(dispute=dispute, order=order, summary=summary)
        answering.submit_evidence(dispute=dispute, evidence=evidence, summary=summary, by=agent)
        _audit(agent, order, f"Sent the evidence about the dispute {dispute.provider_id} to the bank")


def record_download(*, order: Order, agent: User, name: str) -> None:
    """That `agent` took a file which the two sides of `order` exchanged."""
    _audit(agent, order, f"Downloaded the file “{name}”")


def _decide(
    milestone: Milestone, act: Act, agent: User, *, total: int, back: int, reason: CancelReason, note: str, shown: str,
    words: str, continue_after: bool = False,
) -> Decision:  # fmt: skip
    """Written down as done alone, so that it counts next time, or as waiting for a second agent."""
    order = milestone.order
    if not note.strip():
        raise ReasonNeeded(field="note")
    waits = needs_second(order, agent, total)
    if waits and Decision.objects.filter(order=order, answer=Answer.WAITING).exists():
        raise DecisionWaits
    decision = Decision.objects.create(
        order=order,
        milestone=milestone,
        act=act,
        total=total,
        back=back,
        continue_after=continue_after,
        reason=CancelReason(reason),
        note=note.strip(),
        summary=words[:400],
        shown=shown,
        asked_by=agent,
        asked_at=database_now(),
        answer=Answer.WAITING if waits else Answer.ALONE,
    )
    if waits:
        _audit(agent, order, f"Asked a second agent to confirm: {words}")
    return decision


def _still_waiting(decision: Decision) -> Decision:
    locked = Decision.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=decision.pk)
    if locked.answer != Answer.WAITING:
        raise DecisionAnswered
    return locked


def _answer(decision: Decision, answer: Answer, agent: User) -> None:
    decision.answer, decision.answered_by, decision.answered_at = answer, agent, database_now()
    decision.save(update_fields=["answer", "answered_by", "answered_at"])


def _done_words(order: Order, outcome: Outcome) -> str:
    back = f"{outcome.refund} goes back to {order.buyer.display_name}. " if outcome.refund else ""
    paid = f"{outcome.released} is {order.seller.display_name}’s. " if outcome.released else ""
    what = f"‘{outcome.milestone}’ is cancelled." if outcome.goes_on_with else f"{order.number} has ended."
    return f"{what} {back}{paid}Both sides have been told."


def _cancelling_words(outcome: Outcome, reason: CancelReason, note: str) -> str:
    then = f"to go on with ‘{outcome.goes_on_with}’" if outcome.goes_on_with else "to end the order"
    money = f"{outcome.refund} goes back{_released(outcome)}"
    return f"Cancelled ‘{outcome.milestone}’ {then}; {money}. {reason.label}. {note}"


def _released(outcome: Outcome) -> str:
    return f" and {outcome.released} is the seller’s" if outcome.released else ""


@transaction.atomic
def settle_report(*, report: Report, agent: User, note: str, now: datetime) -> None:
    """Resolve a report with a note. Raises OwnMatter, and what `inbox.services.resolve_report` does."""
    stand_apart(agent, report.conversation.first_id, report.conversation.second_id)
    resolve_report(report=report, agent=agent, note=note, now=now)
    _audit(agent, report, f"Resolved: {note.strip()}")


def _audit(agent: User, subject: Model, message: str) -> None:
    LogEntry.objects.create(
        user=agent,
        content_type=ContentType.objects.get_for_model(subject),
        object_id=str(subject.pk),
        object_repr=str(subject),
        action_flag=CHANGE,
        change_message=message,
    )
