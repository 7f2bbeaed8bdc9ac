"""The lives of charges, refunds, transfers, reversals and disputes, one row per transition.

The database's own guards are made from these rows.
"""

from typing import Any

from marketplace.kernel.transitions import Transition, TransitionTable
from payments.enums import ChargeActor as By
from payments.enums import ChargeState as S
from payments.enums import DisputeState as D
from payments.enums import RefundState as R
from payments.enums import ReversalState as V
from payments.enums import TransferState as T


def _charge(name: str, actor: By, sources: set[S], target: S) -> Transition[S, By]:
    return Transition(name=name, actors=frozenset({actor}), sources=frozenset(sources), target=target)


def _refund(name: str, actor: By, sources: set[R], target: R) -> Transition[R, By]:
    return Transition(name=name, actors=frozenset({actor}), sources=frozenset(sources), target=target)


INITIAL = frozenset({S.PENDING, S.AWAITING_PAYER})

CHARGE = TransitionTable(
    [
        # A worker takes it; a worker that died is noticed by its lease.
        _charge("submit", By.WORKER, {S.PENDING, S.UNKNOWN}, S.SUBMITTING),
        _charge("lose_sight", By.WORKER, {S.SUBMITTING}, S.UNKNOWN),
        _charge("renew", By.WORKER, {S.UNKNOWN}, S.PENDING),
        # The truth, whoever brought it. Money that arrived always wins (R-PAY-3).
        _charge(
            "capture",
            By.PROVIDER,
            {
                S.PENDING,
                S.SUBMITTING,
                S.UNKNOWN,
                S.PROCESSING,
                S.AWAITING_PAYER,
                S.DECLINED,
                S.ACTION_REQUIRED,
                S.WITHDRAWING,
                S.WITHDRAWN,
            },
            S.SUCCEEDED,
        ),
        _charge("process", By.PROVIDER, {S.SUBMITTING, S.UNKNOWN, S.AWAITING_PAYER}, S.PROCESSING),
        _charge("decline", By.PROVIDER, {S.SUBMITTING, S.UNKNOWN, S.PROCESSING}, S.DECLINED),
        _charge("want_payer", By.PROVIDER, {S.SUBMITTING, S.UNKNOWN, S.PROCESSING}, S.ACTION_REQUIRED),
        _charge(
            "quarantine",
            By.PROVIDER,
            {
                S.PENDING,
                S.SUBMITTING,
                S.UNKNOWN,
                S.PROCESSING,
                S.AWAITING_PAYER,
                S.DECLINED,
                S.ACTION_REQUIRED,
                S.WITHDRAWING,
                S.WITHDRAWN,
            },
            S.QUARANTINED,
        ),
        # A person has compared it: it is what we asked for after all, or the provider holds nothing of it.
        _charge("resume", By.OWNER, {S.QUARANTINED}, S.PROCESSING),
        _charge("give_up", By.OWNER, {S.QUARANTINED}, S.DECLINED),
        # A second try, by the saved method or on the hosted page (R-PAY-2).
        _charge("retry", By.OWNER, {S.DECLINED, S.ACTION_REQUIRED, S.AWAITING_PAYER}, S.PENDING),
        _charge("invite_payer", By.PAYER, {S.DECLINED, S.ACTION_REQUIRED}, S.AWAITING_PAYER),
        # Nobody wants it any more. Only the provider can say that it takes no money now.
        _charge("withdraw", By.OWNER, {S.PENDING, S.AWAITING_PAYER, S.DECLINED, S.ACTION_REQUIRED}, S.WITHDRAWING),
        _charge("confirm_withdrawal", By.WORKER, {S.WITHDRAWING}, S.WITHDRAWN),
    ]
)

REFUND = TransitionTable(
    [
        _refund("submit", By.WORKER, {R.PENDING, R.UNKNOWN}, R.SUBMITTING),
        _refund("lose_sight", By.WORKER, {R.SUBMITTING}, R.UNKNOWN),
        _refund("process", By.PROVIDER, {R.SUBMITTING, R.UNKNOWN}, R.PROCESSING),
        _refund("succeed", By.PROVIDER, {R.SUBMITTING, R.UNKNOWN, R.PROCESSING}, R.SUCCEEDED),
        # A bank may send a refund back days after it was reported as done.
        _refund("fail", By.PROVIDER, {R.SUBMITTING, R.UNKNOWN, R.PROCESSING, R.SUCCEEDED}, R.FAILED),
        _refund("quarantine", By.PROVIDER, {R.SUBMITTING, R.UNKNOWN, R.PROCESSING}, R.QUARANTINED),
        # A person has compared it: it is what was asked for after all, or the provider knows nothing of it.
        _refund("resume", By.OWNER, {R.QUARANTINED}, R.PROCESSING),
        _refund("give_up", By.OWNER, {R.QUARANTINED}, R.FAILED),
    ]
)


def _transfer(name: str, actor: By, sources: set[T], target: T) -> Transition[T, By]:
    return Transition(name=name, actors=frozenset({actor}), sources=frozenset(sources), target=target)


def _reversal(name: str, actor: By, sources: set[V], target: V) -> Transition[V, By]:
    return Transition(name=name, actors=frozenset({actor}), sources=frozenset(sources), target=target)


def _dispute(name: str, sources: set[D], target: D) -> Transition[D, By]:
    return Transition(name=name, actors=frozenset({By.PROVIDER}), sources=frozenset(sources), target=target)


TRANSFER = TransitionTable(
    [
        # It has cleared, nothing holds it and the seller can be paid (R-PAY-5): the amount is fixed now.
        _transfer("request", By.WORKER, {T.WAITING}, T.PENDING),
        _transfer("submit", By.WORKER, {T.PENDING, T.UNKNOWN}, T.SUBMITTING),
        _transfer("lose_sight", By.WORKER, {T.SUBMITTING}, T.UNKNOWN),
        _transfer("succeed", By.PROVIDER, {T.SUBMITTING, T.UNKNOWN}, T.SUCCEEDED),
        # A definite no: the money is payable again, and waits for what was missing.
        _transfer("refuse", By.PROVIDER, {T.SUBMITTING, T.UNKNOWN}, T.WAITING),
        _transfer("quarantine", By.PROVIDER, {T.SUBMITTING, T.UNKNOWN}, T.QUARANTINED),
        # A person has compared it: it is what we asked for after all, or the provider has sent nothing of it.
        _transfer("resume", By.OWNER, {T.QUARANTINED}, T.UNKNOWN),
        _transfer("give_up", By.OWNER, {T.QUARANTINED}, T.WAITING),
        _transfer("close", By.WORKER, {T.WAITING}, T.CLOSED),
        # A refund that had left nothing to send came back from the bank.
        _transfer("reopen", By.WORKER, {T.CLOSED}, T.WAITING),
    ]
)

REVERSAL = TransitionTable(
    [
        _reversal("submit", By.WORKER, {V.PENDING, V.UNKNOWN}, V.SUBMITTING),
        _reversal("lose_sight", By.WORKER, {V.SUBMITTING}, V.UNKNOWN),
        _reversal("succeed", By.PROVIDER, {V.SUBMITTING, V.UNKNOWN}, V.SUCCEEDED),
        _reversal("fail", By.PROVIDER, {V.SUBMITTING, V.UNKNOWN}, V.FAILED),
        # The debt is paid another way, so nothing is taken back.
        _reversal("drop", By.WORKER, {V.PENDING}, V.FAILED),
        _reversal("quarantine", By.PROVIDER, {V.SUBMITTING, V.UNKNOWN}, V.QUARANTINED),
        _reversal("resume", By.OWNER, {V.QUARANTINED}, V.UNKNOWN),
        _reversal("give_up", By.OWNER, {V.QUARANTINED}, V.FAILED),
    ]
)

OPEN_DISPUTE = {D.INQUIRY, D.NEEDS_RESPONSE, D.UNDER_REVIEW}

DISPUTE = TransitionTable(
    [
        _dispute("escalate", {D.INQUIRY}, D.NEEDS_RESPONSE),
        _dispute("review", {D.INQUIRY, D.NEEDS_RESPONSE}, D.UNDER_REVIEW),
        _dispute("win", OPEN_DISPUTE, D.WON),
        _dispute("lose", OPEN_DISPUTE, D.LOST),
        _dispute("close", OPEN_DISPUTE, D.CLOSED),
    ]
)


def edges_of(table: TransitionTable[Any]) -> list[tuple[str, str]]:
    """The table for the database's trigger, in words."""
    return [(str(source), str(target)) for source, target in table.edges()]
