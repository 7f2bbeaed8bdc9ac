"""What happens next with the money: if the buyer accepts, stops, or nobody does anything (R-ORD-6…8, R-PAY-8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kernel.money import Money
from orders.enums import MilestoneState
from orders.models import Milestone
from orders.presenters.cards import capital_card
from orders.presenters.flow import asked_of
from orders.presenters.money import ahead_of
from orders.presenters.pieces import Piece, Stage
from orders.presenters.silence import condition_of, silence_of
from orders.presenters.turns import Turn, turn_of
from orders.presenters.words import counted, other, plain_day, plain_minute
from orders.selectors import OrderView


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`when` is the condition, in bold, "" without one; `then` goes on with the sentence."""

    when: str
    then: str
    icon: str
    tone: str = ""


def outlooks_of(view: OrderView, pieces: Sequence[Piece]) -> list[Outlook]:
    current = view.current
    found: list[Outlook] = []
    if current is not None and current.state == MilestoneState.DELIVERED:
        found += [_if_accepted(view, current), *_if_stopped(view, current), _if_silent(view, current)]
    elif current is not None and (sentence := silence_of(view).sentence):
        found += [*_if_paid(view), _if_nobody_acts(view, sentence)]
    return found + _payouts(view, pieces)


def _if_accepted(view: OrderView, current: Milestone) -> Outlook:
    first, following, card = other(view).first_name, view.following, view.order.card
    who = "you accept" if view.is_buyer else f"{first} accepts"
    released = f"{current.price} is released to {first if view.is_buyer else 'you'}"
    if following is not None and view.facts.is_next_ahead:
        charged = f"{following.to_pay} is charged for it" if view.is_buyer else "it is charged"
        then = f", {released}. ‘{following.name}’ begins {plain_day(following.begins_at)}, and {charged} then."
    elif following is None:
        then = f", {released} and the order is complete."
    elif not view.is_buyer:
        then = f" and goes on, {released}, and ‘{following.name}’ begins once it is paid."
    elif card is None:
        then = f" and go on, you pay {following.to_pay} for ‘{following.name}’ and {released}."
    else:
        then = f" and go on, {capital_card(card)} is charged {following.to_pay} at once and {released}."
    return Outlook(when=f"If {who} ‘{current.name}’", then=then, icon="hourglass", tone="turn")


def _if_stopped(view: OrderView, current: Milestone) -> list[Outlook]:
    if view.following is None:
        return []
    if view.facts.is_subscription:
        who = "one of you ends it after this month"
    else:
        who = "you stop" if view.is_buyer else f"{other(view).first_name} stops"
    never = ahead_of(view.facts, with_fee=view.is_buyer)
    then = f", {current.price} is released, and {never} is never charged."
    return [Outlook(when=f"If {who}", then=then, icon="circle-stop")]


def _if_silent(view: OrderView, current: Milestone) -> Outlook:
    who = "you do nothing" if view.is_buyer else f"{other(view).first_name} does nothing"
    same = "the same as stopping" if view.following else "it counts as accepted"
    if view.following and view.facts.is_subscription:
        same = "it counts as accepted and the subscription ends"
    return Outlook(when=f"If {who}", then=f" by {plain_minute(current.review_deadline)}, {same}.", icon="clock")


def _if_paid(view: OrderView) -> list[Outlook]:
    """For a buyer whose payment is asked for (R-PAY-2)."""
    asked = asked_of(view)
    if asked is None or not view.is_buyer or turn_of(view.facts) != Turn.BUYER:
        return []
    then = f" {asked.to_pay} for ‘{asked.name}’, it begins, and the sum is held until you accept it."
    return [Outlook(when="If you pay", then=then, icon="credit-card", tone="turn")]


def _if_nobody_acts(view: OrderView, sentence: str) -> Outlook:
    condition = condition_of(view)
    if not sentence.startswith(condition):
        return Outlook(when="", then=sentence, icon="clock")
    return Outlook(when=condition, then=sentence.removeprefix(condition), icon="clock")


def _payouts(view: OrderView, pieces: Sequence[Piece]) -> list[Outlook]:
    """What is clearing, by the day on which it is sent; and what waits until the seller can be paid (R-PAY-5)."""
    days: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.stage == Stage.CLEARING and piece.transfer and not piece.hold:
            days.setdefault(plain_day(piece.transfer.clears_at), []).append(piece)
    clearing = [
        Outlook(when=f"On {day}", then=f", {_sum_of(view, clear)} {_sent(view, clear)}", icon="send")
        for day, clear in days.items()
    ]
    waiting = [piece for piece in pieces if piece.stage == Stage.AVAILABLE and not piece.hold and not piece.payable]
    if view.is_buyer or not waiting:
        return clearing
    then = f", {_sum_of(view, waiting)} is sent to you."
    return [*clearing, Outlook(when="As soon as Stripe knows where to pay you", then=then, icon="send", tone="turn")]


def _sent(view: OrderView, clear: Sequence[Piece]) -> str:
    """A buyer is not told how the seller stands with Stripe."""
    if clear[0].payable:
        return f"is sent to {other(view).first_name if view.is_buyer else 'you'}."
    if view.is_buyer:
        return f"has cleared and can be sent to {other(view).first_name}."
    return "has cleared. It waits until Stripe knows where to pay you."


def _sum_of(view: OrderView, pieces: Sequence[Piece]) -> str:
    """ "$108.00 for ‘Step 1’": what the seller has earned by them."""
    what = f"‘{pieces[0].name}’" if len(pieces) == 1 else counted(len(pieces), view.facts.noun)
    return f"{Money(sum(piece.earned for piece in pieces), view.order.currency)} for {what}"
