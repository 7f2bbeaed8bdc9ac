"""One history: the order, its model and the bank, moved together and compared after each step."""

from collections.abc import Callable
from contextlib import suppress

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory

from marketplace.kernel.errors import DomainError
from orders import tasks as order_tasks
from orders.actors import Actor
from orders.enums import Role
from orders.services import funding
from orders.services.holding import lift_hold, place_hold
from payments import tasks as payment_tasks
from payments.enums import HoldKind
from payments.gateway import GatewayError
from payments.invariants import violations
from payments.models import Charge, ConnectedAccount
from payments.services import refunding
from payments.services.charging import refresh_charge
from payments.services.onboarding import begin_onboarding
from payments.simulator.errors import ApiError
from payments.stripe_gateway import install_gateway
from payments.webhooks import stripe_connect_webhook, stripe_webhook
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.model import acting, following, news
from tests.prove.model.bank import Truth, read_objects, read_truth
from tests.prove.model.books import Owed, Phase
from tests.prove.model.cast import Cast, Start, agreement_of, people
from tests.prove.model.news import Disagreement
from tests.prove.model.promises import BANK
from tests.prove.model.reading import model_books, model_order, read_books, read_charges, read_order
from tests.prove.model.reference import Reference

BACK = "https://milepost.test/back"
ORDER_BEAT = (
    order_tasks.lapse_unpaid_orders,
    order_tasks.lapse_reviews,
    order_tasks.lapse_payments,
    order_tasks.retry_payments,
    order_tasks.flag_late_milestones,
    order_tasks.send_reminders,
)
# A sweep whose table is empty would find nothing: it is left out, which halves the time of a history.
WORK = {
    payment_tasks.sweep_charges: "TRUE",
    payment_tasks.sweep_withdrawals: "TRUE",
    payment_tasks.sweep_refunds: "EXISTS (SELECT FROM payments_refund)",
    payment_tasks.sweep_transfers: "EXISTS (SELECT FROM payments_transfer)",
    payment_tasks.sweep_reversals: "EXISTS (SELECT FROM payments_transferreversal)",
    payment_tasks.sweep_disputes: "EXISTS (SELECT FROM payments_dispute)",
    payment_tasks.sweep_events: "EXISTS (SELECT FROM payments_webhookevent WHERE state IN ('received', 'orphan'))",
    payment_tasks.sweep_announcements: """EXISTS (SELECT FROM payments_charge WHERE announced_at IS NULL)
        OR EXISTS (SELECT FROM payments_refund) OR EXISTS (SELECT FROM payments_dispute)
        OR EXISTS (SELECT FROM payments_chargeattempt WHERE state = 'surplus')""",
}
WHICH = f"SELECT {', '.join(WORK.values())}"


class Bank(StripeDouble):
    """The simulator, whose webhooks go straight to the view: what stands before it is proved by other suites."""

    def _post(self, body: bytes, signature: str) -> int:
        return stripe_webhook(_posted(body, signature)).status_code

    def _post_connect(self, body: bytes, signature: str) -> int:
        return stripe_connect_webhook(_posted(body, signature)).status_code


def _posted(body: bytes, signature: str) -> HttpRequest:
    headers = {"stripe-signature": signature}
    return RequestFactory().post("/", data=body, content_type="application/json", headers=headers)


class Life:
    """`step` methods do one thing for real and in the model; `agree` compares all that can be seen."""

    def __init__(self, cast: Cast, start: Start) -> None:
        self.cast, self.clock, self.people = cast, cast.clock, people(cast)
        cache.clear()  # it remembers when the bank's events were listed last
        self.bank = Bank()
        install_gateway(self.bank.gateway)
        self.order = cast.place(start)
        agreed = agreement_of(self.order.plan, start.policy, has_questions=self.order.requirements.exists())
        self.model = Reference(agreed=agreed, now=self.clock())
        self.page = ""
        self.handed_out: set[str] = set()  # every page's address that the buyer was given
        self.may_be_refused_again = False
        self.payouts = following.Payouts()
        self.agree()

    # --- Steps ---
    def attempt(self, name: str, role: str) -> bool:
        """Somebody tries a transition. Both do it, or both refuse."""
        expected = self.model.may(name, role)
        if name in ("retry_payment", "charge_saved_card") and expected:
            expected = not self.truth(self.model.asked).page_is_open
        done = acting.attempt(self.order, name, role, self.people.get(role), expected=expected)
        if done != expected:
            raise Disagreement(f"{role} {name} at {self.model.standing}: {'done' if done else 'refused'}")
        if expected and role != BANK:
            self.model.try_to(name, role)
        return done

    def pay(self) -> str:
        """The buyer asks for the hosted page; it may be there, or what happened before comes to light.

        An error that the bank keeps under the key comes once more when the fault is over; then there is a new key.
        """
        if self.model.held_since or self.model.state not in ("pending_payment", "awaiting_next_payment"):
            return self._refused(lambda: funding.prepare_payment(order=self.order, actor=self.cast.buyer))
        self.model.try_to("pay_again", "buyer")
        charge = funding.prepare_payment(order=self.order, actor=self.cast.buyer)
        before, troubled = self.model.asked.phase, bool(self.bank.faults.waiting())
        try:
            self.page = funding.pay_url(charge=charge, success_url=BACK, cancel_url=BACK)
        except DomainError as refusal:
            self.follow()
            payable = before in (Phase.PAGE, Phase.DECLINED, Phase.WANTS_BUYER) and self.model.asked.phase == Phase.PAGE
            if payable and not troubled and not self.may_be_refused_again:
                raise Disagreement(f"no page: {refusal.code}") from refusal
            self.may_be_refused_again = troubled
            return refusal.code
        self.handed_out.add(self.page)
        self.may_be_refused_again = False
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
        with connection.cursor() as cursor:
            cursor.execute(WHICH)
            wanted = cursor.fetchone()
        for task, is_wanted in zip(WORK, wanted, strict=True):
            if is_wanted:
                task()

    def poll(self) -> None:
        """What webhooks didn't bring is asked for; strays are cancelled."""
        for _ in range(3):  # an hour that found nobody at home is followed by others
            with suppress(GatewayError):
                payment_tasks.sweep_stripe_events()
                break
        payment_tasks.sweep_strays()
        payment_tasks.sweep_accounts()

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

    # --- Money that goes back, and money that goes out ---
    def refund(self, number: int, amount: int) -> str:
        """Support sends back a part of one charge, wherever its money is by now (T22)."""
        owed = self.model.owed[number % len(self.model.owed)]
        possible = owed.phase == Phase.PAID and not owed.in_dispute and 0 < amount <= owed.left.total
        charge = Charge.objects.get(public_id=self.charges[self.model.owed.index(owed)].ref)
        try:
            refunding.request_refund(charge=charge, amount=amount, reason="A part", now=self.clock())
        except DomainError as refusal:
            if possible:
                raise Disagreement(f"no refund of {amount}: {refusal.code}") from refusal
            return refusal.code
        if not possible:
            raise Disagreement(f"{amount} were refunded of {owed.left.total}")
        owed.wanted.append(amount)
        return "asked"

    def refund_in_dashboard(self, number: int, amount: int) -> str:
        """Somebody refunds at Stripe, past us."""
        paid = [each for each in self.bank.objects("payment_intent") if each["status"] == "succeeded"]
        if not paid:
            return "nothing paid"
        return self._at_stripe(lambda: self.bank.refund_in_dashboard(paid[number % len(paid)]["id"], amount))

    def onboard(self, decision: str) -> str:
        """The seller fills in Stripe's page, and Stripe decides."""
        try:
            begin_onboarding(user=self.cast.seller, country="FR", return_url=BACK, refresh_url=BACK, now=self.clock())
        except DomainError as refusal:
            return refusal.code
        account = ConnectedAccount.objects.get(user=self.cast.seller).stripe_id or ""
        return self._at_stripe(lambda: self.bank.onboard(account, decision))

    def dispute(self, number: int, *, inquiry: bool) -> str:
        """The buyer's bank takes a payment back, or asks about it."""
        refs = [charge.ref for charge in self.charges if charge.phase == Phase.PAID and not charge.surplus]
        if not refs:
            return "nothing paid"
        ref = refs[number % len(refs)]
        paid = next(each["id"] for each in self.bank.objects("payment_intent")
                    if each["status"] == "succeeded" and each["metadata"]["charge_ref"] == ref)  # fmt: skip
        return self._at_stripe(lambda: self.bank.dispute(paid, inquiry=inquiry))

    def decide(self, number: int, *, won: bool) -> str:
        found = self.bank.objects("dispute")
        if not found:
            return "nothing to decide"
        return self._at_stripe(lambda: self.bank.close_dispute(found[number % len(found)]["id"], won=won))

    def hold(self, *, lift: bool) -> str:
        """Support stops the order's clocks and payouts, or lets them go on."""
        actor, reason = Actor(Role.SUPPORT, self.cast.agent), "support:"
        if not lift:
            place_hold(order=self.order, kind=HoldKind.SUPPORT, reason="We look into it.", actor=actor)
            self.model.hold(reason)
        elif reason in self.model.holds:
            lift_hold(order=self.order, kind=HoldKind.SUPPORT, actor=actor)
            self.model.lift(reason)
        return "lifted" if lift else "held"

    def _at_stripe(self, act: Callable[[], object]) -> str:
        try:
            act()
        except ApiError as error:
            return f"no {error.status}"
        return "done"

    # --- Comparing ---
    def truth(self, owed: Owed) -> Truth:
        charge = read_charges(self.order.public_id)[self.model.owed.index(owed)]
        return read_truth(self.bank.simulator, charge.ref, handed_out=self.handed_out)

    def follow(self) -> None:
        """Take what the application has learnt from the bank into the model, as far as it is true."""
        self.model.now = self.clock()
        seen, simulator = read_charges(self.order.public_id), self.bank.simulator
        if len(seen) != len(self.model.owed):
            raise Disagreement(f"{len(seen)} charges, and {len(self.model.owed)} were owed")
        refunds, disputes = read_objects(simulator, "refund"), read_objects(simulator, "dispute")
        for owed, charge in zip(self.model.owed, seen, strict=True):
            if charge.state == "quarantined":
                raise Disagreement("a charge was quarantined")
            truth = read_truth(simulator, charge.ref, handed_out=self.handed_out)
            news.hear(self.model, owed, charge.phase, truth)
            if charge.surplus + (charge.phase == Phase.PAID) > truth.captures:
                raise Disagreement(f"{charge.surplus} payments too many; the bank took {truth.captures}")
            following.follow_refunds(self.model, owed, charge, refunds)
            following.follow_disputes(self.model, owed, charge, disputes)
        self.payouts.follow(self.model, seen, read_objects(simulator, "transfer"), self.clock())
        self.charges = seen

    def agree(self) -> None:
        """States, deadlines and balances are those of the model."""
        self.follow()
        seen, expected = read_order(self.order.pk), model_order(self.model)
        if seen != expected:
            raise Disagreement(f"the order is {_differences(seen, expected)}")
        seller = following.seller_books(self.charges)
        following.compare_books(read_books(self.order.public_id), model_books(self.model), seller)

    def check_invariants(self) -> None:
        """I1, I2, I3, I13, I14: each invariant of `check_ledger`."""
        if found := violations():
            raise Disagreement(f"{[(each.invariant.name, each.rows) for each in found]}")


def _differences(seen: list[tuple[object, ...]], expected: list[tuple[object, ...]]) -> str:
    return "; ".join(
        f"[{row}.{column}] {theirs}, not {ours}"
        for row, (left, right) in enumerate(zip(seen, expected, strict=True))
        for column, (theirs, ours) in enumerate(zip(left, right, strict=True))
        if theirs != ours
    )
