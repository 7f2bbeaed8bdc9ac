"""Every transition at every standing, by name: what random histories reach only by luck, and seldom."""

from collections.abc import Callable

from tests.prove.model.machine import MICRO, OrderLife
from tests.prove.model.promises import BANK, BUYER, PROMISES, SELLER, SUPPORT, Standing

Way = Callable[[OrderLife], None]
ASKS, IN_PARTS = 1, 5  # numbers of Cast.starts: a gig with questions, an offer of two milestones


def try_everything(new: Callable[[], OrderLife], standing: Standing) -> None:
    """What is refused there changes nothing, so one history tries all of it; what is allowed has a history of its own.

    Raises Disagreement, as a step of a random history does.
    """
    first = _reach(new(), standing)
    moves = []
    for name, promise in sorted(PROMISES.items()):
        if first.life.model.may(name, promise.who) and promise.who != BANK:
            moves.append(name)
        else:  # what the bank alone says is undone
            first.attempt(name, promise.who)
    first.teardown()
    for name in moves:
        life = _reach(new(), standing)
        life.attempt(name, PROMISES[name].who)
        life.teardown()


def _reach(life: OrderLife, standing: Standing) -> OrderLife:
    life.begin(number=ASKS if standing[0] == "awaiting_requirements" else IN_PARTS, probe=0)
    WAYS[standing](life)
    assert life.life.model.standing == standing
    return life


def _unpaid(life: OrderLife) -> None:
    """As it begins."""


def _abandoned(life: OrderLife) -> None:
    model = life.life.model
    assert model.unpaid_deadline is not None
    life.life.clock.advance(model.unpaid_deadline + MICRO - life.life.clock())
    model.now = life.life.clock()
    life.beat()


def _paid(life: OrderLife, scenario: str = "works") -> None:
    outcome = life.life.pay()
    assert outcome == "page"
    life.note(f"pay {scenario}", life.life.press(scenario))
    life.webhooks(None, 1, True)


def _delivered(life: OrderLife, scenario: str = "works") -> None:
    _paid(life, scenario)
    life.attempt("deliver", SELLER)


def _in_revision(life: OrderLife) -> None:
    _delivered(life)
    life.attempt("request_revision", BUYER)


def _charging(life: OrderLife, scenario: str = "works") -> None:
    _delivered(life, scenario)
    life.attempt("accept_and_continue", BUYER)


def _failed(life: OrderLife) -> None:
    _charging(life, "works_then_declines")
    life.work(1)


def _wants_buyer(life: OrderLife) -> None:
    _charging(life, "works_then_authenticates")
    life.work(1)


def _completed(life: OrderLife) -> None:
    _delivered(life)
    life.attempt("accept_and_stop", BUYER)


def _cancelled(life: OrderLife) -> None:
    _paid(life)
    life.attempt("cancel_order", SUPPORT)


WAYS: dict[Standing, Way] = {
    ("pending_payment", "charging"): _unpaid,
    ("abandoned", ""): _abandoned,
    ("awaiting_requirements", "in_progress"): _paid,
    ("active", "in_progress"): _paid,
    ("active", "delivered"): _delivered,
    ("active", "in_revision"): _in_revision,
    ("awaiting_next_payment", "charging"): _charging,
    ("awaiting_next_payment", "payment_failed"): _failed,
    ("awaiting_next_payment", "action_required"): _wants_buyer,
    ("completed", ""): _completed,
    ("cancelled", ""): _cancelled,
}
