"""Posts forgeries at a small world and looks what became of it."""

import copy
import random
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.test import override_settings

from accounts.models import User
from marketplace.kernel import clock
from orders.services import funding
from payments.models import Charge, WebhookEvent
from payments.services.sweeping import sweep_events
from payments.simulator.webhooks import sign
from payments.stripe_gateway import install_gateway
from tests.factories.accounts import make_seller, make_user
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.webhooks.forging import HUGE, JSON, OTHER_SECRET, REFUSED, SECRET, Forgery, Models, true_body
from tests.prove.webhooks.lying import MOVE_NOTHING, MUST_QUARANTINE
from tests.prove.webhooks.posting import send
from tests.prove.webhooks.running import OneOrder, world
from tests.prove.webhooks.sweeping import work
from tests.scenarios.story import CANCEL, SUCCESS, Story, movable_clock

FAR_LESS_OFTEN = 5  # of so many rounds of all kinds, one has a body of ten megabytes
BOOKS = ("payments_journalentry", "payments_posting", "payments_ledgeraccount", "payments_refund", "orders_order",
         "orders_milestone", "orders_timelineentry")  # fmt: skip
STATES = ("payments_charge", "payments_chargeattempt")
KINDS = (*REFUSED, "huge", "rotated_out", *MOVE_NOTHING, *MUST_QUARANTINE)


class Target:
    """Three orders: one at work on a paid milestone, one whose second charge was refused, one whose page is open."""

    def __init__(self) -> None:
        self.stripe = StripeDouble()
        install_gateway(self.stripe.gateway)
        buyer, seller = make_user("Bea Buyer"), make_seller("Sol Seller")
        self._order(buyer, seller, "works")
        self._order(buyer, seller, "works_then_declines")
        last = OneOrder(self.stripe, buyer, seller, prices=[40_00])
        self._open_page(last)
        work()
        self.stripe.deliver_webhooks()
        work()

    def _order(self, buyer: User, seller: User, card: str) -> None:
        story = Story(self.stripe, buyer, seller, prices=[60_00, 80_00])
        story.pay(card)
        story.deliver()
        story.accept_and_continue()

    def _open_page(self, story: Story) -> None:
        charge = funding.prepare_payment(order=story.order, actor=story.buyer)
        funding.pay_url(charge=charge, success_url=SUCCESS, cancel_url=CANCEL)

    def models(self) -> Models:
        return Models(events=self.stripe.objects("event"), now=int(clock.now().timestamp()))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens, here and at Stripe, is as before afterwards."""
        kept = copy.deepcopy(self.stripe.simulator.store._objects)
        with world(kept=False):
            yield
        self.stripe.simulator.store._objects = kept


@contextmanager
def target() -> Iterator[Target]:
    with movable_clock():
        try:
            yield Target()
        finally:
            install_gateway(None)


def try_forgery(at: Target, kind: str, rng: random.Random) -> str:
    """What is wrong with how the site took one forgery; "" when it stood firm."""
    if kind in MOVE_NOTHING or kind in MUST_QUARANTINE:
        return _lie(at, kind, rng)
    if kind == "rotated_out":
        return _rotated_out(at, rng)
    forgery = (HUGE if kind == "huge" else REFUSED[kind])(at.models(), rng)
    before = fingerprint(*BOOKS, *STATES), WebhookEvent.objects.count()
    status = send(forgery.body, forgery.header, content_type=forgery.content_type, endpoint=forgery.endpoint)
    if not 400 <= status < 500:
        return f"answered with {status}: {forgery.header!r} {forgery.body[:200]!r}"
    if (fingerprint(*BOOKS, *STATES), WebhookEvent.objects.count()) != before:
        return f"changed something: {forgery.header!r} {forgery.body[:200]!r}"
    return ""


def _rotated_out(at: Target, rng: random.Random) -> str:
    """Valid under the old secret while it is in force; the same bytes again, once it is not."""
    body = true_body(at.models(), rng)
    header = sign(body, secret="whsec_old", at=int(clock.now().timestamp()))
    with at.undone():
        with override_settings(STRIPE_WEBHOOK_SECRETS=[settings.STRIPE_WEBHOOK_SECRETS[0], "whsec_old"]):
            during = send(body, header)
        after = send(body, header)
    return "" if (during, after) == (200, 400) else f"{during} during the rotation and {after} after"


def _lie(at: Target, kind: str, rng: random.Random) -> str:
    tell = MOVE_NOTHING.get(kind) or MUST_QUARANTINE[kind]
    with at.undone():
        watched = BOOKS if kind in MUST_QUARANTINE else (*BOOKS, *STATES)
        before = fingerprint(*watched)
        body = tell(at.stripe, at.models(), rng)
        status = send(body, sign(body, secret=SECRET, at=int(clock.now().timestamp())))
        sweep_events()
        sweep_events()
        if status not in (200, 400):
            return f"answered with {status}"
        if fingerprint(*watched) != before:
            return f"moved something: {body[:300]!r}"
        if kind in MUST_QUARANTINE and not Charge.objects.filter(state="quarantined").exists():
            return "was not put into quarantine"
    return ""


def fingerprint(*tables: str) -> str:
    """Equal as long as no column that means something has changed; when to look again doesn't."""
    unsaid = "- 'due_at' - 'tries' - 'leased_at'"
    parts = [f"(SELECT coalesce(md5(string_agg((to_jsonb(t) {unsaid})::text, '|' ORDER BY id)), '') FROM {table} t)"
             for table in tables]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' || '.join(parts)}")
        (mark,) = cursor.fetchone()
    return str(mark)


__all__ = ["FAR_LESS_OFTEN", "JSON", "KINDS", "OTHER_SECRET", "Forgery", "Target", "target", "try_forgery"]
