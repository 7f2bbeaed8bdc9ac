"""The four answers at the head of an order: where are we, whose turn, what if nobody acts, where is the money."""

from dataclasses import dataclass

from orders.enums import Completion, MilestoneState, OrderState
from orders.presenters.cards import charged_card
from orders.presenters.money import Purse
from orders.presenters.rail import state_words
from orders.presenters.silence import silence_of
from orders.presenters.turns import Turn, is_yours, turn_of
from orders.presenters.words import counted, other, plain_day
from orders.selectors import OrderView

M, S = MilestoneState, OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of the four; `yours` lights it up."""

    question: str
    answer: str
    more: str = ""
    yours: bool = False


def answers_of(view: OrderView, purse: Purse) -> list[Answer]:
    silence = silence_of(view)
    return [
        _where(view),
        answer_whose(view),
        Answer(question="If nobody acts?", answer=silence.head, more=silence.more),
        _money(purse),
    ]


def _where(view: OrderView) -> Answer:
    current, milestones = view.current, view.facts.milestones
    if current is None:
        state = S(view.order.state)
        why = Completion(view.order.completion).label if view.order.completion else ""
        if state == S.COMPLETED and len(milestones) > 1:
            accepted = f"{len(view.facts.accepted)} of {counted(len(milestones), view.facts.noun)} accepted"
            return Answer(question="Where are we?", answer=state.label, more=f"{why}, {accepted}")
        return Answer(question="Where are we?", answer=state.label, more=why)
    which = f"{view.facts.noun.capitalize()} {current.position} of {len(milestones)}"
    where = which if len(milestones) > 1 else state_words(view, current)
    return Answer(question="Where are we?", answer=where, more=_progress(view))


def _progress(view: OrderView) -> str:
    current = view.current
    if current is None:
        return ""
    name = f"‘{current.name}’"
    match M(current.state):
        case M.SCHEDULED:
            return f"{name} begins {plain_day(current.begins_at)}"
        case M.DELIVERED:
            return f"{name}, delivered {plain_day(current.delivered_at)}"
        case M.IN_PROGRESS if view.order.state == S.AWAITING_REQUIREMENTS:
            return f"{name} is paid and waits for answers"
        case M.IN_PROGRESS if current.late_at:
            return f"{name} was due {plain_day(current.due_at)}"
        case M.IN_PROGRESS:
            return f"{name} is being made, due {plain_day(current.due_at)}"
        case M.IN_REVISION:
            return f"{name} is being revised, due {plain_day(current.due_at)}"
    return f"{name} is not paid yet"


def answer_whose(view: OrderView) -> Answer:
    facts, turn = view.facts, turn_of(view.facts)
    first = other(view).first_name
    if is_yours(facts, view.role):
        return Answer(question="Whose turn?", answer="Yours", more=_your_step(view), yours=True)
    if turn == Turn.BANK:
        return Answer(question="Whose turn?", answer="The bank’s", more=_being_charged(view))
    if turn == Turn.NOBODY:
        return Answer(question="Whose turn?", answer="Nobody’s", more=_why_nobody(view))
    return Answer(question="Whose turn?", answer=f"{first}’s", more=_their_step(view))


def _why_nobody(view: OrderView) -> str:
    if view.is_over:
        return "It is over"
    if view.order.held_since:
        return "It is on hold, and support is at it"
    return _progress(view)


def _being_charged(view: OrderView) -> str:
    return f"{charged_card(view)} is charged" if view.is_buyer else "The payment is being made"


def _your_step(view: OrderView) -> str:
    current = view.current
    if current is None:
        return ""
    if not view.is_buyer:
        return "Answer about the extra time" if current.state == M.DELIVERED else "Deliver it with a few words"
    match M(current.state):
        case M.DELIVERED:
            return f"Look at it, then accept{' or ask for changes' if view.revisions_left else ' it'}"
        case M.IN_PROGRESS:
            return "Answer the questions so that work can begin"
        case M.ACTION_REQUIRED:
            return "Confirm or refuse the next payment"
    return f"Pay {current.to_pay} for ‘{current.name}’"


def _their_step(view: OrderView) -> str:
    current = view.current
    if current is None:
        return ""
    match M(current.state):
        case M.DELIVERED:
            return "Looks at the delivery and decides"
        case M.IN_PROGRESS if view.order.state == S.AWAITING_REQUIREMENTS:
            return "Answers the questions first"
        case M.IN_PROGRESS:
            return "Works on it and delivers"
        case M.IN_REVISION:
            return "Revises it and delivers again"
    return f"Pays for the {view.facts.noun} first"


def _money(purse: Purse) -> Answer:
    ahead = f"{purse.ahead} not charged" if purse.ahead else ""
    if purse.is_untouched:
        return Answer(question="Where is the money?", answer="Nothing charged", more=ahead)
    done = "spent" if purse.is_buyer else "earned"
    parts = [f"{purse.settled} {done}"] if purse.settled else []
    parts += [f"{purse.refunded} back to you"] if purse.refunded else []
    parts += [f"{purse.surplus} paid twice, goes back"] if purse.surplus else []
    parts += [ahead] if ahead else []
    if purse.held:
        return Answer(question="Where is the money?", answer=f"{purse.held} held", more=" · ".join(parts))
    if not parts:
        return Answer(question="Where is the money?", answer="Nothing held")
    return Answer(question="Where is the money?", answer=parts[0], more=" · ".join(parts[1:]) or "nothing held")
