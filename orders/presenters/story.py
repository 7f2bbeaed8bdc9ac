"""What has happened, in sentences: one per transition of the table (R-ORD-14). A test walks the table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from marketplace.kernel.money import Money
from orders.enums import CancelReason, Role
from orders.models import Order, TimelineEntry
from orders.presenters.words import counted, long_words, plain_minute
from payments.enums import HoldKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the log; `name` is the transition's, or one of `BESIDE`."""

    name: str
    role: str
    icon: str
    tone: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with its order and reader, and the pieces that sentences are made of. `reader` None is support."""

    entry: TimelineEntry
    order: Order
    reader: User | None

    def of(self, user: User) -> str:
        return "you" if self.reader == user else user.first_name

    @property
    def who(self) -> str:
        """The person who did it, at the head of a sentence."""
        actor = self.entry.actor
        if self.entry.role == Role.SUPPORT or actor is None:
            return "Support" if self.entry.role == Role.SUPPORT else "Milepost"
        if actor != self.reader and self.entry.role == Role.SELLER and actor != self.order.seller:
            return f"{actor.first_name} for {self.of(self.order.seller)}"
        return "You" if actor == self.reader else actor.first_name

    @property
    def buyer(self) -> str:
        return self.of(self.order.buyer)

    @property
    def is_sellers(self) -> bool:
        """The seller's side reads: the buyer's card, fee and what the bank said are not theirs to see."""
        return self.reader is not None and self.reader != self.order.buyer

    @property
    def it(self) -> str:
        return f"‘{self.entry.milestone.name}’" if self.entry.milestone else "the order"

    def text(self, key: str) -> str:
        return str(self.entry.data.get(key) or "")

    def money(self, key: str) -> str:
        return str(Money(int(self.entry.data.get(key) or 0), self.order.currency))

    def moment(self, key: str) -> str:
        value = self.text(key)
        return plain_minute(datetime.fromisoformat(value)) if value else ""

    def reason(self) -> str:
        """The reason as a quotation at the end of a sentence, with the words of support's list for its codes."""
        text = self.text("reason")
        if text in CancelReason.values:
            text = CancelReason(text).label
        return f" Reason: “{text.rstrip('.')}”." if text else ""

    def begins(self) -> str:
        due = self.moment("due_at")
        return f"{self.it} began" + (f", due {due}." if due else ".")


def _delivered(told: Told) -> str:
    files, links = int(told.text("files") or 0), int(told.text("links") or 0)
    parts = [counted(n, noun) for n, noun in ((files, "file"), (links, "link")) if n]
    contents = f" with {' and '.join(parts)}" if parts else ""
    return f"{told.who} delivered {told.it}{contents}. The time to review runs until {told.moment('review_deadline')}."


def _revision(told: Told) -> str:
    criterion = told.text("criterion")
    about = f" about “{criterion}”" if criterion else ""
    return f"{told.who} asked for a revision of {told.it}{about}, due {told.moment('due_at')}."


def _funded(told: Told) -> str:
    if told.is_sellers:
        return f"{told.order.buyer.first_name} paid for {told.it}. The money is held."
    return f"The first payment arrived: {told.money('paid')} for {told.it}, fee included. It is held."


def _agreed(told: Told) -> str:
    following = f"‘{told.text('next')}’"
    if told.is_sellers:
        return f"{told.who} accepted {told.it} and wants {following} next."
    return f"{told.who} accepted {told.it} and agreed to pay {told.money('charged')} for {following}."


def _month_accepted(told: Told) -> str:
    return f"{told.who} accepted {told.it}. ‘{told.text('next')}’ begins {told.moment('date')}."


def _ends_after(told: Told) -> str:
    never = f"‘{told.text('next')}’ and whatever comes after it never begin"
    return f"{told.who} ended the subscription after {told.it}: {never}.{told.reason()}"


def _next_paid(told: Told) -> str:
    if told.is_sellers:
        return f"{told.order.buyer.first_name} paid for {told.it}. {told.begins()}"
    return f"{told.text('method') or 'The card'} was charged for {told.it}. {told.begins()}"


def _declined(told: Told) -> str:
    message = "" if told.is_sellers else told.text("message")
    return f"The payment for {told.it} failed. {message}".strip()


def _card_chosen(told: Told) -> str:
    if told.is_sellers:
        return f"{told.who} chose how the next payments are made."
    return f"{told.who} chose {told.text('method')} for the next payments."


def _charged_again(told: Told) -> str:
    card = "a saved card" if told.is_sellers else told.text("method") or "a saved card"
    return f"{told.who} asked to charge {card} for {told.it}."


def _sentence(told: Told) -> str:
    """Why, as it was written down, with its full stop."""
    reason = told.text("reason").rstrip(".")
    return f"{reason}." if reason else ""


def _lifted(told: Told) -> str:
    """What the hold was for, and what it did to the clocks."""
    moved = int(told.text("moved") or 0)
    what = {
        HoldKind.CHARGEBACK: "The chargeback is decided",
        HoldKind.CASE: "The case is closed",
    }.get(HoldKind(told.text("kind") or HoldKind.SUPPORT), f"{told.who} lifted the hold")
    return f"{what}. Every deadline moved by {long_words(moved)}." if moved else f"{what}."


def _divided(told: Told, what: str) -> str:
    """Where held money went that support decided about: all of it back, or a part of it and the rest to the seller."""
    if "sellers" not in told.entry.data:
        return f"{what} goes back"
    if told.is_sellers:
        return f"Of what was held {told.money('sellers')} is yours"
    back = f"{told.money('back')} of what was held goes back" if told.entry.data.get("back") else "Nothing goes back"
    return f"{back}, and {told.money('sellers')} is {told.order.seller.first_name}’s"


def _refunded(told: Told) -> str:
    """The seller reads what the refund takes of their part, never the buyer's fee."""
    if not told.is_sellers:
        return f"{told.money('amount')} for {told.it} went back to {told.buyer}, the way it was paid."
    cost = f", {told.money('sellers')} of it yours" if told.entry.data.get("sellers") else ""
    return f"Money for {told.it} went back to {told.order.buyer.first_name}{cost}."


def _refund_asked(told: Told) -> str:
    if not told.is_sellers:
        return f"{told.who} gives {told.money('amount')} for {told.it} back to {told.buyer}.{told.reason()}"
    back = f"money for {told.it} back, {told.money('sellers')} of it yours"
    return f"{told.who} gives {told.order.buyer.first_name} {back}.{told.reason()}"


def _refund_failed(told: Told) -> str:
    """Who acts next: nobody but the clock when it was paid twice, nobody at all for what the bank took by itself."""
    if told.entry.data.get("surplus"):
        return f"What was paid twice for {told.it} went back and did not arrive. It is sent again by itself."
    if told.entry.data.get("lost"):
        what = "it" if told.is_sellers else f"{told.money('lost')} of it"
        return f"The refund for {told.it} did not arrive: the bank had given {what} back by the chargeback."
    return f"The refund for {told.it} did not arrive. Support looks after it."


Line = tuple[str, str, Callable[[Told], str]]

BESIDE = frozenset(
    {"place", "return_payment", "return_surplus", "choose_card", "place_hold", "lift_hold", "charge_back"}
    | {"refund_asked", "refunded", "refund_failed", "share_step", "acknowledge_step"}
)  # what is told besides the transitions of the table

STORY: dict[str, Line] = {
    "place": ("shopping-bag", "idle", lambda t: f"{t.who} placed the order."),
    "fund": ("circle-check", "go", _funded),
    "lapse_unpaid": ("timer-off", "idle", lambda _: "Nobody paid in time, so nothing began and nothing was charged."),
    "return_payment": (
        "rotate-ccw", "idle", lambda _: "A payment arrived after the order had ended. It goes back in full.",
    ),
    "return_surplus": ("rotate-ccw", "idle", lambda t: f"{t.it} was paid twice. The second payment goes back in full."),
    "choose_card": ("credit-card", "idle", _card_chosen),
    "answer_requirements": ("clipboard-list", "work", lambda t: f"{t.who} answered the questions. {t.begins()}"),
    "waive_requirements": ("play", "work", lambda t: f"{t.who} began without answers. {t.begins()}"),
    "begin_at_once": ("play", "work", lambda t: t.begins()),
    "deliver": ("package", "turn", _delivered),
    "request_revision": ("rotate-ccw", "work", _revision),
    "accept_and_continue": ("check", "go", _agreed),
    "accept_and_finish": ("check-check", "go", lambda t: f"{t.who} accepted {t.it}. The order is finished."),
    "accept_and_stop": ("circle-stop", "go", lambda t: f"{t.who} accepted {t.it} and stopped there.{t.reason()}"),
    "ask_more_time": ("hourglass", "turn", lambda t: f"{t.who} asked for more time to review {t.it}.{t.reason()}"),
    "grant_more_time": ("check", "work", lambda t: f"{t.who} gave more time: until {t.moment('review_deadline')}."),
    "refuse_more_time": ("x", "idle", lambda t: f"{t.who} kept the time to review {t.it} as it was."),
    "lapse_review": (
        "timer-off", "go",
        lambda t: f"The time for {t.it} ran out: it counts as accepted, the order ended, nothing more is charged.",
    ),
    "flag_late": ("clock-alert", "stop", lambda t: f"{t.it} passed its due date and is late."),
    "flag_revision_late": ("clock-alert", "stop", lambda t: f"The revision of {t.it} passed its due date and is late."),
    "begin_next": ("play", "work", _next_paid),
    "decline": ("triangle-alert", "stop", _declined),
    "want_action": ("shield-alert", "stop", lambda t: f"The bank wants {t.buyer} to confirm the payment for {t.it}."),
    "pay_again": ("external-link", "work", lambda t: f"{t.who} opened the payment page for {t.it}."),
    "charge_saved_card": ("credit-card", "work", _charged_again),
    "retry_payment": ("credit-card", "work", lambda t: f"Milepost tried the card again for {t.it}."),
    "accept_month": ("check", "go", _month_accepted),
    "accept_and_end": (
        "circle-stop", "go", lambda t: f"{t.who} accepted {t.it}, and the subscription ended there.{t.reason()}",
    ),
    "end_after_month": ("circle-stop", "idle", _ends_after),
    "end_after_revision": ("circle-stop", "idle", _ends_after),
    "end_after_delivery": ("circle-stop", "idle", _ends_after),
    "charge_month": ("calendar-clock", "work", lambda t: f"The date of {t.it} came, and its payment was asked for."),
    "end_subscription": (
        "circle-stop", "idle", lambda t: f"{t.who} ended the subscription before {t.it} was paid.{t.reason()}",
    ),
    "stop": ("circle-stop", "idle", lambda t: f"{t.who} stopped the order before {t.it} was paid.{t.reason()}"),
    "lapse_payment": (
        "timer-off", "idle", lambda t: f"The payment for {t.it} never came, so the order ended with what was accepted.",
    ),
    "cancel_order": (
        "life-buoy", "idle", lambda t: f"{t.who} cancelled the order. {_divided(t, 'What was held')}.{t.reason()}",
    ),
    "end_order": (
        "life-buoy", "idle",
        lambda t: f"{t.who} ended the order. {_divided(t, f'What was held for {t.it}')}; accepted work stays paid."
        f"{t.reason()}",
    ),
    "end_unpaid": ("life-buoy", "idle", lambda t: f"{t.who} ended the order before {t.it} was paid.{t.reason()}"),
    "cancel_milestone": (
        "life-buoy", "idle", lambda t: f"{t.who} cancelled {t.it}. {_divided(t, 'What was held for it')}.{t.reason()}",
    ),
    "decline_to_continue": ("circle-stop", "idle", lambda t: f"{t.who} chose not to go on with {t.it}.{t.reason()}"),
    "lapse_consent": (
        "timer-off", "idle", lambda t: f"Nobody agreed in time to go on with {t.it}, so the order was cancelled.",
    ),
    "cancel_unpaid": (
        "life-buoy", "idle", lambda t: f"{t.who} cancelled the order before {t.it} was paid.{t.reason()}",
    ),
    "refund_asked": ("rotate-ccw", "idle", _refund_asked),
    "refunded": ("rotate-ccw", "idle", _refunded),
    "refund_failed": ("triangle-alert", "stop", _refund_failed),
    "share_step": ("flag", "work", lambda t: f"{t.who} shared ‘{t.text('step')}’ of {t.it}."),
    "acknowledge_step": ("eye", "idle", lambda t: f"{t.who} saw ‘{t.text('step')}’ of {t.it}."),
    "place_hold": ("lock", "stop", lambda t: f"{t.who} put the order on hold. {_sentence(t)}".strip()),
    "lift_hold": ("lock-open", "work", _lifted),
    "charge_back": ("triangle-alert", "stop", lambda t: f"The bank took the payment for {t.it} back for good."),
    "charge_back_and_cancel": (
        "triangle-alert", "stop", lambda t: f"The bank took the payment for {t.it} back for good, so the order ended.",
    ),
    "charge_back_and_end": (
        "triangle-alert", "stop",
        lambda t: f"The bank took the payment for {t.it} back for good, so the order ended. Accepted work stays paid.",
    ),
}  # fmt: skip


def tell(entry: TimelineEntry, *, order: Order, reader: User | None) -> Happening:
    """`entry` as `reader` reads it. Expects `actor` and `milestone__planned` to be read already."""
    icon, tone, sentence = STORY[entry.name]
    text = sentence(Told(entry, order, reader))
    return Happening(name=entry.name, role=entry.role, icon=icon, tone=tone, text=text, at=entry.at)


def tell_all(entries: Iterable[TimelineEntry], *, order: Order, reader: User | None) -> list[Happening]:
    return [tell(entry, order=order, reader=reader) for entry in entries]
