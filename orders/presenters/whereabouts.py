"""The money page of an order (R-PAY-8): the flow, a list by milestone, charges and refunds with their papers, and what
happens next. Each side sees its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from marketplace.kernel.money import Money, total
from orders.enums import CancelReason, MilestoneState
from orders.models import Milestone, Order
from orders.presenters.flow import Flow, asked_of, asked_words, flow_of
from orders.presenters.forecast import Outlook, outlooks_of
from orders.presenters.pieces import Piece, Stage, pieces_of
from orders.presenters.rail import Post, posts_of
from orders.presenters.turns import Turn, turn_of
from orders.presenters.words import card_name, other, percent, plain_day
from orders.selectors import OrderView, view_order
from payments.documents import documents_for
from payments.enums import DocumentKind, HoldKind, RefundKind, RefundState
from payments.models import Charge, Document, Refund
from payments.selectors import charges_for

M = MilestoneState
WITH_THE_BANK = frozenset({RefundState.PENDING, RefundState.SUBMITTING, RefundState.UNKNOWN, RefundState.PROCESSING})
UNSENT = frozenset({Stage.CLEARING, Stage.AVAILABLE})
HELD_BACK = {
    HoldKind.CHARGEBACK: "waits for a chargeback",
    HoldKind.CASE: "waits for an open case",
    HoldKind.SUPPORT: "held by support",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A milestone's money. `done`: spent by the buyer, or the seller's after commission. The sums of a row are all of
    what was charged for it, in the side's own view.
    """

    name: str
    position: int | None
    post: Post | None
    note: str
    done: Money
    commission: Money
    held: Money
    back: Money
    ahead: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidCharge:
    """A charge that was paid, as the side that looks sees it: the buyer with fee and card, the seller its price."""

    name: str
    amount: Money
    at: datetime | None
    card: str
    papers: list[Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Money back to the buyer. `state` in words."""

    name: str
    amount: Money
    state: str
    reason: str
    at: datetime
    papers: list[Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Everything that the money page shows. `needs_payouts`: money waits until this seller has set them up."""

    view: OrderView
    other: User
    lead: str
    flow: Flow
    rows: list[Row]
    sums: Row
    charges: list[PaidCharge]
    returns: list[Return]
    papers: list[Document]
    next: list[Outlook]
    fee_words: str
    needs_payouts: bool

    @property
    def order(self) -> Order:
        return self.view.order

    @property
    def is_buyer(self) -> bool:
        return self.view.is_buyer

    @property
    def action(self) -> str:
        """What waits for the buyer, as a button's words; "" when nothing does."""
        asked, current = asked_of(self.view), self.view.current
        if not self.is_buyer or current is None or turn_of(self.view.facts) != Turn.BUYER:
            return ""
        if asked:
            return f"Pay {asked.to_pay} for ‘{asked.name}’"
        return f"Decide on ‘{current.name}’" if current.state == M.DELIVERED else ""

    @property
    def charged(self) -> Money:
        return total([charge.amount for charge in self.charges], self.order.currency)


def whereabouts_of(order: Order, user: User, *, now: datetime) -> Whereabouts:
    """Expects `order` with its milestones read (`selectors.with_milestones`)."""
    view = view_order(order, user, now=now)
    pieces = pieces_of(view)
    flow = flow_of(view, pieces)
    posts = dict(zip([milestone.pk for milestone in view.facts.milestones], posts_of(view), strict=True))
    rows = [_row(view, piece, posts.get(piece.milestone.pk) if piece.milestone else None) for piece in pieces]
    papers = documents_for(user, order.public_id)
    charges = [charge for charge in charges_for(order.public_id) if charge.succeeded_at]
    return Whereabouts(
        view=view,
        other=other(view),
        lead=_lead(view, flow) + _disputed(view, pieces),
        flow=flow,
        rows=rows,
        sums=_sum(view, rows),
        charges=[_paid(view, charge, papers) for charge in charges],
        returns=[_return(view, refund, charge, papers) for charge in charges for refund in charge.refunds.all()],
        papers=[paper for paper in papers if paper.kind == DocumentKind.STATEMENT],
        next=outlooks_of(view, pieces),
        needs_payouts=user == order.seller and any(piece.stage in UNSENT and not piece.payable for piece in pieces),
        fee_words=f"Sums include the service fee of {percent(view.order.policy.buyer_fee_bp)}. "
        f"{other(view).first_name} gets each price less Milepost’s commission of "
        f"{percent(view.order.policy.commission_bp)}."
        if view.is_buyer
        else f"Prices, without the fee that {other(view).first_name} pays on top. Milepost’s commission is "
        f"{percent(view.order.policy.commission_bp)} of what is accepted.",
    )


def _lead(view: OrderView, flow: Flow) -> str:
    """The page in a sentence or two."""
    if not flow.bands:
        return f"Nothing is charged yet. {flow.ahead} is agreed."
    everything = flow.total + flow.ahead
    charged = f"{flow.total} of {everything} is charged." if flow.ahead else f"{flow.total} was charged."
    held = next((band for band in flow.bands if band.name == "held"), None)
    if held is None:
        asked = asked_of(view)
        return f"{charged} {asked_words(view, asked)}." if asked else charged
    who = "you decide" if view.is_buyer else f"{other(view).first_name} decides"
    return f"{charged} {held.amount} of it is held for ‘{held.note}’ and moves when {who}."


def _disputed(view: OrderView, pieces: Sequence[Piece]) -> str:
    """What a bank took back and has not decided about; the flow shows it where it stood."""
    amount = sum(piece.balances.books.disputed for piece in pieces if piece.balances)
    if not amount:
        return ""
    whose = "Your" if view.is_buyer else f"{other(view).first_name}’s"
    return f" {whose} bank took {Money(amount, view.order.currency)} back and is deciding about it."


# --- By milestone -----------------------------------------------------------------------------------------------------
def _row(view: OrderView, piece: Piece, post: Post | None) -> Row:
    currency, milestone, b = view.order.currency, piece.milestone, piece.balances
    ahead = Money.zero(currency)
    if piece.ahead and milestone:
        ahead = milestone.to_pay if view.is_buyer else milestone.price
    done = commission = held = back = 0
    if b and view.is_buyer:
        done, held = piece.spent + b.fee - b.books.fee_held, b.books.held + b.books.fee_held
        back = b.back + b.books.lost
    elif b:
        done, commission = piece.earned, b.books.commission + b.books.commission_accrued
        held, back = b.books.held, b.price_back + b.price_lost
    return Row(
        name=piece.name,
        position=milestone.position if milestone else None,
        post=post,
        note=_note(view, piece),
        done=Money(done, currency),
        commission=Money(commission, currency),
        held=Money(held, currency),
        back=Money(back, currency),
        ahead=ahead,
    )


def _sum(view: OrderView, rows: Sequence[Row]) -> Row:
    currency = view.order.currency
    return Row(
        name="Total",
        position=None,
        post=None,
        note="",
        done=total([row.done for row in rows], currency),
        commission=total([row.commission for row in rows], currency),
        held=total([row.held for row in rows], currency),
        back=total([row.back for row in rows], currency),
        ahead=total([row.ahead for row in rows], currency),
    )


def _note(view: OrderView, piece: Piece) -> str:
    """Where it is and until when, under the milestone's name."""
    b, milestone = piece.balances, piece.milestone
    if b and b.books.disputed:
        disputed = Money(b.books.disputed, view.order.currency)
        whose = "Your" if view.is_buyer else f"{other(view).first_name}’s"
        return f"{whose} bank took {disputed} back and is deciding about it"
    if b and b.books.held and milestone:
        return _held_note(view, piece)
    if piece.stage:
        return _stage_note(view, piece, piece.stage)
    if b and b.books.captured:
        return "Lost to a chargeback" if b.books.lost else _gone_back(view, b.books.refunding + b.books.surplus)
    if milestone and milestone == asked_of(view):
        return _asked_note(view)
    if milestone and piece.ahead and milestone.state in (M.PLANNED, M.SCHEDULED):
        return _ahead_note(view, milestone)
    return "Never charged" if milestone and milestone.state == M.NOT_STARTED else ""


def _asked_note(view: OrderView) -> str:
    if turn_of(view.facts) == Turn.BANK:
        return "Being charged"
    return "Waits for your payment" if view.is_buyer else f"Waits for {other(view).first_name}’s payment"


def _ahead_note(view: OrderView, milestone: Milestone) -> str:
    before = next((m for m in view.facts.milestones if m.position == milestone.position - 1), None)
    if view.facts.is_subscription:
        when = plain_day(milestone.begins_at) if milestone.begins_at else "a month after the one before"
        return f"Charged {when}, unless one of you ends it before"
    return f"Charged when ‘{before.name}’ is accepted" if before else ""


def _held_note(view: OrderView, piece: Piece) -> str:
    milestone = piece.milestone
    if milestone is None or milestone.state != M.DELIVERED:
        due = f", due {plain_day(milestone.due_at)}" if milestone and milestone.due_at else ""
        return f"Held until it is delivered and accepted{due}"
    who = "you decide" if view.is_buyer else f"{other(view).first_name} decides"
    return f"Held until {who}, by {plain_day(milestone.review_deadline)}"


def _gone_back(view: OrderView, under_way: int) -> str:
    whom = "you" if view.is_buyer else other(view).first_name
    return f"On its way back to {whom}" if under_way else f"Back with {whom}"


def _stage_note(view: OrderView, piece: Piece, stage: Stage) -> str:
    whom, transfer = ("you" if not view.is_buyer else other(view).first_name), piece.transfer
    match stage:
        case Stage.ACCEPTED:
            return "Accepted, released when the order is complete"
        case Stage.CLEARING if transfer:
            held = f", {HELD_BACK[HoldKind(piece.hold.kind)]}" if piece.hold else ""
            day = plain_day(transfer.clears_at)
            return f"Clearing, reaches {whom} {day}{held}" if piece.payable else f"Clearing until {day}{held}"
        case Stage.AVAILABLE:
            return f"Cleared, {_cleared_note(view, piece)}"
        case Stage.ON_THE_WAY:
            return f"On its way to {whom}"
        case Stage.PAID_OUT if transfer and transfer.succeeded_at:
            return f"Paid out {plain_day(transfer.succeeded_at)}"
        case Stage.PAID_OUT:
            return "Paid out"
    return "Released, clearing"


def _cleared_note(view: OrderView, piece: Piece) -> str:
    if piece.hold:
        return HELD_BACK[HoldKind(piece.hold.kind)]
    if piece.payable:
        return "about to be sent"
    return "waits to be sent" if view.is_buyer else "waits until your payouts are set up"


# --- Charges and refunds ----------------------------------------------------------------------------------------------
def _paid(view: OrderView, charge: Charge, papers: Sequence[Document]) -> PaidCharge:
    milestone = next((m for m in view.facts.milestones if m.charge_id == charge.pk), None)
    return PaidCharge(
        name=milestone.name if milestone else charge.description,
        amount=charge.total_money if view.is_buyer else Money(charge.amount, charge.currency),
        at=charge.succeeded_at,
        card=card_name(charge.method_label) if view.is_buyer else "",
        papers=[p for p in papers if p.kind == DocumentKind.INVOICE and p.charge_id == charge.pk],
    )


def _return(view: OrderView, refund: Refund, charge: Charge, papers: Sequence[Document]) -> Return:
    milestone = next((m for m in view.facts.milestones if m.charge_id == charge.pk), None)
    sellers = 0 if refund.kind == RefundKind.SURPLUS else refund.price_part
    return Return(
        name=milestone.name if milestone else charge.description,
        amount=refund.money if view.is_buyer else Money(sellers, refund.currency),
        state=_state_of(refund),
        reason=_reason_of(refund),
        at=refund.created_at,
        papers=[p for p in papers if p.kind == DocumentKind.CREDIT_NOTE and p.refund_id == refund.pk],
    )


def _reason_of(refund: Refund) -> str:
    """Support's reasons are kept as codes of its list."""
    return CancelReason(refund.reason).label if refund.reason in CancelReason.values else refund.reason


def _state_of(refund: Refund) -> str:
    if refund.state in WITH_THE_BANK:
        return "on its way"
    if refund.state == RefundState.SUCCEEDED:
        return "arrived"
    again = refund.kind == RefundKind.SURPLUS  # the clock sends it, unless the bank gave it back meanwhile
    return "did not arrive" if again else "did not arrive; support looks after it"
