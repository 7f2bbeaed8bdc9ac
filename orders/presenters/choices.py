"""What a person can do now, one button per allowed transition: the button names the sum and the thing.

Only what `OrderView.actions` allows is offered; where money moves, the question before it says who gets what.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from orders.enums import MilestoneState
from orders.models import Milestone
from orders.presenters.cards import expiry_warning
from orders.presenters.turns import Turn, turn_of
from orders.presenters.words import card_words, counted, fee_words, other, percent, plain_minute
from orders.selectors import OrderView, cards_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a sum; `words` stand where there is no amount."""

    label: str
    amount: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that can be done: its button, the note under it, and the question that comes before it.

    `asks_first`: money moves or something ends, so a dialog (or without JavaScript a page) asks. `sum` is empty where
    nothing is charged. `shown_to_pay` is the sum on the button in minor units, for the service to compare. `warning`
    is what speaks against the saved card, and `other_card` the button that leaves it alone.
    """

    name: str
    label: str
    url: str
    title: str = ""
    words: tuple[str, ...] = ()
    note: str = ""
    warning: str = ""
    other_card: str = ""
    icon: str = ""
    kind: str = "second"
    asks_first: bool = False
    sum: tuple[Line, ...] = ()
    shown_to_pay: int | None = None

    @property
    def is_primary(self) -> bool:
        return self.kind == "primary"

    @property
    def total(self) -> Line | None:
        return Line(label="Charged now", amount=self.shown_to_pay) if self.shown_to_pay is not None else None


Builder = Callable[[OrderView, Milestone], Choice | None]


def choices_of(view: OrderView) -> list[Choice]:
    """Buttons for what is allowed now, the obvious one first. Delivering and answering have forms of their own."""
    current = view.current
    if current is None:
        return []
    found = [pay_choice(view, current)] if asks_for_payment(view) else []
    built = (BUILDERS[name](view, current) for name in view.actions if name in BUILDERS)
    return found + [choice for choice in built if choice is not None]


def choice_of(view: OrderView, name: str) -> Choice | None:
    return next((choice for choice in choices_of(view) if choice.name == name), None)


def asks_for_payment(view: OrderView) -> bool:
    """Whether the hosted page waits for this buyer; not while the bank is at work."""
    return view.can_pay and turn_of(view.facts) == Turn.BUYER


def charge_lines(milestone: Milestone) -> tuple[Line, ...]:
    lines = [Line(label=f"{milestone.name}, {counted(milestone.planned.days, 'day')}", amount=milestone.price.amount)]
    if milestone.fee:
        label = f"Service fee, {percent(milestone.order.policy.buyer_fee_bp)}"
        lines.append(Line(label=label, amount=milestone.fee.amount))
    return tuple(lines)


def pay_choice(view: OrderView, current: Milestone) -> Choice:
    only = len(view.facts.milestones) == 1
    return Choice(
        name="pay",
        label=f"Pay {current.to_pay}" + ("" if only else f" for ‘{current.name}’"),
        url=reverse("orders:pay", args=[view.order.public_id]),
        kind="primary",
        icon="lock",
        note=f"{fee_words(current)}. You pay on Stripe’s secure page; this site never sees your card.",
        shown_to_pay=current.to_pay.amount,
    )


def _url(view: OrderView, name: str) -> str:
    return reverse("orders:step", args=[view.order.public_id, name])


def _accept_and_continue(view: OrderView, current: Milestone) -> Choice:
    following = view.following
    if following is None:
        raise ValueError("the last milestone has none after it")
    card, saved = card_words(view.order.card), view.order.card is not None
    how = f"{card} is charged now" if saved else "You pay on the next page"
    return Choice(
        name="accept_and_continue",
        label=f"Accept and pay {following.to_pay} for ‘{following.name}’",
        url=_url(view, "accept_and_continue"),
        title=f"Accept ‘{current.name}’ and start ‘{following.name}’?",
        words=(
            f"The {current.price} held for ‘{current.name}’ goes to {other(view).first_name}. {how}; "
            f"work on ‘{following.name}’ begins when the charge has succeeded.",
        ),
        note=f"{card[:1].upper()}{card[1:]}, at once: {fee_words(following)}."
        if saved
        else f"{fee_words(following)}, paid on the next page.",
        warning=expiry_warning(view),
        other_card="Accept and pay with another card" if saved else "",
        kind="primary",
        asks_first=True,
        sum=charge_lines(following),
        shown_to_pay=following.to_pay.amount,
    )


def _accept_and_finish(view: OrderView, current: Milestone) -> Choice:
    first = other(view).first_name
    return Choice(
        name="accept_and_finish",
        label=f"Accept ‘{current.name}’ and finish",
        url=_url(view, "accept_and_finish"),
        title=f"Accept ‘{current.name}’ and finish the order?",
        words=(
            f"The {current.price} held for it goes to {first}. Nothing more is charged.",
            "This can’t be undone, so look at everything first.",
        ),
        note=f"The {current.price} that is held goes to {first}. Nothing more is charged.",
        kind="primary",
        asks_first=True,
    )


def _accept_and_stop(view: OrderView, current: Milestone) -> Choice:
    left = [m for m in view.facts.milestones if m.state == MilestoneState.PLANNED]
    rest = f"‘{left[0].name}’ never starts" if len(left) == 1 else f"the last {len(left)} milestones never start"
    return Choice(
        name="accept_and_stop",
        label="Accept and stop here",
        url=_url(view, "accept_and_stop"),
        title=f"Accept ‘{current.name}’ and stop here?",
        words=(
            f"The {current.price} held for ‘{current.name}’ goes to {other(view).first_name}; {rest}, and nothing more "
            "is charged.",
            "The order is complete then and can’t be resumed.",
        ),
        note=f"‘{current.name}’ is paid, {rest}, and nothing more is charged.",
        icon="circle-stop",
        asks_first=True,
    )


def _request_revision(view: OrderView, current: Milestone) -> Choice:
    return Choice(
        name="request_revision",
        label=f"Request a revision ({view.revisions_left} left)",
        url=_url(view, "request_revision"),
        title=f"What should change in ‘{current.name}’?",
        words=(
            f"{other(view).first_name} gets a new due date for it, and your time to review starts again with the next "
            "delivery. Nothing is charged.",
        ),
        note=f"Name a criterion or what is missing. {other(view).first_name} gets a new due date; nothing is charged.",
        icon="rotate-ccw",
    )


def _ask_more_time(view: OrderView, current: Milestone) -> Choice:
    days = counted(view.order.policy.extra_review_days, "more day")
    return Choice(
        name="ask_more_time",
        label=f"Ask for {days} to review",
        url=_url(view, "ask_more_time"),
        title=f"Ask for {days} to review ‘{current.name}’?",
        words=(
            f"Once per {view.facts.noun}. {other(view).first_name} decides; until then your deadline stays as it is.",
        ),
        kind="quiet",
        icon="hourglass",
    )


def _grant_more_time(view: OrderView, current: Milestone) -> Choice:
    days = counted(view.order.policy.extra_review_days, "more day")
    return Choice(
        name="grant_more_time",
        label=f"Give {other(view).first_name} {days}",
        url=_url(view, "grant_more_time"),
        title=f"Give {other(view).first_name} {days} to review ‘{current.name}’?",
        kind="primary",
    )


def _refuse_more_time(view: OrderView, current: Milestone) -> Choice:
    return Choice(
        name="refuse_more_time",
        label="Keep the deadline as it is",
        url=_url(view, "refuse_more_time"),
        title=f"Keep the deadline of ‘{current.name}’ as it is?",
    )


def _waive_requirements(view: OrderView, current: Milestone) -> Choice:
    return Choice(
        name="waive_requirements",
        label="Begin without answers",
        url=_url(view, "waive_requirements"),
        title=f"Begin ‘{current.name}’ without answers?",
        words=(
            f"Your {counted(current.planned.days, 'day')} count from now, and {other(view).first_name} is told that "
            "work has begun.",
        ),
        note=f"Your {counted(current.planned.days, 'day')} count from the moment you begin.",
        asks_first=True,
    )


def _charge_saved_card(view: OrderView, current: Milestone) -> Choice | None:
    """The same card again, or another that is kept; None when there is none to charge."""
    cards = cards_of(view)
    if not cards:
        return None
    only = f"{card_words(cards[0])}" if len(cards) == 1 else "a saved card"
    return Choice(
        name="charge_saved_card",
        label=f"Charge {current.to_pay} to {only}",
        url=_url(view, "charge_saved_card"),
        title=f"Charge {current.to_pay} for ‘{current.name}’ to a saved card?",
        words=("It is charged at once, and the next payments take it too when it goes through.",),
        icon="credit-card",
        sum=charge_lines(current),
        shown_to_pay=current.to_pay.amount,
    )


def _stop(view: OrderView, current: Milestone) -> Choice:
    """Stop before the next charge has succeeded (R-ORD-7)."""
    return Choice(
        name="stop",
        label="Stop here and pay nothing more",
        url=_url(view, "stop"),
        title=f"Stop before ‘{current.name}’?",
        words=(
            f"What you accepted stays paid. ‘{current.name}’ and whatever comes after it never start, and nothing more "
            "is charged.",
            "The order is complete then and can’t be resumed.",
        ),
        note=f"What you accepted stays paid; ‘{current.name}’ never starts.",
        icon="circle-stop",
        asks_first=True,
    )


def _decline_to_continue(view: OrderView, current: Milestone) -> Choice:
    return Choice(
        name="decline_to_continue",
        label="Don’t go on",
        url=_url(view, "decline_to_continue"),
        title=f"End the order before ‘{current.name}’?",
        words=("Nothing was accepted, so the order is cancelled and nothing more is charged.",),
        note="The order is cancelled; nothing more is charged.",
        icon="circle-stop",
        asks_first=True,
    )


def _accept_month(view: OrderView, current: Milestone) -> Choice:
    following = view.following
    if following is None:
        raise ValueError("the last month has none after it")
    first, date = other(view).first_name, plain_minute(following.begins_at)
    how = f"{following.to_pay} is charged to {card_words(view.order.card)}"
    then = how if view.order.card else f"you are asked to pay {following.to_pay}"
    return Choice(
        name="accept_month",
        label=f"Accept ‘{current.name}’",
        url=_url(view, "accept_month"),
        title=f"Accept ‘{current.name}’?",
        words=(
            f"The {current.price} held for it goes to {first}. Nothing is charged now.",
            f"‘{following.name}’ begins {date}, and {then}, unless one of you ends the subscription before.",
        ),
        note=f"Nothing is charged now. ‘{following.name}’ begins {date}, and {then}.",
        warning=expiry_warning(view),
        kind="primary",
        asks_first=True,
    )


def _accept_and_end(view: OrderView, current: Milestone) -> Choice:
    first = other(view).first_name
    never = "" if view.facts.ends_early else f" {_never(view)}"
    return Choice(
        name="accept_and_end",
        label=f"Accept ‘{current.name}’ and end the subscription",
        url=_url(view, "accept_and_end"),
        title=f"Accept ‘{current.name}’ and end the subscription?",
        words=(
            f"The {current.price} held for ‘{current.name}’ goes to {first}.{never} Nothing more is charged.",
            "This can’t be undone.",
        ),
        note=f"‘{current.name}’ is paid.{never} Nothing more is charged.",
        kind="primary" if view.facts.ends_early else "second",
        icon="circle-stop",
        asks_first=True,
    )


ENDS_AFTER = {
    MilestoneState.IN_PROGRESS: "end_after_month",
    MilestoneState.IN_REVISION: "end_after_revision",
    MilestoneState.DELIVERED: "end_after_delivery",
}


def _end_after(view: OrderView, current: Milestone) -> Choice:
    name, first = ENDS_AFTER[MilestoneState(current.state)], other(view).first_name
    goes_on = f"{first} still delivers it and you decide on it" if view.is_buyer else "you still deliver it"
    return Choice(
        name=name,
        label=f"End the subscription after ‘{current.name}’",
        url=_url(view, name),
        title=f"End the subscription after ‘{current.name}’?",
        words=(
            f"‘{current.name}’ goes on as agreed: {goes_on}. {_never(view)} Nothing more is charged.",
            f"{first} is told at once. This can’t be undone.",
        ),
        note=f"‘{current.name}’ goes on as agreed. {_never(view)}",
        icon="circle-stop",
        kind="quiet",
        asks_first=True,
    )


def _end_subscription(view: OrderView, current: Milestone) -> Choice:
    return Choice(
        name="end_subscription",
        label="End the subscription now",
        url=_url(view, "end_subscription"),
        title=f"End the subscription before ‘{current.name}’?",
        words=(
            f"What was accepted stays paid. ‘{current.name}’ and whatever comes after it never begin, and nothing more "
            "is charged.",
            f"{other(view).first_name} is told at once. This can’t be undone.",
        ),
        note=f"What was accepted stays paid; ‘{current.name}’ never begins, and nothing more is charged.",
        icon="circle-stop",
        asks_first=True,
    )


def _never(view: OrderView) -> str:
    """Which months an end leaves out."""
    left = [m.name for m in view.facts.milestones if m.state == MilestoneState.PLANNED]
    return f"‘{left[0]}’ never begins." if len(left) == 1 else f"‘{left[0]}’ to ‘{left[-1]}’ never begin."


BUILDERS: dict[str, Builder] = {
    "accept_and_continue": _accept_and_continue,
    "accept_month": _accept_month,
    "accept_and_finish": _accept_and_finish,
    "request_revision": _request_revision,
    "accept_and_stop": _accept_and_stop,
    "accept_and_end": _accept_and_end,
    **dict.fromkeys(ENDS_AFTER.values(), _end_after),
    "end_subscription": _end_subscription,
    "ask_more_time": _ask_more_time,
    "grant_more_time": _grant_more_time,
    "refuse_more_time": _refuse_more_time,
    "waive_requirements": _waive_requirements,
    "charge_saved_card": _charge_saved_card,
    "stop": _stop,
    "decline_to_continue": _decline_to_continue,
}
