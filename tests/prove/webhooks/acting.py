"""People on one order, drawn by lot: each action is chosen from where the order stands, and can be played again."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.models import User
from marketplace.web.clock import database_now
from orders.enums import CancelReason
from orders.models import Order
from orders.services import deciding, funding
from orders.services.delivering import LinkInput
from orders.services.ending import cancel
from payments.models import Charge, ConnectedAccount
from payments.services.onboarding import begin_onboarding
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import CANCEL, SUCCESS, Story, travel

GOOD_CARDS = ("works", "works", "works", "authentication_passes", "works_then_declines", "works_then_authenticates",
              "works_then_lost")  # fmt: skip
BAD_CARDS = ("declines", "insufficient_funds", "authentication_fails")
LINK = LinkInput(url="https://files.example/work")
HOUR = 3600


@dataclass(frozen=True)
class Action:
    """What somebody does next. `faults` are what the bank does about it: (kind, aimed at, seconds)."""

    name: str
    words: dict[str, str] = field(default_factory=dict)
    faults: tuple[tuple[str, str, int], ...] = ()
    hours: float = 0.0


def choose(order: Order, charge: Charge | None, rng: random.Random) -> Action | None:
    """The next action; None when the order has come to its end and nothing follows it."""
    if order.held_since is not None:
        return Action("close_dispute", {"won": rng.choice(("yes", "no"))})
    current = order.milestones.exclude(state__in=["accepted", "planned", "not_started", "cancelled"]).first()
    if order.state not in ("pending_payment", "active", "awaiting_next_payment") or current is None:
        return _afterwards(order, rng)
    if current.state in ("in_progress", "in_revision"):
        return _at_work(order, rng)
    if current.state == "delivered":
        return _in_review(order, rng)
    return _to_pay(order, charge, rng)


def _afterwards(order: Order, rng: random.Random) -> Action | None:
    """Money still moves when the order is over: it clears, is disputed, is refunded in Stripe's own dashboard."""
    if rng.random() < 0.4 or not _is_paid(order):
        return None
    lot = rng.random()
    if lot < 0.4:
        return Action("wait", hours=8 * 24 + 1.0)
    if lot < 0.6:
        return Action("seller_news", {"decision": rng.choice(("document", "in_order", "in_order"))})
    if lot < 0.8:
        return Action("dispute")
    return Action("refund_in_dashboard", {"amount": str(rng.choice((100, 1_234, 2_000)))})


def _is_paid(order: Order) -> bool:
    """Is there a payment of which nothing has gone back, nor is about to?"""
    paid = Charge.objects.filter(group=order.public_id, state="succeeded", refunds=None, disputes=None)
    return paid.exists()


def _at_work(order: Order, rng: random.Random) -> Action:
    lot = rng.random()
    if lot > 0.95 and _is_paid(order):
        return Action("dispute")
    if lot < 0.08:
        return _cancelling("cancel", rng)
    if lot < 0.16 and order.milestones.filter(state="planned").exists():
        return _cancelling("cancel_and_continue", rng)
    if lot < 0.26:
        return Action("wait", hours=6 * 24 + 7.0)
    return Action("deliver")


def _cancelling(name: str, rng: random.Random) -> Action:
    """Half of the refunds are slow, and some of those come back."""
    lot = rng.random()
    if lot < 0.5:
        return Action(name)
    kind = "late_success" if lot < 0.85 else "late_failure"
    return Action(name, faults=((kind, "/v1/refunds", rng.choice((400, 5 * HOUR, 29 * HOUR))),))


def _in_review(order: Order, rng: random.Random) -> Action:
    more = order.milestones.filter(state="planned").exists()
    current = order.milestones.get(state="delivered")
    lot = rng.random()
    if lot < 0.12 and current.revisions_used < 2:
        return Action("ask_revision")
    if lot < 0.20:
        return Action("wait", hours=8 * 24 + 1.0)  # the review lapses
    if lot < 0.28:
        return _cancelling("cancel", rng)
    if not more:
        return Action("finish")
    if lot < 0.38:
        return Action("accept_and_stop")
    if lot > 0.85:
        kind = rng.choice(("late_success", "late_success", "late_failure"))
        return Action("continue", faults=((kind, "/confirm", rng.choice((500, 3 * HOUR, 28 * HOUR))),))
    return Action("continue")


def _to_pay(order: Order, charge: Charge | None, rng: random.Random) -> Action:
    lot = rng.random()
    if charge is not None and charge.state == "processing":
        return Action("wait", hours=30.5)
    if order.state == "pending_payment":
        return Action("wait", hours=80.0) if lot < 0.05 else _paying(rng, lot)
    if lot < 0.12:
        return Action("stop")
    if lot < 0.20:
        return Action("wait", hours=10 * 24 + 2.0)  # the payment lapses
    if lot < 0.30:
        return Action("wait", hours=25.0)  # a retry by the clock
    return _paying(rng, lot)


def _paying(rng: random.Random, lot: float) -> Action:
    """Up to two cards that fail, then one that works; one payment in eight is slow."""
    presses = [rng.choice(BAD_CARDS) for _ in range(rng.choice((0, 0, 0, 1, 2)))] + [rng.choice(GOOD_CARDS)]
    words = {"cards": ",".join(presses)}
    if lot < 0.88:
        return Action("pay", words)
    kind = rng.choice(("late_success", "late_success", "late_failure"))
    return Action("pay", {"cards": "works"}, faults=((kind, "/c/", rng.choice((300, 2 * HOUR, 26 * HOUR))),))


class Player:
    """Carries actions out on one order, as the pages do. Nothing is delivered or swept here."""

    def __init__(self, stripe: StripeDouble, story: Story, agent: User) -> None:
        self.stripe, self.story, self.agent = stripe, story, agent
        self._acts: dict[str, Callable[[Action], None]] = {
            "pay": self._pay,
            "deliver": lambda _: story.deliver(files=[], links=[LINK]),
            "ask_revision": lambda _: self._revise(),
            "continue": lambda _: story.accept_and_continue(settle=False),
            "finish": lambda _: story.accept_and_finish(),
            "accept_and_stop": lambda _: story.accept_and_stop(),
            "stop": lambda _: deciding.stop(order=story.order, actor=story.buyer),
            "cancel": lambda _: self._cancel(continue_after=False),
            "cancel_and_continue": lambda _: self._cancel(continue_after=True),
            "onboard": lambda _: self._onboard(),
            "seller_news": lambda action: self._seller_news(action.words["decision"]),
            "dispute": lambda _: self._dispute(),
            "close_dispute": lambda action: self._close_dispute(won=action.words["won"] == "yes"),
            "refund_in_dashboard": lambda action: self._refund_in_dashboard(int(action.words["amount"])),
            "wait": lambda action: travel(hours=action.hours),
        }

    def do(self, action: Action) -> None:
        for kind, on, seconds in action.faults:
            self.stripe.faults.add(kind, on=on, seconds=seconds)
        self._acts[action.name](action)

    def _pay(self, action: Action) -> None:
        url = self.page()
        for scenario in action.words["cards"].split(","):
            self.stripe.pay(url, scenario=scenario)

    def page(self) -> str:
        charge = funding.prepare_payment(order=self.story.order, actor=self.story.buyer)
        return funding.pay_url(charge=charge, success_url=SUCCESS, cancel_url=CANCEL)

    def _revise(self) -> None:
        deciding.request_revision(order=self.story.order, actor=self.story.buyer, message="Bluer, please.")

    def _cancel(self, *, continue_after: bool) -> None:
        cancel(
            order=self.story.order,
            actor=self.agent,
            reason=CancelReason.BOTH_AGREE,
            note="Both sides wrote to us.",
            continue_after=continue_after,
        )

    def _onboard(self) -> None:
        begin_onboarding(
            user=self.story.seller, country="FR", return_url=SUCCESS, refresh_url=CANCEL, now=database_now()
        )
        self._seller_news("in_order")

    def _seller_news(self, decision: str) -> None:
        """Stripe decides about the seller's account; nothing when there is none."""
        account = ConnectedAccount.objects.filter(user=self.story.seller).first()
        if account and account.stripe_id:
            self.stripe.onboard(account.stripe_id, decision)

    def _untouched_payment(self) -> str:
        """The oldest payment at Stripe of which nothing has gone back."""
        touched = {thing["payment_intent"] for kind in ("refund", "dispute") for thing in self.stripe.objects(kind)}
        paid = [each["id"] for each in self.stripe.objects("payment_intent") if each["status"] == "succeeded"]
        found: str = next(each for each in paid if each not in touched)
        return found

    def _dispute(self) -> None:
        self.stripe.dispute(self._untouched_payment())

    def _close_dispute(self, *, won: bool) -> None:
        for dispute in self.stripe.objects("dispute"):
            if dispute["status"] not in ("won", "lost"):
                self.stripe.close_dispute(dispute["id"], won=won)

    def _refund_in_dashboard(self, amount: int) -> None:
        self.stripe.refund_in_dashboard(self._untouched_payment(), amount)
