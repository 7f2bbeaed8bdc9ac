"""Hypothesis plays the world: people who try everything, a clock, a bank that fails, webhooks that get lost."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import product

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from payments.simulator.cards import SCENARIOS
from tests.prove.model.cast import Cast
from tests.prove.model.ending import compare_story, compare_with_stripe, drain
from tests.prove.model.life import Life
from tests.prove.model.promises import BUYER, FINAL, PROMISES, SELLER, SUPPORT, TIMER

ROLES = ("buyer", "seller", "support", "timer", "payments")
PEOPLE = (BUYER, SELLER, TIMER)
CARDS = sorted(SCENARIOS)
STANDINGS = [
    *sorted({standing for promise in PROMISES.values() for standing in promise.where}),
    *((state, "") for state in FINAL),
]
UNPAID = ("pending_payment", "awaiting_next_payment")
WELL = ("answer_requirements", "deliver", "accept_and_continue", "accept_and_finish")
TRIES = 4
PAIRS = len(STANDINGS) * len(PROMISES)
MICRO = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
JUMPS = [timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=6), timedelta(hours=25), timedelta(days=3)]
REQUESTS = [
    "POST /v1/payment_intents", "/confirm", "POST /v1/refunds", "POST /v1/checkout", "GET /v1/", "/cancel", "",
    "POST /v1/transfers", "/reversals",
]  # fmt: skip
FAULTS = [
    "lost_before", "lost_after", "truncated", "html", "error_before", "error_after", "bad_gateway", "rate_limited",
    "in_use", "late_success", "late_failure",
]  # fmt: skip
WEBHOOK_FAULTS = ["webhook_dropped", "webhook_doubled", "webhook_shuffled", "webhook_delayed"]


class OrderLife(RuleBasedStateMachine):
    """One history of one order. `cast`, `counts`, `pairs` and `log` are the run's, set by the factory."""

    cast: Cast
    counts: Counter[str]
    pairs: set[str]
    log: Callable[[str], None]
    number = 0  # of the step
    probe = 0  # which transition is tried at the next standing
    standing = ("", "")

    @initialize(number=st.integers(0, 99), probe=st.integers(0, 2**32))
    def begin(self, number: int, probe: int) -> None:
        self.probe = probe
        start = self.cast.starts[number % len(self.cast.starts)]
        self.life = Life(self.cast, start)
        self.note(f"begin {number % len(self.cast.starts)}", "")
        if probe % 2:  # half of the sellers can be paid from the beginning
            self.onboard("in_order")
            self.webhooks(None, 1, True)

    # --- People ---
    @rule(choice=st.integers(0, 99))
    def go_on(self, choice: int) -> None:
        """Somebody does one of the things that the model allows now."""
        model = self.life.model
        moves = [name for name, promise in PROMISES.items() if promise.who in PEOPLE and model.may(name, promise.who)]
        if model.state in UNPAID:
            self.pay_and_press(choice)
        elif moves:
            name = moves[choice % len(moves)]
            self.attempt(name, PROMISES[name].who)
        else:
            self.work(1)

    @rule()
    def go_well(self) -> None:
        """The next thing in an order that goes as everybody hopes."""
        model = self.life.model
        allowed = [name for name in WELL if model.may(name, PROMISES[name].who)]
        if model.state in UNPAID:
            self.pay_and_press(0)
            self.webhooks(None, 1, True)
        elif allowed:
            self.attempt(allowed[0], PROMISES[allowed[0]].who)
            self.work(1)

    @rule(first=st.integers(0, 2**32), by_right=st.booleans())
    def try_anything(self, first: int, by_right: bool) -> None:
        """A few transitions in a row, by whoever comes along; most are refused."""
        names = sorted(PROMISES)
        for number in range(TRIES):
            name = names[(first + number * 7) % len(names)]
            role = PROMISES[name].who if by_right else ROLES[(first // 31 + number) % len(ROLES)]
            self.attempt(name, role)

    @precondition(lambda self: self.life.model.standing[0] in ("active", "awaiting_requirements"))
    @rule(choice=st.integers(0, 19))
    def ask_support(self, choice: int) -> None:
        """Support cancels, now and then."""
        moves = [
            name for name, promise in PROMISES.items() if promise.who == SUPPORT and self.life.model.may(name, SUPPORT)
        ]
        if choice < len(moves):
            self.attempt(moves[choice], SUPPORT)

    @rule(choice=st.integers(0, 99))
    def pay_and_press(self, choice: int) -> None:
        scenario = CARDS[choice % len(CARDS)] if choice % 2 else "works"
        outcome = self.life.pay()
        if outcome == "page":
            outcome = self.life.press(scenario)
        self.note(f"pay {scenario}", outcome)

    @rule(scenario=st.sampled_from(CARDS))
    def press_again(self, scenario: str) -> None:
        """On whatever page was handed out last, however long ago."""
        self.note(f"press {scenario}", self.life.press(scenario))

    # --- Money that goes back, and money that goes out ---
    @rule(number=st.integers(0, 5), part=st.sampled_from([1, 2, 3, 7, 100]), in_dashboard=st.booleans())
    def refund(self, number: int, part: int, in_dashboard: bool) -> None:
        """All, a half, a third … of what is left of a charge; now and then more than that."""
        owed = self.life.model.owed[number % len(self.life.model.owed)]
        amount = owed.left.total + 1 if part == 100 else max(owed.left.total // part, 1)
        send = self.life.refund_in_dashboard if in_dashboard else self.life.refund
        self.note(f"refund {number} {part} {in_dashboard}", send(number, amount))

    @rule(decision=st.sampled_from(["in_order", "in_order", "in_order", "document", "refused"]))
    def onboard(self, decision: str) -> None:
        self.note(f"onboard {decision}", self.life.onboard(decision))

    @rule(number=st.integers(0, 5), inquiry=st.booleans())
    def dispute(self, number: int, inquiry: bool) -> None:
        self.note(f"dispute {number} {inquiry}", self.life.dispute(number, inquiry=inquiry))

    @rule(number=st.integers(0, 5), won=st.booleans())
    def decide(self, number: int, won: bool) -> None:
        self.note(f"decide {number} {won}", self.life.decide(number, won=won))

    @rule(lift=st.booleans())
    def hold(self, lift: bool) -> None:
        self.note("hold", self.life.hold(lift=lift))

    # --- Time, workers, webhooks ---
    @rule(choice=st.integers(0, 99), edge=st.sampled_from([-MICRO, timedelta(), MICRO]))
    def wait(self, choice: int, edge: timedelta) -> None:
        """Until just before, at, or after a deadline; or some time."""
        model, now = self.life.model, self.life.clock()
        piece = model.piece if model.at is not None else None
        marks = [model.pay_by, model.unpaid_deadline, *(owed.clears_at for owed in model.owed)]
        marks += [piece.due_at, piece.review_deadline, piece.retry_at] if piece else []
        until = [mark + edge - now for mark in marks if mark is not None and mark + edge > now] + JUMPS
        if until[choice % len(until)] > HOUR:  # the hourly sweeps have had their turn meanwhile
            self.life.poll()
            self.life.agree()
        self.life.clock.advance(until[choice % len(until)])
        self.life.model.now = self.life.clock()
        self.note("wait", str(until[choice % len(until)]))

    @rule()
    def beat(self) -> None:
        self.life.beat()
        self.note("beat", "")

    @rule(times=st.integers(1, 2))
    def work(self, times: int) -> None:
        for _ in range(times):
            self.life.work()
            self.note("work", "")

    @rule(fault=st.sampled_from([None, None, *WEBHOOK_FAULTS]), times=st.integers(1, 9), and_work=st.booleans())
    def webhooks(self, fault: str | None, times: int, and_work: bool) -> None:
        if fault:
            self.life.bank.faults.add(fault, times=times, seconds=90.0)
        self.life.deliver_webhooks()
        if and_work:
            self.life.work()
        self.note(f"webhooks {fault} {times}", "")

    @rule(polls=st.booleans())
    def ask_stripe(self, polls: bool) -> None:
        """The buyer comes back from the page, or the hourly sweep asks what no webhook brought."""
        (self.life.poll if polls else self.life.come_back)()
        self.note(f"ask {polls}", "")

    @rule(kind=st.sampled_from(FAULTS), on=st.sampled_from(REQUESTS), times=st.sampled_from([1, 1, 3, 6]))
    def disturb(self, kind: str, on: str, times: int) -> None:
        self.life.bank.faults.add(kind, on=on, times=times, seconds=45.0)
        self.note(f"disturb {kind} {on} {times}", "")

    # --- Comparing ---
    def attempt(self, name: str, role: str) -> None:
        order, milestone = self.life.model.standing
        self.pairs.add(f"{order}/{milestone} {name}")
        done = self.life.attempt(name, role)
        self.note(f"{role} {name}", "done" if done else "refused")

    def note(self, step: str, outcome: str) -> None:
        self.life.agree()
        model = self.life.model
        self.counts.update(steps=1)
        money = ",".join(f"{owed.phase}/{owed.stage}/{owed.left.total}" for owed in model.owed)
        self.log(f"{step} {outcome} {self.life.clock():%m%d%H%M%S} {model.standing} {money}")
        self.number += 1
        if self.number % 16 == 0:
            self.life.check_invariants()
        if model.standing != self.standing:
            self.standing = model.standing
            self.try_here()

    def try_here(self) -> None:
        """At each standing that is reached one transition is tried, another in each history: none is left out."""
        names = sorted(PROMISES)
        self.probe += 1
        name = names[self.probe % len(names)]
        self.attempt(name, PROMISES[name].who)

    def teardown(self) -> None:
        if not hasattr(self, "life"):
            return
        try:
            drain(self.life)
            compare_with_stripe(self.life)
            compare_story(self.life)
            self.life.check_invariants()
            self.pairs.update(_told_pairs(self.life))
            self.counts.update(histories=1, charges=len(self.life.model.owed))
        finally:
            self.cast.restore()


def _told_pairs(life: Life) -> set[str]:
    """What the bank said by itself was tried too: the standings before are those that its promises name."""
    return {f"{where[0]}/{where[1]} {name}" for name, who in life.model.told if who == "payments" and name in PROMISES
            for where in PROMISES[name].where[:1]}  # fmt: skip


def all_pairs() -> list[str]:
    return [f"{order}/{milestone} {name}" for (order, milestone), name in product(STANDINGS, sorted(PROMISES))]
