"""One order told step by step, over the real services, ledger, gateway, SDK and simulator, with a movable clock.

story = Story(stripe, buyer, seller, prices=[60_00, 80_00, 100_00])
story.pay()
story.deliver(); story.accept_and_continue(); story.work()
story.expect(captured=…, held=…)
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Self

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts.models import User
from inbox.services import open_conversation
from marketplace.kernel import clock
from marketplace.kernel.money import Money
from milestones.enums import OrderType, PackageTier
from offers.models import Offer
from offers.services import save_draft, send_offer
from offers.services.drafting import Draft
from offers.terms import DraftTerms, TypedMilestone
from orders import tasks as order_tasks
from orders.models import Milestone, Order
from orders.services import deciding, delivering, funding, placing
from payments import tasks as payment_tasks
from payments.invariants import violations
from payments.selectors import group_balances
from tests.factories.ready import ready_gig
from tests.payments.simulator_fixtures import StripeDouble
from tests.scenarios.agreement import expect_agreement
from tests.scenarios.writes import noting_writes

MOST_ROUNDS = 3
SUCCESS, CANCEL = "http://127.0.0.1:8000/ok", "http://127.0.0.1:8000/back"


@contextmanager
def movable_clock() -> Iterator[None]:
    """Restores the kernel's clock, which the database's reading follows."""
    before = clock.offset()
    try:
        yield
    finally:
        clock.shift(before)


def travel(*, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
    """Move the clock of the application, the database's reading and the simulator forward."""
    clock.shift(clock.offset() + timedelta(days=days, hours=hours, seconds=seconds))


def sweep_payments() -> None:
    """What workers would do: every payments sweep, until nothing is left that can be done now."""
    for _ in range(MOST_ROUNDS):
        written: list[str] = []
        with connection.execute_wrapper(noting_writes(written)):
            payment_tasks.sweep_charges()
            payment_tasks.sweep_withdrawals()
            payment_tasks.sweep_refunds()
            payment_tasks.sweep_disputes()
            payment_tasks.sweep_transfers()
            payment_tasks.sweep_reversals()
            payment_tasks.sweep_events()
            payment_tasks.sweep_announcements()
        if not written:
            return


def beat() -> None:
    """Every sweep that the beat would send for orders, then the payments' own."""
    for task in (
        order_tasks.lapse_unpaid_orders,
        order_tasks.lapse_reviews,
        order_tasks.lapse_payments,
        order_tasks.retry_payments,
        order_tasks.charge_months,
        order_tasks.flag_late_milestones,
        order_tasks.send_reminders,
    ):
        task()
    sweep_payments()


def make_sent_offer(
    buyer: User, seller: User, prices: Sequence[int], *, days: int = 5, revisions: int = 2, months: int = 0
) -> Offer:
    """An offer on the table, made and sent through the services, based on the seller's first gig. Prices are cents.

    With `months` it is a subscription, whose one price is a month's.
    """
    several = OrderType.MILESTONES if len(prices) > 1 else OrderType.SINGLE
    conversation = open_conversation(starter=buyer, other=seller, now=clock.now())
    draft = Draft(
        order_type=OrderType.SUBSCRIPTION if months else several,
        title="A film in steps",
        description="Made one step at a time.",
        gig=seller.gigs.first() or ready_gig(seller),
        typed=DraftTerms(
            revisions=str(revisions),
            months=str(months or ""),
            milestones=tuple(
                TypedMilestone(
                    name=f"Step {number}",
                    description="What it is.",
                    criteria="It works",
                    days=str(days),
                    amount=Money(price, seller.seller.currency).major,
                    revisions=str(revisions),
                )
                for number, price in enumerate(prices, start=1)
            ),
        ),
    )
    offer = save_draft(seller=seller, conversation=conversation, draft=draft, now=clock.now())
    return send_offer(offer=offer, seller=seller)


def books_of(order: Order) -> dict[str, int]:
    """The balances of an order that are not zero, in cents; without what Stripe kept."""
    money = asdict(group_balances(order.public_id))
    del money["currency"], money["provider_fees"]
    return {name: amount for name, amount in money.items() if amount}


class Story:
    """An order from an accepted offer; every step goes through the services, as the pages do."""

    def __init__(
        self,
        stripe: StripeDouble,
        buyer: User,
        seller: User,
        *,
        prices: Sequence[int],
        days: int = 5,
        months: int = 0,
    ) -> None:
        self.stripe, self.buyer, self.seller = stripe, buyer, seller
        self.offer = make_sent_offer(buyer, seller, prices, days=days, months=months)
        assert self.offer.plan is not None
        self._order = placing.place_from_offer(offer=self.offer, buyer=buyer, shown_digest=self.offer.plan.digest)

    @classmethod
    def of(cls, order: Order, stripe: StripeDouble) -> Self:
        """The story of an order that was placed some other way, from a gig for one."""
        story = cls.__new__(cls)
        story.stripe, story.buyer, story.seller, story._order = stripe, order.buyer, order.seller, order
        return story

    # --- Reading ---
    @property
    def order(self) -> Order:
        return Order.objects.select_related("plan", "policy", "buyer", "seller", "method").get(pk=self._order.pk)

    def milestone(self, position: int) -> Milestone:
        return Milestone.objects.select_related("planned", "order__policy", "charge").get(
            order=self._order, position=position
        )

    @property
    def states(self) -> list[str]:
        return list(self._order.milestones.values_list("state", flat=True))

    # --- Acting ---
    def pay(self, scenario: str = "works") -> None:
        """The buyer goes to the hosted page and presses a button; Stripe tells us by webhook."""
        charge = funding.prepare_payment(order=self.order, actor=self.buyer)
        url = funding.pay_url(charge=charge, success_url=SUCCESS, cancel_url=CANCEL)
        self.stripe.pay(url, scenario=scenario)
        self.stripe.deliver_webhooks()
        sweep_payments()

    def deliver(self, **changes: object) -> None:
        final = not self._order.milestones.filter(state="planned").exists()
        file = delivering.FileInput(
            upload=ContentFile(b"work", name="work.txt"), name="work.txt", size=4, content_type="text/plain"
        )
        options = {"message": "Here it is.", "files": [file], "is_full_project": final} | changes
        delivering.deliver(order=self.order, actor=self.seller, **options)  # type: ignore[arg-type]

    def accept_and_continue(self, *, settle: bool = True) -> None:
        following = self._order.milestones.filter(state="planned").order_by("position").first()
        assert following is not None
        shown = self.milestone(following.position).to_pay.amount
        deciding.accept_and_continue(order=self.order, actor=self.buyer, shown_to_pay=shown)
        if settle:
            self.work()

    def accept_and_finish(self) -> None:
        deciding.accept_and_finish(order=self.order, actor=self.buyer)

    def accept_and_stop(self) -> None:
        deciding.accept_and_stop(order=self.order, actor=self.buyer)

    def stop(self) -> None:
        deciding.stop(order=self.order, actor=self.buyer)
        self.work()

    def work(self) -> None:
        """Workers do what is due, and Stripe's webhooks arrive."""
        sweep_payments()
        self.stripe.deliver_webhooks()
        sweep_payments()

    # --- Checking ---
    def expect(self, **balances: int) -> None:
        """Exactly these balances in cents, all others zero; the ledger is sound, and the money page agrees with it."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert books_of(self._order) == {name: amount for name, amount in balances.items() if amount}
        assert violations() == []
        expect_agreement(self.order)

    def expect_order(self, state: str, completion: str = "", *milestones: str) -> None:
        order = self.order
        assert (order.state, order.completion) == (state, completion)
        if milestones:
            assert self.states == list(milestones)

    @property
    def charged_at_stripe(self) -> int:
        """What the buyer's bank has paid in all, by Stripe's own account."""
        return sum(intent["amount_received"] for intent in self.stripe.objects("payment_intent"))


@pytest.fixture
def moving_clock() -> Iterator[None]:
    with movable_clock():
        yield


__all__ = ["PackageTier", "Story", "beat", "moving_clock", "sweep_payments", "travel"]
