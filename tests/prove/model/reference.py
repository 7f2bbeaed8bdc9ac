"""The reference model: one order's life in plain Python, from product.md §4–§5 and references/process.md alone.

It imports nothing of the code that it judges. `try_to` says whether somebody may do something now, and does it;
`hear` takes news of the bank. What the bank does is not the model's to predict: the harness reads it at Stripe.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.prove.model.books import Owed, Phase, Stage
from tests.prove.model.promises import FINAL, GOES_ON_WHEN_HELD, PROMISES, Standing
from tests.prove.model.terms import CLEARANCE, DAY, EXTRA_REVIEW, GRACE, RETRY_DAYS, UNPAID, Agreement


@dataclass(kw_only=True)
class Piece:
    """One milestone."""

    state: str = "planned"
    started_at: datetime | None = None
    due_at: datetime | None = None
    is_late: bool = False
    review_deadline: datetime | None = None
    retry_at: datetime | None = None
    retries: int = 0
    revisions_used: int = 0
    extension: str = "none"


@dataclass(kw_only=True)
class Reference:
    """One order. `now` is the harness's clock; `told` is every step that was made, as (what, who)."""

    agreed: Agreement
    now: datetime
    state: str = "pending_payment"
    completion: str = ""
    unpaid_deadline: datetime = field(init=False)
    pay_by: datetime | None = None
    has_card: bool = False
    pieces: list[Piece] = field(init=False)
    owed: list[Owed] = field(init=False)
    holds: set[str] = field(default_factory=set)
    held_since: datetime | None = None
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unpaid_deadline = self.now + UNPAID
        self.pieces = [Piece(state="planned" if n else "charging") for n in range(len(self.agreed.prices))]
        self.owed = [Owed(piece=0, price=self.agreed.prices[0], phase=Phase.PAGE, has_card=False)]

    # --- Reading ---
    @property
    def at(self) -> int | None:
        """The number of the milestone under way."""
        quiet = ("planned", "accepted", "not_started", "cancelled", "charged_back")
        return next((n for n, piece in enumerate(self.pieces) if piece.state not in quiet), None)

    @property
    def piece(self) -> Piece:
        assert self.at is not None
        return self.pieces[self.at]

    @property
    def standing(self) -> Standing:
        return self.state, "" if self.at is None else self.piece.state

    @property
    def asked(self) -> Owed:
        """What is owed for the milestone under way."""
        return next(owed for owed in reversed(self.owed) if owed.piece == self.at)

    @property
    def following(self) -> int | None:
        return next((n for n, piece in enumerate(self.pieces) if piece.state == "planned"), None)

    def some_accepted(self) -> bool:
        return any(piece.state == "accepted" for piece in self.pieces)

    def may(self, name: str, who: str) -> bool:
        promise = PROMISES[name]
        if who != promise.who or self.standing not in promise.where:
            return False
        if self.held_since is not None and name not in GOES_ON_WHEN_HELD:
            return False
        guard: Callable[[], bool] | None = getattr(self, promise.guard) if promise.guard else None
        return guard is None or guard()

    def try_to(self, name: str, who: str) -> bool:
        """Do it if `who` may, and say whether."""
        if not self.may(name, who):
            return False
        effect: Callable[[], None] = getattr(self, PROMISES[name].effect)
        self.told.append((name, who))
        effect()
        return True

    # --- Conditions ---
    def none_accepted(self) -> bool:
        return not self.some_accepted()

    def not_last(self) -> bool:
        return self.following is not None

    def in_time(self) -> bool:
        return self.piece.review_deadline is not None and self.now < self.piece.review_deadline

    def review_is_over(self) -> bool:
        return not self.in_time() and self.something_left()

    def something_left(self) -> bool:
        """What went back to the buyer in full can't be the seller's any more."""
        return self.asked.left.total > 0

    def in_time_and_not_last(self) -> bool:
        return self.in_time() and self.not_last() and self.something_left()

    def in_time_and_last(self) -> bool:
        return self.in_time() and not self.not_last() and self.something_left()

    def refundable(self) -> bool:
        """Not while the buyer's bank has taken the money back and has not decided."""
        return not self.asked.in_dispute

    def none_and_refundable(self) -> bool:
        return self.none_accepted() and self.refundable()

    def some_and_refundable(self) -> bool:
        return self.some_accepted() and self.refundable()

    def refundable_and_not_last(self) -> bool:
        return self.refundable() and self.not_last()

    def may_revise(self) -> bool:
        assert self.at is not None
        if self.agreed.policy.revisions_of_order:
            left = self.agreed.revisions_in_all - sum(piece.revisions_used for piece in self.pieces)
        else:
            left = self.agreed.revisions[self.at] - self.piece.revisions_used
        return self.in_time() and left > 0

    def may_ask_time(self) -> bool:
        return self.in_time() and self.piece.extension == "none"

    def time_is_asked(self) -> bool:
        return self.in_time() and self.piece.extension == "asked"

    def unpaid_is_over(self) -> bool:
        return self.now >= self.unpaid_deadline and self.withdrawable()

    def nothing_asked(self) -> bool:
        return not self.agreed.has_questions

    def newly_late(self) -> bool:
        return self.piece.due_at is not None and self.now >= self.piece.due_at and not self.piece.is_late

    def withdrawable(self) -> bool:
        """T11: not while the bank has it."""
        return self.asked.phase not in (Phase.IN_FLIGHT, Phase.PAID)

    def some_and_withdrawable(self) -> bool:
        return self.some_accepted() and self.withdrawable()

    def none_and_withdrawable(self) -> bool:
        return self.none_accepted() and self.withdrawable()

    def grace_over(self) -> bool:
        return self.pay_by is not None and self.now >= self.pay_by and self.withdrawable()

    def some_and_grace_over(self) -> bool:
        return self.some_accepted() and self.grace_over()

    def none_and_grace_over(self) -> bool:
        return self.none_accepted() and self.grace_over()

    def may_retry(self) -> bool:
        return self.piece.retry_at is not None and self.now >= self.piece.retry_at and self.card_can_pay()

    def card_can_pay(self) -> bool:
        return self.asked.has_card and not self.asked.card_refused

    # --- What they do ---
    @property
    def counts_from(self) -> datetime:
        """What a new deadline counts from: now, or when the clocks were stopped."""
        return self.held_since or self.now

    def hold(self, reason: str) -> None:
        self.holds.add(reason)
        self.held_since = self.held_since or self.now

    def lift(self, reason: str) -> None:
        """With the last reason the clocks run again, and what lay ahead has moved by the time that they stood still."""
        self.holds.discard(reason)
        if self.holds or self.held_since is None:
            return
        by, self.held_since = self.now - self.held_since, None
        if self.state in FINAL:
            return
        self.pay_by = self.pay_by and self.pay_by + by
        if self.state == "pending_payment":
            self.unpaid_deadline += by
        if self.at is not None:
            piece = self.piece
            piece.due_at = piece.due_at and piece.due_at + by
            piece.review_deadline = piece.review_deadline and piece.review_deadline + by
            piece.retry_at = piece.retry_at and piece.retry_at + by

    def funded(self) -> None:
        self.state, self.piece.state = "awaiting_requirements", "in_progress"

    def begin(self) -> None:
        assert self.at is not None
        piece, self.state, self.pay_by = self.piece, "active", None
        piece.state, piece.started_at, piece.retry_at = "in_progress", self.now, None
        piece.due_at = self.counts_from + DAY * self.agreed.days[self.at]

    def delivered(self) -> None:
        self.piece.state, self.piece.review_deadline = "delivered", self.now + self.agreed.policy.review

    def revise(self) -> None:
        """Half the milestone's days, at least one, and not before it was due."""
        assert self.at is not None
        piece = self.piece
        piece.state, piece.review_deadline, piece.is_late = "in_revision", None, False
        piece.revisions_used += 1
        own = self.now + DAY * ((self.agreed.days[self.at] + 1) // 2)
        piece.due_at = max(own, piece.due_at or own)

    def ask_time(self) -> None:
        self.piece.extension = "asked"

    def grant_time(self) -> None:
        assert self.piece.review_deadline is not None
        self.piece.extension, self.piece.review_deadline = "granted", self.piece.review_deadline + EXTRA_REVIEW

    def refuse_time(self) -> None:
        self.piece.extension = "refused"

    def flag(self) -> None:
        self.piece.is_late = True

    def accept(self) -> None:
        """R-PAY-5, R-POL-3: released now, or when the order is over."""
        self.asked.accept()
        if self.agreed.policy.released_each:
            self.release(self.asked)
        self.piece.state = "accepted"

    def release(self, owed: Owed) -> None:
        """R-PAY-5: the seller's, to be sent once it has cleared."""
        owed.stage, owed.clears_at = Stage.RELEASED, self.now + CLEARANCE

    def go_on(self, *, by_saved_card: bool) -> None:
        number = self.following
        assert number is not None
        saved = by_saved_card and self.has_card
        phase = Phase.ASKED if saved else Phase.PAGE
        self.owed.append(Owed(piece=number, price=self.agreed.prices[number], phase=phase, has_card=saved))
        self.pieces[number].state = "charging" if by_saved_card else "action_required"
        self.state, self.pay_by = "awaiting_next_payment", self.counts_from + GRACE

    def accept_and_go_on(self) -> None:
        self.accept()
        self.go_on(by_saved_card=True)

    def end(self, state: str, completion: str = "") -> None:
        """What was accepted is the seller's, charged back since or not; what never began never will."""
        for owed in self.owed:
            if owed.stage == Stage.ACCRUED:
                self.release(owed)
        for piece in self.pieces:
            piece.state = "not_started" if piece.state == "planned" else piece.state
        self.state, self.completion, self.pay_by = state, completion, None

    def accept_and_finish(self) -> None:
        self.accept()
        self.end("completed", "finished")

    def accept_and_stop(self) -> None:
        self.accept()
        self.end("completed", "stopped")

    def lapse_review(self) -> None:
        self.accept()
        self.end("completed", "review_lapsed")

    def give_up(self) -> None:
        """Nobody asks for it any more."""
        self.asked.phase, self.piece.state = Phase.WITHDRAWING, "not_started"

    def abandon(self) -> None:
        self.give_up()
        self.end("abandoned")

    def stop(self) -> None:
        self.give_up()
        self.end("completed", "stopped")

    def lapse_payment(self) -> None:
        self.give_up()
        self.end("completed", "payment_lapsed")

    def end_unpaid(self) -> None:
        self.give_up()
        self.end("completed", "ended_by_support")

    def end_without_any(self) -> None:
        self.give_up()
        self.end("cancelled")

    def send_back(self) -> None:
        self.asked.send_back_all()
        self.piece.state = "cancelled"

    def cancel_order(self) -> None:
        self.send_back()
        self.end("cancelled")

    def end_order(self) -> None:
        self.send_back()
        self.end("completed", "ended_by_support")

    def take_and_cancel(self) -> None:
        self.piece.state = "charged_back"
        self.end("cancelled")

    def take_and_end(self) -> None:
        self.piece.state = "charged_back"
        self.end("completed", "ended_by_support")

    def cancel_and_go_on(self) -> None:
        self.send_back()
        self.go_on(by_saved_card=False)
        self.plan_retry()

    def declined(self) -> None:
        self.piece.state = "payment_failed"
        self.plan_retry()

    def wants_buyer(self) -> None:
        self.piece.state = "action_required"
        self.plan_retry()

    def charge_again(self) -> None:
        self.piece.state = "charging"

    def retry(self) -> None:
        self.piece.state, self.asked.phase = "charging", Phase.ASKED

    def plan_retry(self) -> None:
        """R-POL-3: after 1, 3 and 5 days, counted from the first failure."""
        piece = self.piece
        piece.retry_at = None
        if piece.retries < len(RETRY_DAYS):
            before = RETRY_DAYS[piece.retries - 1] if piece.retries else 0
            piece.retry_at = self.counts_from + DAY * (RETRY_DAYS[piece.retries] - before)
            piece.retries += 1
