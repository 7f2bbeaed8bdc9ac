"""Placing an order: from a gig's package, or by accepting an offer (R-ORD-1, R-ORD-2, R-OFR-5)."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.selectors import role_in
from gigs.models import Gig
from gigs.selectors import plan_terms
from marketplace.web.clock import database_now
from milestones.enums import PackageTier
from milestones.models import MilestonePolicy, Plan
from milestones.services.plans import create_plan
from milestones.services.policies import pin_policy, policy_in_force
from offers.models import Offer
from offers.services.accepting import accept_offer
from orders import errors
from orders.enums import MilestoneState, OrderState, Role
from orders.models import Milestone, Order, OrderRequirement, TimelineEntry
from orders.services.money import open_charge
from orders.services.progress import plan_steps


@transaction.atomic
def place_from_gig(
    *, gig: Gig, tier: PackageTier, buyer: User, shown_digest: str, now: datetime | None = None
) -> Order:
    """An unpaid order for one package, on exactly the terms that were shown.

    Pressing twice gives the same unpaid order.
    Raises GigNotForSale, SellerAway, OwnOffer, OwnTeamsWork or TermsChanged.
    """
    moment = now or database_now()
    if not gig.is_for_sale:
        raise errors.GigNotForSale
    profile = gig.seller.seller
    if profile.is_away(moment):
        raise errors.SellerAway(seller=gig.seller.first_name, until=profile.away_words)
    policy = policy_in_force(now=moment, currency=gig.currency)
    terms = plan_terms(gig, tier, policy=policy)
    if terms.digest != shown_digest:
        raise errors.TermsChanged
    User.objects.select_for_update(no_key=True).get(pk=buyer.pk)  # two presses at once: the second finds the first's
    unpaid = Order.objects.filter(
        buyer=buyer, gig=gig, offer=None, plan__digest=terms.digest, state=OrderState.PENDING_PAYMENT
    ).filter(unpaid_deadline__gt=moment)
    if again := unpaid.first():
        return again
    plan = create_plan(terms=terms, policy=policy, now=moment)
    return _place(
        gig=gig, offer=None, plan=plan, policy=policy, buyer=buyer, seller=gig.seller, title=gig.title, now=moment
    )


@transaction.atomic
def place_from_offer(*, offer: Offer, buyer: User, shown_digest: str, now: datetime | None = None) -> Order:
    """Accept the offer and place its order; two accepts at once make one (the offer's row is locked).

    Raises what `accept_offer` raises: not sent, expired, another version than was shown, not the buyer's;
    OwnTeamsWork or SellerGone.
    """
    moment = now or database_now()
    accepted = accept_offer(offer=offer, buyer=buyer, shown_digest=shown_digest, now=moment)
    if accepted.plan is None or accepted.policy is None:
        raise ValueError(f"offer {accepted.pk} was sent without a plan")
    return _place(
        gig=accepted.gig,
        offer=accepted,
        plan=accepted.plan,
        policy=accepted.policy,
        buyer=buyer,
        seller=accepted.seller,
        title=accepted.title,
        now=moment,
    )


def _place(
    *, gig: Gig | None, offer: Offer | None, plan: Plan, policy: MilestonePolicy, buyer: User, seller: User, title: str,
    now: datetime,
) -> Order:  # fmt: skip
    if buyer.pk == seller.pk:
        raise errors.OwnOffer
    if role_in(buyer, seller) is not None:
        raise errors.OwnTeamsWork(seller=seller.first_name)
    if not seller.is_active:
        raise errors.SellerGone(seller=seller.first_name)
    pin_policy(policy=policy, now=now)
    order = Order.objects.create(
        buyer=buyer,
        seller=seller,
        gig=gig,
        offer=offer,
        plan=plan,
        policy=policy,
        order_type=plan.order_type,
        title=title,
        currency=plan.currency,
        created_at=now,
        unpaid_deadline=now + timedelta(hours=policy.unpaid_order_hours),
    )
    first = _adopt_plan(order)
    _copy_requirements(order, gig)
    TimelineEntry.objects.create(
        order=order,
        milestone=first,
        name="place",
        role=Role.BUYER,
        actor=buyer,
        at=now,
        order_state=order.state,
        milestone_state=first.state,
        data={"plan": plan.public_id, "digest": plan.digest},
    )
    open_charge(order=order, milestone=first, method=None, now=now)
    return order


def _adopt_plan(order: Order) -> Milestone:
    planned = list(order.plan.milestones.all())
    milestones = [
        Milestone(
            order=order,
            planned=terms,
            position=terms.position,
            state=MilestoneState.PLANNED if index else MilestoneState.CHARGING,
        )
        for index, terms in enumerate(planned)
    ]
    made = Milestone.objects.bulk_create(milestones)
    plan_steps(milestones=made)
    return made[0]


def _copy_requirements(order: Order, gig: Gig | None) -> None:
    if gig is None:
        return
    OrderRequirement.objects.bulk_create(
        OrderRequirement(
            order=order,
            position=requirement.position,
            question=requirement.question,
            kind=requirement.kind,
            options=requirement.options,
            required=requirement.required,
        )
        for requirement in gig.requirements.all()
    )
