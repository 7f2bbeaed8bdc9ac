"""One history: the order, its model and the bank, moved together and compared after each step."""

from collections.abc import Callable
from contextlib import suppress

from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from marketplace.kernel.errors import DomainError
from orders import tasks as order_tasks
from orders.services import funding
from payments import tasks as payment_tasks
from payments.gateway import GatewayError
from payments.invariants import violations
from payments.models import Charge
from payments.services.charging import refresh_charge
from payments.simulator.errors import ApiError
from payments.stripe_gateway import install_gateway
from payments.webhooks import stripe_webhook
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.model import acting, news
from tests.prove.model.bank import Truth, read_truth, refund_states
from tests.prove.model.books import Owed, Phase, Place
from tests.prove.model.cast import Cast, Start, agreement_of, people
from tests.prove.model.news import Disagreement
from tests.prove.model.reading import (
    SeenCharge,
    SeenRefund,
    model_books,
    model_order,
    read_books,
    read_charges,
    read_order,
)
from tests.prove.model.reference import BANK, TIMER, Reference

BACK = "https://milepost.test/back"
ORDER_BEAT = (
    order_tasks.lapse_unpaid_orders,
    order_tasks.lapse_reviews,
    order_tasks.lapse_payments,
    order_tasks.retry_payments,
    order_tasks.flag_late_milestones,
    order_tasks.send_reminders,
)
WORK = (
    payment_tasks.sweep_charges,
    payment_tasks.sweep_withdrawals,
    payment_tasks.sweep_refunds,
    payment_tasks.sweep_events,
    payment_tasks.sweep_announcements,
)


class Bank(StripeDouble):
    """The simulator, whose webhooks go straight to the view: what stands before it is proved by other suites."""

    def _post(self, body: bytes, signature: str) -> int:
        request: HttpRequest = RequestFactory().post(
            reverse("payments:stripe_webhook"),
            data=body,
            content_type="application/json",
            headers={"stripe-signature": signature},
        )
        return stripe_webhook(request).status_code


class Life:
    """`step` methods do one thing for real and in the model; `agree` compares all that can be seen."""

    def __init__(self, cast: Cast, start: Start) -> None:
        self.cast, self.clock, self.people = cast, cast.clock, people(cast)
        self.bank = Bank()
        install_gateway(self.bank.gateway)
        self.order = cast.place(start)
        agreed = agreement_of(self.order.plan, start.policy, has_questions=self.order.requirements.exists())
        self.model = Reference(agreed=agreed, now=self.clock())
        self.page = ""
        self.agree()

    # --- Steps ---
    def attempt(self, name: str, role: str) -> bool:
        """Somebody tries a transition. Both do it, or both refuse."""
        expected = self.model.may(name, role)
        if name == "retry_payment" and expected:
            expected = not self.truth(self.model.asked).page_is_open
        done = acting.attempt(self.order, name, role, self.people.get(role), expected=expected)
        if done != expected:
            raise Disagreement(f"{role} {name} at {self.model.standing}: {'done' if done else 'refused'}")
        if expected and role != BANK:
            self.model.try_to(name, role)
        return done

    def pay(self) -> str:
        """The buyer asks for the hosted page; it may be there, or what happened before comes to light."""
        if self.model.state not in ("pending_payment", "awaiting_next_payment"):
            return self._refused(lambda: funding.prepare_payment(order=self.order, actor=self.cast.buyer))
        self.model.try_to("pay_again", "buyer")
        charge = funding.prepare_payment(order=self.order, actor=self.cast.buyer)
        before, troubled = self.model.asked.phase, bool(self.bank.faults.waiting())
        try:
            self.page = funding.pay_url(charge=charge, success_url=BACK, cancel_url=BACK)
        except DomainError as refusal:
            self.follow()
            payable = before in (Phase.PAGE, Phase.DECLINED, Phase.WANTS_BUYER) and self.model.asked.phase == Phase.PAGE
            if payable and not troubled:
                raise Disagreement(f"no page: {refusal.code}") from refusal
            return refusal.code
        return "page"

    def press(self, scenario: str) -> str:
        """The buyer presses a button of the page that was handed out last."""
        if not self.page:
            return "no page"
        try:
            return str(self.bank.pay(self.page, scenario)["status"])
        except ApiError as error:
            return f"closed {error.status}"

    def beat(self) -> None:
        """Every sweep of orders, once."""
        for task in ORDER_BEAT:
            task()
        news.beat(
            self.model, page_is_open=self.truth(self.model.asked).page_is_open if self.model.at is not None else False
        )

    def work(self) -> None:
        """Every sweep of payments, once, as the workers and the beat do."""
        for task in WORK:
            task()

    def poll(self) -> None:
        """What webhooks didn't bring is asked for; strays are cancelled."""
        with suppress(GatewayError):  # the next hour asks again
            payment_tasks.sweep_stripe_events()
        payment_tasks.sweep_strays()

    def come_back(self) -> None:
        """The buyer returns from the page, and the site asks Stripe."""
        charge = Charge.objects.filter(group=self.order.public_id).latest("pk")
        refresh_charge(charge=charge, now=self.clock())

    def deliver_webhooks(self) -> None:
        self.bank.deliver_webhooks()

    def _refused(self, act: Callable[[], object]) -> str:
        try:
            act()
        except DomainError as refusal:
            return refusal.code
        raise Disagreement(f"done at {self.model.standing}")

    # --- Comparing ---
    def truth(self, owed: Owed) -> Truth:
        charge = read_charges(self.order.public_id)[self.model.owed.index(owed)]
        return read_truth(self.bank.simulator, charge.ref)

    def follow(self) -> None:
        """Take what the application has learnt from the bank into the model, as far as it is true."""
        self.model.now = self.clock()
        seen = read_charges(self.order.public_id)
        if len(seen) != len(self.model.owed):
            raise Disagreement(f"{len(seen)} charges, and {len(self.model.owed)} were owed")
        statuses = refund_states(self.bank.simulator)
        for owed, charge in zip(self.model.owed, seen, strict=True):
            if charge.state == "quarantined":
                raise Disagreement("a charge was quarantined")
            truth = read_truth(self.bank.simulator, charge.ref)
            news.hear(self.model, owed, charge.phase, truth)
            if charge.surplus + (charge.phase == Phase.PAID) > truth.captures:
                raise Disagreement(f"{charge.surplus} payments too many; the bank took {truth.captures}")
            self._follow_refunds(owed, charge, statuses)

    def _follow_refunds(self, owed: Owed, charge: SeenCharge, statuses: dict[str, str]) -> None:
        held = [each for each in charge.refunds if each.kind == "held"]
        surplus = [each for each in charge.refunds if each.kind == "surplus"]
        if len(surplus) != charge.surplus:
            raise Disagreement("a payment too many has no refund")
        if bool(held) != (owed.place in (Place.GOING_BACK, Place.BACK)) and not _came_back(held):
            raise Disagreement(f"{len(held)} refunds of money that is {owed.place}")
        for each in held:
            owed.place = _place_of(each, statuses, failed=Place.HELD)
        owed.extra = [_place_of(each, statuses, failed=Place.NOWHERE) for each in surplus]

    def agree(self) -> None:
        """States, deadlines and balances are those of the model."""
        self.follow()
        seen, expected = read_order(self.order.pk), model_order(self.model)
        if seen != expected:
            raise Disagreement(f"the order is {_differences(seen, expected)}")
        books, owned = read_books(self.order.public_id), model_books(self.model)
        if books != owned:
            raise Disagreement(f"the books say {books}, not {owned}")

    def check_invariants(self) -> None:
        """I1, I2, I3, I13, I14: each invariant of `check_ledger`."""
        if found := violations():
            raise Disagreement(f"{[(each.invariant.name, each.rows) for each in found]}")


def _came_back(refunds: list[SeenRefund]) -> bool:
    return bool(refunds) and all(each.state == "failed" for each in refunds)


def _place_of(refund: SeenRefund, statuses: dict[str, str], *, failed: Place) -> Place:
    """Where a refund's money is; that it has arrived or failed only the bank can say."""
    place = {"succeeded": Place.BACK, "failed": failed}.get(refund.state, Place.GOING_BACK)
    if place != Place.GOING_BACK and statuses.get(refund.ref) != refund.state:
        raise Disagreement(f"a refund {refund.state}, says the application; the bank says {statuses.get(refund.ref)}")
    if refund.state == "quarantined":
        raise Disagreement("a refund was quarantined")
    return place


def _differences(seen: list[tuple[object, ...]], expected: list[tuple[object, ...]]) -> str:
    return "; ".join(
        f"[{row}.{column}] {theirs}, not {ours}"
        for row, (left, right) in enumerate(zip(seen, expected, strict=True))
        for column, (theirs, ours) in enumerate(zip(left, right, strict=True))
        if theirs != ours
    )


__all__ = ["BANK", "TIMER", "Life"]
