"""Calm words for an order that has ended, for each side (R-ORD-4)."""

from dataclasses import dataclass, replace

from orders.enums import Completion, MilestoneState, OrderState
from orders.models import Milestone
from orders.presenters.holds import hold_words
from orders.presenters.money import Purse
from orders.presenters.words import counted, other
from orders.selectors import OrderView


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """`state` is the look of the badge; `words` are sentences."""

    state: str
    title: str
    words: tuple[str, ...]


def ending_of(view: OrderView, purse: Purse) -> Ending | None:
    """None while the order is under way."""
    if not view.is_over:
        return None
    ending = _ending(view, purse)
    return replace(ending, words=(*ending.words, *hold_words(view))) if view.order.held_since else ending


def _ending(view: OrderView, purse: Purse) -> Ending:
    if view.order.state == OrderState.ABANDONED:
        return _abandoned(view)
    if view.order.state == OrderState.CANCELLED:
        return _cancelled(view, purse)
    return _completed(view, purse)


def _abandoned(view: OrderView) -> Ending:
    words: tuple[str, ...]
    if view.is_buyer:
        words = (
            "It was not paid in time, so it lapsed. Nothing was charged.",
            "You can order again whenever you like.",
        )
    else:
        words = (f"{other(view).first_name} did not pay in time, so it lapsed. There is nothing for you to do.",)
    return Ending(state="abandoned", title="This order never began", words=words)


def _cancelled(view: OrderView, purse: Purse) -> Ending:
    if taken := _charged_back(view):
        whose = "your" if view.is_buyer else f"{other(view).first_name}’s"
        more = "Nothing more is charged." if view.is_buyer else "Nothing was earned. Please stop working on it."
        money = f"The bank took {whose} payment for {taken} back. {more}"
    elif not view.is_buyer:
        money = "Nothing was accepted, so nothing was earned. Please stop working on it."
    elif purse.refunded:
        money = f"{purse.refunded} goes back to you, the way you paid, service fee included. Banks take a few days."
    else:
        money = "Nothing more is charged."
    return Ending(state="cancelled", title="This order was cancelled", words=(money,))


def _completed(view: OrderView, purse: Purse) -> Ending:
    why = Completion(view.order.completion)
    title, first = _how(view, why)
    return Ending(state=why, title=title, words=(first, _unstarted(view), _money(view, purse)))


def _how(view: OrderView, why: Completion) -> tuple[str, str]:
    first, accepted = other(view).first_name, view.facts.accepted
    count = counted(len(accepted), view.facts.noun)
    whose = "You" if view.is_buyer else first
    match why:
        case Completion.FINISHED:
            text = "Everything was delivered and accepted." if len(accepted) > 1 else "It was delivered and accepted."
            return "This order is finished", text
        case Completion.STOPPED:
            return "This order was stopped", f"{whose} stopped it after {count}. What was accepted is paid."
        case Completion.REVIEW_LAPSED:
            last = f"‘{accepted[-1].name}’" if accepted else "the delivery"
            return "The time to review ran out", f"{last} counts as accepted and is paid. The order ended there."
        case Completion.PAYMENT_LAPSED:
            return "The next payment never came", f"The order ended after {count}. What was accepted stays paid."
        case Completion.SUBSCRIPTION_ENDED:
            return "This subscription has ended", f"It ended after {count}. What was accepted is paid."
        case Completion.ENDED_BY_SUPPORT if taken := _charged_back(view):
            return "A chargeback ended this order", f"The bank took the payment for {taken} back."
        case Completion.ENDED_BY_SUPPORT:
            return "Support ended this order", "What was accepted stays paid."


def _charged_back(view: OrderView) -> str:
    """The milestone that was under way when the bank took its money; "" when none was."""
    taken = [m for m in view.facts.milestones if m.state == MilestoneState.CHARGED_BACK and m.accepted_at is None]
    return f"‘{taken[-1].name}’" if taken else ""


def _unstarted(view: OrderView) -> str:
    never: list[Milestone] = [m for m in view.facts.milestones if m.state == "not_started"]
    if not never:
        return ""
    names = f"‘{never[0].name}’" if len(never) == 1 else counted(len(never), view.facts.noun)
    rest = "never started and is not charged" if len(never) == 1 else "never started and are not charged"
    return f"{names} {rest}." if view.is_buyer else f"{names} {rest}: please don’t work on it."


def _money(view: OrderView, purse: Purse) -> str:
    if view.is_buyer:
        back = f" {purse.refunded} goes back to you." if purse.refunded else ""
        return f"You paid {purse.settled} in all, {purse.fee} of it service fees.{back}"
    return f"You earned {purse.settled}, after {purse.fee} commission."
