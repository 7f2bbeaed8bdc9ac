"""Orders for tests, brought to each state through the services and the Stripe simulator. Amounts are cents.

order = make_order()                       # unpaid: three milestones of 120.00, 80.00 and 60.00 from a gig
order = make_order(parts=(26000,))         # one payment
order = make_order(parts=(...), via="offer", policy="classic")
pay_first(order, stripe)                   # the buyer pays on the hosted page
deliver_current(order)                     # the seller hands the milestone under way over
accept_and_pay_next(order, stripe)         # accepted, and the saved card charged as the worker does
"""

from datetime import datetime
from itertools import count
from typing import Any, Literal

from django.core.files.base import ContentFile

from accounts.models import User
from gigs.models import Gig
from gigs.selectors import plan_terms
from inbox.services import open_conversation
from marketplace.kernel import clock
from milestones.enums import OrderType, PackageTier
from offers.models import Offer
from offers.services.drafting import Draft, save_draft
from offers.services.sending import send_offer
from offers.terms import DraftTerms, TypedMilestone
from orders.enums import CancelReason, MilestoneState
from orders.guards import Facts
from orders.models import Delivery, Milestone, Order
from orders.selectors import OrderView, facts_of, view_order
from orders.services import deciding, delivering, ending, funding, placing, requirements
from orders.services.delivering import FileInput, LinkInput
from payments.enums import UNCLOSED
from payments.models import Charge, ChargeAttempt
from payments.services.charging import refresh_charge
from payments.services.submitting import submit_attempt
from tests.factories.accounts import make_agent, make_seller, make_user
from tests.factories.gigs import NO_MILESTONES
from tests.factories.milestones import make_design, put_in_force
from tests.factories.ready import ready_gig
from tests.payments.simulator_fixtures import StripeDouble

numbers = count(1)
PARTS = (12000, 8000, 6000)
RETURN = "https://milepost.test/back"


def make_order(
    *,
    buyer: User | None = None,
    seller: User | None = None,
    parts: tuple[int, ...] = PARTS,
    days: int = 5,
    revisions: int = 2,
    questions: int = 0,
    via: Literal["gig", "offer"] = "gig",
    policy: str = "standard",
    changes: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Order:
    """An order that nobody has paid yet. `changes` are made to `policy`, which then is in force for everything new."""
    number = next(numbers)
    buyer = buyer or make_user(f"Buyer {number}")
    seller = seller or make_seller(f"Seller {number}")
    if changes or policy != "standard":
        put_in_force(policy, **(changes or {}))
    if via == "gig":
        return place_gig_order(make_gig_with(seller, parts, days=days, questions=questions), buyer, now=now)
    return place_offer_order(make_offer_with(seller, buyer, parts, days=days, revisions=revisions), buyer, now=now)


def make_gig_with(seller: User, parts: tuple[int, ...], *, days: int = 5, questions: int = 0) -> Gig:
    """An active gig whose Basic package costs the sum of `parts`, as milestones when there are several."""
    tiers = (PackageTier.BASIC,)
    design = make_design(*parts, days=days, tiers=tiers) if len(parts) > 1 else NO_MILESTONES
    return ready_gig(seller, prices={PackageTier.BASIC: sum(parts)}, questions=questions, design=design)


def make_offer_with(seller: User, buyer: User, parts: tuple[int, ...], *, days: int = 5, revisions: int = 2) -> Offer:
    """A sent offer with one milestone per part."""
    gig = ready_gig(seller)
    rows = tuple(
        TypedMilestone(
            name=f"Step {number}",
            description=f"What step {number} delivers.",
            criteria=f"Step {number} works\nStep {number} is documented",
            days=str(days),
            amount=f"{part // 100}.{part % 100:02d}",
            revisions=str(revisions),
        )
        for number, part in enumerate(parts, start=1)
    )
    draft = Draft(
        order_type=OrderType.MILESTONES if len(parts) > 1 else OrderType.SINGLE,
        title=f"A custom application {next(numbers)}",
        description="As we discussed.",
        gig=gig,
        typed=DraftTerms(milestones=rows, revisions=str(revisions)),
    )
    conversation = open_conversation(starter=buyer, other=seller, now=clock.now())
    offer = save_draft(seller=seller, conversation=conversation, draft=draft, now=clock.now())
    return send_offer(offer=offer, seller=seller)


def digest_of(gig: Gig, tier: PackageTier = PackageTier.BASIC) -> str:
    """What the gig page puts into its order form."""
    return plan_terms(gig, tier).digest


def place_gig_order(gig: Gig, buyer: User, *, now: datetime | None = None) -> Order:
    return placing.place_from_gig(gig=gig, tier=PackageTier.BASIC, buyer=buyer, shown_digest=digest_of(gig), now=now)


def place_offer_order(offer: Offer, buyer: User, *, now: datetime | None = None) -> Order:
    assert offer.plan is not None
    return placing.place_from_offer(offer=offer, buyer=buyer, shown_digest=offer.plan.digest, now=now)


# --- Paying -----------------------------------------------------------------------------------------------------------
def pay(order: Order, stripe: StripeDouble, scenario: str = "works") -> Order:
    """The buyer opens the hosted page, presses the button of `scenario` and comes back."""
    charge = funding.prepare_payment(order=order, actor=order.buyer)
    stripe.pay(funding.pay_url(charge=charge, success_url=RETURN, cancel_url=RETURN), scenario)
    refresh_charge(charge=charge, now=clock.now())
    return again(order)


def pay_first(order: Order, stripe: StripeDouble, scenario: str = "works") -> Order:
    """The first milestone paid: the order is active, or waits for requirements."""
    return pay(order, stripe, scenario)


def work_off_charges(order: Order) -> Order:
    """What the worker does: send every attempt of the order that waits."""
    charges = Charge.objects.filter(group=order.public_id)
    for attempt in ChargeAttempt.objects.filter(charge__in=charges, state__in=UNCLOSED, mode="saved"):
        submit_attempt(attempt_id=attempt.pk)
    return again(order)


# --- Working ----------------------------------------------------------------------------------------------------------
def answer_all(order: Order, *, now: datetime | None = None) -> Order:
    """The buyer answers every question in words."""
    answers = {r.pk: requirements.Answer(text="As we said.") for r in order.requirements.all()}
    requirements.answer_requirements(order=order, actor=order.buyer, answers=answers, now=now)
    return again(order)


def deliver_current(order: Order, *, files: int = 0, originals: int = 0, now: datetime | None = None) -> Delivery:
    """The milestone under way is handed over: a link, and text files if asked for."""
    uploads = [_upload(f"preview-{number}.txt") for number in range(1, files + 1)]
    uploads += [_upload(f"original-{number}.txt", held_back=True) for number in range(1, originals + 1)]
    return delivering.deliver(
        order=order,
        actor=order.seller,
        message="Here it is.",
        files=uploads,
        links=[LinkInput(url="https://example.com/work", label="The work")],
        is_full_project=True,
        now=now,
    )


def accept_and_continue(order: Order, *, now: datetime | None = None) -> Order:
    """Accepted; the next charge is written and not made yet."""
    following = facts(order).following
    assert following is not None
    deciding.accept_and_continue(order=order, actor=order.buyer, shown_to_pay=following.to_pay.amount, now=now)
    return again(order)


def accept_and_pay_next(order: Order, *, now: datetime | None = None) -> Order:
    accept_and_continue(order, now=now)
    return work_off_charges(order)


def cancel(order: Order, agent: User | None = None, *, continue_after: bool = False) -> Order:
    ending.cancel(
        order=order,
        actor=agent or make_agent(),
        reason=CancelReason.BOTH_AGREE,
        note="They asked for it.",
        continue_after=continue_after,
    )
    return again(order)


# --- Looking ----------------------------------------------------------------------------------------------------------
def again(order: Order) -> Order:
    """The order as it is in the database now."""
    return Order.objects.select_related("buyer", "seller", "plan", "policy", "method").get(pk=order.pk)


def facts(order: Order, *, now: datetime | None = None) -> Facts:
    return facts_of(again(order), now=now or clock.now())


def view_of(order: Order, user: User, *, now: datetime | None = None) -> OrderView:
    return view_order(again(order), user, now=now or clock.now())


def current(order: Order) -> Milestone:
    found = facts(order).current
    assert found is not None
    return found


def states(order: Order) -> list[MilestoneState]:
    return [MilestoneState(m.state) for m in order.milestones.order_by("position")]


def without_file(answer: Any) -> Any:
    """An answer whose file has been read to its end, which closes it and spares the database's connection."""
    if answer.streaming:
        answer.getvalue()
    return answer


def _upload(name: str, *, held_back: bool = False) -> FileInput:
    content = ContentFile(b"content of " + name.encode(), name=name)
    return FileInput(upload=content, name=name, size=content.size, content_type="text/plain", held_back=held_back)
