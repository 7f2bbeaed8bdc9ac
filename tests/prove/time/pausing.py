"""The beat stands still for twelve days, then goes on: what became due meanwhile is done once, reminders are one."""

import random
from collections import Counter
from datetime import datetime, timedelta

from notifications.models import Notification
from offers import tasks as offer_tasks
from orders import tasks
from orders.models import TimelineEntry
from tests.factories.accounts import make_seller, make_user
from tests.factories.milestones import put_in_force
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.time.deadlines import DEADLINES, Stage
from tests.prove.time.frozen import Frozen

PAUSE = timedelta(days=12)
ONE_HOUR = timedelta(hours=1)
EXPECTED = {
    "unpaid": "lapse_unpaid",
    "review": "lapse_review",
    "extension": "lapse_review",
    "pay_by": "lapse_payment",
    "retry": "lapse_payment",
    "payment_reminder": "lapse_payment",
    "due": "flag_late",
    "revision_due": "flag_revision_late",
    "offer": "",
}


def started(stripe: StripeDouble, kind: str, frozen: Frozen, at: datetime) -> Stage:
    """An order of other people, whose deadline of `kind` began to run at `at`."""
    stage = Stage(stripe, make_user("Bea Buyer"), make_seller("Sol Seller"))
    frozen.set(at - ONE_HOUR)
    DEADLINES[kind].reach(stage)
    frozen.set(at)
    DEADLINES[kind].start(stage)
    return stage


def beat() -> None:
    """Every order sweep, as the beat sends them."""
    for sweep in (
        offer_tasks.expire_offers,
        tasks.lapse_unpaid_orders,
        tasks.lapse_reviews,
        tasks.lapse_payments,
        tasks.retry_payments,
        tasks.flag_late_milestones,
        tasks.send_reminders,
    ):
        sweep()


def after_the_pause(stage: Stage, kind: str) -> str:
    """What is wrong with the order after two beats; "" when its deadline was kept once."""
    if kind == "offer":
        return "" if stage.offer.state == "expired" else f"the offer is {stage.offer.state}"
    made = Counter(TimelineEntry.objects.filter(order=stage.order, role="timer").values_list("name", flat=True))
    wanted = {EXPECTED[kind]: 1}
    reminded = Notification.objects.filter(recipient=stage.buyer, kind__endswith="_reminder").count()
    if made != wanted:
        return f"the clock did {dict(made)} instead of {wanted}"
    return f"{reminded} reminders of what is over" if reminded else ""


def reminders_after_the_pause(stripe: StripeDouble, frozen: Frozen, rng: random.Random, stop: datetime) -> str:
    """A review whose three reminders all came due within the pause, and that is not over yet."""
    put_in_force("standard", review_days=14)
    resume = stop + PAUSE
    stage = started(stripe, "review", frozen, resume + timedelta(minutes=rng.randint(1, 119)) - timedelta(days=14))
    frozen.set(resume)
    beat()
    beat()
    sent = stage.notices("review_reminder")
    return "" if sent == 1 else f"{sent} reminders instead of the nearest"
