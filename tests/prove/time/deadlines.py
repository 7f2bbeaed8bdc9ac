"""Each kind of deadline: how an order comes before it, what starts it, which sweep ends it, what people can do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from marketplace.web.clock import database_now
from notifications.models import Notification
from offers import tasks as offer_tasks
from offers.models import Offer
from orders import tasks
from orders.models import Milestone, Order, TimelineEntry
from orders.services import deciding, extending, placing
from orders.services.delivering import LinkInput
from payments import tasks as payment_tasks
from payments.models import ChargeAttempt, ConnectedAccount, Transfer
from payments.services.onboarding import begin_onboarding, refresh_account
from payments.services.submitting import submit_attempt
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.story import CANCEL, SUCCESS, Story, make_sent_offer

PRICES = (60_00, 80_00)
Books = dict[str, int]
REVIEWED = (
    {"captured": 63_00, "held": 60_00, "fee_held": 3_00},
    {"captured": 63_00, "released": 54_00, "commission": 6_00, "fees": 3_00},
)


class Stage:
    """One order and its people. Every act is through the services, at the database's clock of now."""

    def __init__(self, stripe: StripeDouble, buyer: User, seller: User) -> None:
        self.stripe, self.buyer, self.seller = stripe, buyer, seller
        self._story: Story | None = None
        self._offer: Offer | None = None

    @property
    def story(self) -> Story:
        assert self._story
        return self._story

    @property
    def offer(self) -> Offer:
        assert self._offer
        return Offer.objects.get(pk=self._offer.pk)

    @property
    def order(self) -> Order:
        return self.story.order

    def milestone(self, position: int) -> Milestone:
        return self.story.milestone(position)

    def place(self) -> None:
        self._story = Story(self.stripe, self.buyer, self.seller, prices=PRICES)

    def begin(self, card: str = "works") -> None:
        self.place()
        self.story.pay(card)

    def begin_with_account(self) -> None:
        """The seller can be paid."""
        begin_onboarding(user=self.seller, country="FR", return_url=SUCCESS, refresh_url=CANCEL, now=database_now())
        account = ConnectedAccount.objects.get(user=self.seller)
        assert account.stripe_id
        self.stripe.onboard(account.stripe_id)
        refresh_account(account_id=account.pk)
        self.begin()

    def send_offer(self) -> None:
        self._offer = make_sent_offer(self.buyer, self.seller, PRICES)

    def deliver(self) -> None:
        self.story.deliver(files=[], links=[LinkInput(url="https://files.example/work")])

    def accept(self) -> None:
        """Accepted, and nobody has spoken to the bank yet."""
        self.deliver()
        self.story.accept_and_continue(settle=False)

    def accept_and_charge(self) -> None:
        """The bank's answer is there within the same instant."""
        self.accept()
        for attempt in ChargeAttempt.objects.filter(charge=self.milestone(2).charge):
            submit_attempt(attempt_id=attempt.pk)

    def ask_revision(self) -> None:
        self.deliver()
        deciding.request_revision(order=self.order, actor=self.buyer, message="Bluer, please.")

    def extend(self) -> None:
        self.deliver()
        extending.ask_more_time(order=self.order, actor=self.buyer, reason="I am away.")
        extending.grant_more_time(order=self.order, actor=self.seller)

    def decide(self) -> None:
        deciding.accept_and_stop(order=self.order, actor=self.buyer)

    def take_offer(self) -> None:
        assert self.offer.plan
        placing.place_from_offer(offer=self.offer, buyer=self.buyer, shown_digest=self.offer.plan.digest)

    def entries(self, name: str) -> int:
        return TimelineEntry.objects.filter(order=self.order, name=name).count()

    def notices(self, kind: str) -> int:
        return Notification.objects.filter(recipient=self.buyer, kind=kind).count()


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """`start` is done so long `before` the instant. From then on `sweep` makes one more of `marks` (besides those that
    were made `earlier`), and the human `act`, if it has an end, is refused.
    """

    reach: Callable[[Stage], None]
    start: Callable[[Stage], None]
    before: timedelta
    stored: Callable[[Stage], datetime | None]
    sweep: Callable[[], object]
    marks: Callable[[Stage], int]
    act: Callable[[Stage], None] | None = None
    earlier: int = 0
    books: tuple[Books, Books] | None = None  # where the money is before it, and after


def hours(count: int) -> timedelta:
    return timedelta(hours=count)


def days(count: int) -> timedelta:
    """A day of a policy is 24 hours, whatever the clocks on walls do (R-ORD-2)."""
    return hours(24 * count)


def _reminder(left: int, *, earlier: int) -> Deadline:
    def stored(stage: Stage) -> datetime | None:
        deadline = stage.milestone(1).review_deadline
        return deadline - hours(left) if deadline else None

    return Deadline(
        reach=Stage.begin,
        start=Stage.deliver,
        before=days(8) - hours(left),
        stored=stored,
        sweep=tasks.send_reminders,
        marks=lambda stage: stage.notices("review_reminder"),
        earlier=earlier,
    )


DEADLINES: dict[str, Deadline] = {
    "unpaid": Deadline(
        reach=lambda _: None,
        start=Stage.place,
        before=hours(24),
        stored=lambda stage: stage.order.unpaid_deadline,
        sweep=tasks.lapse_unpaid_orders,
        marks=lambda stage: stage.entries("lapse_unpaid"),
    ),
    "offer": Deadline(
        reach=lambda _: None,
        start=Stage.send_offer,
        before=days(14),
        stored=lambda stage: stage.offer.expires_at,
        sweep=offer_tasks.expire_offers,
        marks=lambda stage: int(stage.offer.state == "expired"),
        act=Stage.take_offer,
    ),
    "review": Deadline(
        reach=Stage.begin,
        start=Stage.deliver,
        before=days(8),
        stored=lambda stage: stage.milestone(1).review_deadline,
        sweep=tasks.lapse_reviews,
        marks=lambda stage: stage.entries("lapse_review"),
        act=Stage.decide,
        books=REVIEWED,
    ),
    "extension": Deadline(
        reach=Stage.begin,
        start=Stage.extend,
        before=days(12),
        stored=lambda stage: stage.milestone(1).review_deadline,
        sweep=tasks.lapse_reviews,
        marks=lambda stage: stage.entries("lapse_review"),
        act=Stage.decide,
        books=REVIEWED,
    ),
    "pay_by": Deadline(
        reach=Stage.begin,
        start=Stage.accept,
        before=days(10),
        stored=lambda stage: stage.order.pay_by,
        sweep=tasks.lapse_payments,
        marks=lambda stage: stage.entries("lapse_payment"),
    ),
    "retry": Deadline(
        reach=lambda stage: stage.begin("works_then_declines"),
        start=Stage.accept_and_charge,
        before=days(1),
        stored=lambda stage: stage.milestone(2).retry_at,
        sweep=tasks.retry_payments,
        marks=lambda stage: stage.entries("retry_payment"),
    ),
    "payment_reminder": Deadline(
        reach=lambda stage: stage.begin("works_then_authenticates"),
        start=Stage.accept_and_charge,
        before=days(1),
        stored=lambda stage: stage.milestone(2).retry_at,
        sweep=tasks.send_reminders,
        marks=lambda stage: stage.notices("payment_reminder"),
    ),
    "due": Deadline(
        reach=Stage.begin,
        start=Stage.accept_and_charge,
        before=days(5),
        stored=lambda stage: stage.milestone(2).due_at,
        sweep=tasks.flag_late_milestones,
        marks=lambda stage: stage.entries("flag_late"),
    ),
    "revision_due": Deadline(
        reach=Stage.begin,
        start=Stage.ask_revision,
        before=days(3),
        stored=lambda stage: stage.milestone(1).due_at,
        sweep=tasks.flag_late_milestones,
        marks=lambda stage: stage.entries("flag_revision_late"),
    ),
    "clearance": Deadline(
        reach=Stage.begin_with_account,
        start=Stage.accept,
        before=days(7),
        stored=lambda stage: Transfer.objects.get(charge=stage.milestone(1).charge).clears_at,
        sweep=payment_tasks.sweep_transfers,
        marks=lambda stage: Transfer.objects.filter(payee=stage.seller, state="succeeded").count(),
    ),
    "remind_72": _reminder(72, earlier=0),
    "remind_24": _reminder(24, earlier=1),
    "remind_2": _reminder(2, earlier=1),
}
