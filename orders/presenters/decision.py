"""The card beside the order: whose turn it is, until when, what can be done, and what silence does."""

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from orders.enums import ExtensionState, MilestoneState, OrderState
from orders.models import Milestone, Revision
from orders.presenters.cards import capital_card, charged_card, expiry_warning
from orders.presenters.choices import Choice, choices_of
from orders.presenters.holds import hold_words
from orders.presenters.silence import silence_of
from orders.presenters.turns import Turn, turn_of
from orders.presenters.words import counted, other, plain_day, plain_minute
from orders.selectors import OrderView
from orders.services.funding import is_retriable

M, S = MilestoneState, OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`form` names the form further down the page that the card leads to; `busy` means that the bank is at work."""

    heading: str
    tone: str
    icon: str
    deadline: datetime | None = None
    since: datetime | None = None
    words: tuple[str, ...] = ()
    choices: list[Choice] = field(default_factory=list)
    silence: str = ""
    form: str = ""
    bar: str = ""
    busy: bool = False
    names_support: bool = False  # `words` may send the reader there, so a way to them stands below


def decision_of(view: OrderView) -> Decision | None:
    """None once the order has ended."""
    current = view.current
    if current is None:
        return None
    if view.order.held_since:
        return _holding(view)
    if view.seller_left and view.is_buyer:
        return _seller_left(view, current)
    if view.order.state in (S.PENDING_PAYMENT, S.AWAITING_NEXT_PAYMENT):
        return _paying(view, current)
    if view.order.state == S.AWAITING_REQUIREMENTS:
        return _answering(view, current)
    if current.state == M.DELIVERED:
        return _reviewing(view, current)
    if current.state == M.SCHEDULED:
        return _between_months(view, current)
    return _working(view, current)


def _holding(view: OrderView) -> Decision:
    """Nobody has to do anything; who wants to stop paying still can (R-ORD-7, R-ORD-17)."""
    return Decision(
        heading="This order is on hold",
        tone="stop",
        icon="lock",
        since=view.order.held_since,
        words=hold_words(view),
        choices=choices_of(view),
        silence=silence_of(view).sentence,
        names_support=True,
    )


def _seller_left(view: OrderView, current: Milestone) -> Decision:
    """Nothing more is charged: what is delivered can be accepted, what is paid and not delivered is for support."""
    if current.state == M.DELIVERED:
        what = f"Decide on ‘{current.name}’: what you accept is paid, and nothing after it begins."
    elif view.order.state in (S.ACTIVE, S.AWAITING_REQUIREMENTS) and current.state != M.SCHEDULED:
        what = f"‘{current.name}’ is paid and not delivered: write to our support, who can give the money back."
    else:
        what = f"‘{current.name}’ will not begin."
    return Decision(
        heading=f"{other(view).first_name}’s account has been closed",
        tone="stop",
        icon="triangle-alert",
        deadline=current.review_deadline if current.state == M.DELIVERED else view.order.pay_by,
        words=(what, "Nothing more is charged to you."),
        choices=choices_of(view),
        silence=silence_of(view).sentence,
        names_support="support" in what,
    )


def _answering(view: OrderView, current: Milestone) -> Decision:
    first = other(view).first_name
    if view.is_buyer:
        return Decision(
            heading=f"Your turn: answer {first}’s questions",
            tone="turn",
            icon="clipboard-list",
            words=(f"Your payment arrived. ‘{current.name}’ begins, and its days count, once you have answered.",),
            silence=silence_of(view).sentence,
            form="answers",
            bar="Answer the questions",
        )
    return Decision(
        heading=f"{first} has your questions",
        tone="work",
        icon="clipboard-list",
        words=(f"‘{current.name}’ is paid. It begins when {first} has answered, or when you begin without answers.",),
        choices=choices_of(view),
        silence=silence_of(view).sentence,
    )


def _working(view: OrderView, current: Milestone) -> Decision:
    first, revising = other(view).first_name, current.state == M.IN_REVISION
    late = current.late_at is not None
    due = (f"It was due {plain_minute(current.due_at)}.",) if late else ()
    words = (*due, *_asked_for(view, current), *_is_yours(view, current), *_ends_here(view, current))
    since = current.started_at if not revising else None
    if not view.is_buyer:
        verb = "revise" if revising else "deliver"
        return Decision(
            heading=f"‘{current.name}’ is late: deliver it" if late else f"Your turn: {verb} ‘{current.name}’",
            tone="stop" if late else "turn",
            icon="clock-alert" if late else "package",
            deadline=None if late else current.due_at,
            since=since,
            words=words,
            choices=choices_of(view),
            silence=silence_of(view).sentence,
            form="deliver",
            bar=f"Deliver ‘{current.name}’",
        )
    doing = "is revising" if revising else "is working on"
    review = counted(view.order.policy.review_days, "day")
    return Decision(
        heading=f"‘{current.name}’ is late" if late else f"{first} {doing} ‘{current.name}’",
        tone="stop" if late else "work",
        icon="clock-alert" if late else "play",
        deadline=None if late else current.due_at,
        since=since,
        words=(*words, f"Ask {first} about it; if that doesn’t help, our support does.")
        if late
        else (*words, f"There is nothing for you to do. After the delivery you have {review} to review it."),
        choices=choices_of(view),
        silence=silence_of(view).sentence,
    )


def _asked_for(view: OrderView, current: Milestone) -> tuple[str, ...]:
    """What the buyer wants changed, where the seller reads first (R-ORD-6)."""
    if view.is_buyer or current.state != M.IN_REVISION:
        return ()
    asked = Revision.objects.filter(milestone=current).latest("asked_at")
    criterion = (f"Not met: “{asked.criterion}”",) if asked.criterion else ()
    message = (f"“{asked.message}”",) if asked.message else ()
    return (f"{other(view).first_name} asks for a change.", *criterion, *message)


def _is_yours(view: OrderView, current: Milestone) -> tuple[str, ...]:
    """What the buyer accepted last, as long as the next has no delivery."""
    if not view.is_buyer or not view.facts.accepted or current.delivered_at:
        return ()
    return (f"‘{view.facts.accepted[-1].name}’ is accepted: all its files are open to you under Earlier deliveries.",)


def _between_months(view: OrderView, current: Milestone) -> Decision:
    """One month is accepted, the next begins on its date; either side can end it before (R-OFR-4)."""
    card = Choice(
        name="card",
        label="Choose the card that pays",
        url=reverse("orders:card", args=[view.order.public_id]),
        kind="quiet",
        icon="credit-card",
        note=expiry_warning(view),
    )
    words = "There is nothing for you to do." if view.is_buyer else "Don’t begin it before we tell you that it is paid."
    return Decision(
        heading=f"‘{current.name}’ begins {plain_day(current.begins_at)}",
        tone="work",
        icon="calendar-clock",
        deadline=current.begins_at,
        words=(f"{words} You can end the subscription before.",),
        choices=[*choices_of(view), *([card] if view.is_buyer else [])],
        silence=silence_of(view).sentence,
    )


def _ends_here(view: OrderView, current: Milestone) -> tuple[str, ...]:
    return (f"The subscription ends with ‘{current.name}’.",) if view.facts.ends_early else ()


def _reviewing(view: OrderView, current: Milestone) -> Decision:
    first = other(view).first_name
    asked = current.extension == ExtensionState.ASKED
    days = counted(view.order.policy.extra_review_days, "more day")
    common = {"deadline": current.review_deadline, "since": current.delivered_at}
    if view.is_buyer:
        words = (f"You asked for {days}. {first} has not answered yet.",) if asked else ()
        return Decision(
            heading=f"Your turn: decide on ‘{current.name}’",
            tone="turn",
            icon="hourglass",
            words=words + _ends_here(view, current) + _revisions_used(view, current),
            choices=choices_of(view),
            silence=silence_of(view).sentence,
            bar=f"Decide on ‘{current.name}’",
            **common,  # type: ignore[arg-type]
        )
    if asked:
        return Decision(
            heading=f"Your turn: {first} asks for {days}",
            tone="turn",
            icon="hourglass",
            words=(f"“{current.extension_reason}”",),
            choices=choices_of(view),
            silence=f"If you don’t answer, the deadline stays as it is. {silence_of(view).sentence}",
            bar=f"Answer {first}",
            **common,  # type: ignore[arg-type]
        )
    return Decision(
        heading=f"{first} is reviewing ‘{current.name}’",
        tone="work",
        icon="eye",
        words=_until_decided(view, current),
        choices=choices_of(view),
        silence=silence_of(view).sentence,
        **common,  # type: ignore[arg-type]
    )


def _until_decided(view: OrderView, current: Milestone) -> tuple[str, ...]:
    wait = "There is nothing for you to do until then."
    if view.following:
        return (f"{wait} Don’t begin the next {view.facts.noun} before it is paid.",)
    return (wait, *_ends_here(view, current))


def _revisions_used(view: OrderView, current: Milestone) -> tuple[str, ...]:
    """The ways on when no revision is left (R-ORD-9)."""
    if view.revisions_left or not view.is_buyer:
        return ()
    allowed = current.revisions_allowed()
    used = f"All {allowed} revisions are used." if allowed > 1 else "The one revision is used."
    none = "This order comes without revisions."
    first, leave = other(view).first_name, "end" if view.facts.is_subscription else "stop"
    return (f"{used if allowed else none} You can accept, accept and {leave}, or write to {first} about a change.",)


def _paying(view: OrderView, current: Milestone) -> Decision:
    if turn_of(view.facts) == Turn.BANK:
        return _with_the_bank(view, current)
    if not view.is_buyer:
        return _seller_waits(view, current)
    deadline = view.order.pay_by or view.order.unpaid_deadline
    heading, icon, tone, words = _asking(view, current)
    return Decision(
        heading=heading,
        tone=tone,
        icon=icon,
        deadline=deadline,
        words=words,
        choices=choices_of(view),
        silence=silence_of(view).sentence,
        bar=f"Pay {current.to_pay}",
    )


def _asking(view: OrderView, current: Milestone) -> tuple[str, str, str, tuple[str, ...]]:
    """Heading, icon, tone and words of a payment that waits for the buyer."""
    name = f"‘{current.name}’"
    if view.order.state == S.PENDING_PAYMENT:
        words = (f"The order begins when {current.to_pay} has arrived. The money is held until you accept the work.",)
        return "Your turn: pay to begin", "credit-card", "turn", words
    if _needs_consent(view, current):
        before = f"the {view.facts.noun} before it"
        words = (f"Support cancelled {before}. If you want {name}, pay for it; if not, end the order.",)
        return f"Do you want to go on with {name}?", "life-buoy", "turn", words
    if current.state == M.PAYMENT_FAILED:
        return f"The payment for {name} failed", "triangle-alert", "stop", _why_it_failed(view, current)
    if current.state == M.ACTION_REQUIRED:
        words = ("Your bank wants to see that it is you. Confirm on the payment page; it takes a minute.",)
        return f"Confirm the payment for {name}", "shield-alert", "stop", words
    return f"Your turn: pay for {name}", "credit-card", "turn", (f"{name} begins when the payment has arrived.",)


def _why_it_failed(view: OrderView, current: Milestone) -> tuple[str, ...]:
    said = current.charge.message if current.charge and current.charge.message else "The bank did not say why."
    again = (
        f"{capital_card(view.order.method)} is tried again by itself {plain_minute(current.retry_at)}."
        if current.retry_at and is_retriable(current)
        else "It is not tried again by itself."
    )
    return (said, f"{again} {_remedy(current)} What you accepted stays accepted.")


def _remedy(current: Milestone) -> str:
    """What the buyer can do now about what the bank said."""
    match current.charge.remedy if current.charge else "":
        case "new_card":
            return "Pay on the payment page: enter the card anew, or another one."
        case "stop":
            return "Pay on the payment page with another card."
    return "You can pay now, with this card or another."


def _needs_consent(view: OrderView, current: Milestone) -> bool:
    """Whether support cancelled the milestone before, so that going on is the buyer's free choice (R-SUP-2)."""
    before = [m for m in view.facts.milestones if m.position < current.position]
    return bool(before) and before[-1].state == M.CANCELLED


def _with_the_bank(view: OrderView, current: Milestone) -> Decision:
    if view.is_buyer:
        heading = f"{charged_card(view)} is being charged {current.to_pay}"
        words = (f"‘{current.name}’ begins when the bank has said yes. This page shows it by itself.",)
    else:
        heading = f"The payment for ‘{current.name}’ is being made"
        words = ("Don’t begin yet: this page shows by itself when the money has arrived.",)
    return Decision(
        heading=heading,
        tone="work",
        icon="credit-card",
        words=words,
        choices=choices_of(view),
        silence=silence_of(view).sentence if view.order.pay_by else "",
        busy=True,
    )


def _seller_waits(view: OrderView, current: Milestone) -> Decision:
    first = other(view).first_name
    return Decision(
        heading=f"Don’t begin ‘{current.name}’ yet",
        tone="work",
        icon="hourglass",
        deadline=view.order.pay_by or view.order.unpaid_deadline,
        words=(
            f"{first} has not paid for it. You are told when the money has arrived; until then it isn’t yours to do.",
        ),
        choices=choices_of(view),
        silence=silence_of(view).sentence,
    )
