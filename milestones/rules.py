"""What may have milestones, and how many, how dear, how long: pure checks against a policy, in one place.

Gigs and offers call them. Each failure names the input it belongs beside: `milestones-2-amount` in an offer,
`stages-2-part_basic` in a workflow, `parts_basic` for a sum, `stages`/`milestones` for the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Model

from marketplace.kernel.errors import Invalid, ManyInvalid
from marketplace.kernel.money import Money
from marketplace.kernel.months import SHORTEST
from milestones import errors
from milestones.designs import StageDesign, WorkflowDesign
from milestones.enums import OrderType, PackageTier, RevisionScope
from milestones.models import MilestonePolicy, Stage, Substep
from milestones.terms import MilestoneTerms, PlanTerms


def check_offer_terms(
    *, terms: PlanTerms, policy: MilestonePolicy, subcategory_allows: bool, seller_blocked_reason: str
) -> None:
    """Refuse terms that an offer may not have (R-POL-3, R-POL-4, R-OFR-3).

    Raises ManyInvalid with every failure found. A single payment and a subscription need no eligibility, only sound
    terms.
    """
    found, count = list(_terms_failures(terms, policy)), len(terms.milestones)
    match terms.order_type:
        case OrderType.MILESTONES:
            found += _count_failures("An offer", "milestones", count, *_offer_bounds(policy))
            found += _offer_eligibility(terms, policy, subcategory_allows, seller_blocked_reason)
        case OrderType.SUBSCRIPTION:
            found += _subscription_failures(terms, policy)
        case OrderType.SINGLE if count != 1:
            found.append(errors.NotOneMilestone(field="milestones", count=count))
    _raise(found)


def check_workflow(
    *,
    design: WorkflowDesign,
    prices: Mapping[PackageTier, Money],
    policy: MilestonePolicy,
    subcategory_allows: bool,
    seller_blocked_reason: str,
) -> None:
    """Refuse a workflow that buyers may not be shown (R-GIG-5, R-GIG-7). Raises ManyInvalid with every failure."""
    found = eligibility_failures(
        basic_price=prices.get(PackageTier.BASIC),
        policy=policy,
        subcategory_allows=subcategory_allows,
        seller_blocked_reason=seller_blocked_reason,
    )
    found += design_failures(design=design, prices=prices, policy=policy)
    _raise(found)


def eligibility_failures(
    *, basic_price: Money | None, policy: MilestonePolicy, subcategory_allows: bool, seller_blocked_reason: str
) -> list[Invalid]:
    """Why this gig may have no milestones at all, whatever its workflow says (R-GIG-7, R-POL-4)."""
    if not policy.gig_max_milestones:
        return [errors.NoMilestonesInGigs(field="milestones")]
    found: list[Invalid] = []
    if not subcategory_allows:
        found.append(errors.SubcategoryExcluded(field="milestones", where="gigs"))
    if seller_blocked_reason:
        found.append(errors.SellerExcluded(field="milestones", reason=_sentence(seller_blocked_reason)))
    limit = Money(policy.gig_price_over, policy.currency)
    price = basic_price or Money.zero(policy.currency)
    if price.currency != policy.currency:
        found.append(errors.WrongCurrency(field="milestones", wanted=policy.currency, currency=price.currency))
    elif price <= limit:
        found.append(errors.BasicPriceTooLow(field="milestones", limit=limit, price=price))
    return found


def design_failures(
    *, design: WorkflowDesign, prices: Mapping[PackageTier, Money], policy: MilestonePolicy
) -> list[Invalid]:
    """What the seller still has to put right in the workflow itself (R-GIG-5)."""
    bounds = policy.gig_min_milestones, policy.gig_max_milestones
    found: list[Invalid] = list(_count_failures("A gig", "stages", len(design.stages), *bounds))
    for index, stage in enumerate(design.stages):
        found += _stage_failures(index, stage, design.milestone_payments, prices, policy)
    for tier, price in prices.items():
        found += _package_failures(design, tier, price)
    return found


def design_excess(design: WorkflowDesign) -> list[Invalid]:
    """Words of its milestones that are longer than what is kept, also of a draft (R-GIG-5)."""
    found: list[Invalid] = []
    for index, stage in enumerate(design.stages):
        prefix = f"stages-{index}-"
        found += too_long(Stage, prefix, name=stage.name, description=stage.description, criteria=stage.criteria)
        for place, substep in enumerate(stage.substeps):
            found += too_long(Substep, f"{prefix}substeps-{place}-", name=substep.name)
    return found


def too_long(model: type[Model], prefix: str = "", **typed: str | Sequence[str]) -> Iterator[Invalid]:
    """Each text, or the longest of several, that is longer than its column of `model` says; `prefix` names the input.

    The database holds short texts to that in its own words, and long ones not at all.
    """
    for name, texts in typed.items():
        column: Any = model._meta.get_field(name)
        limit = getattr(column, "base_field", column).max_length
        longest = max([texts] if isinstance(texts, str) else texts, key=len, default="")
        if len(longest) > limit:
            yield errors.TextTooLong(field=f"{prefix}{name}", limit=limit, length=len(longest))


def _offer_bounds(policy: MilestonePolicy) -> tuple[int, int]:
    return policy.offer_min_milestones, policy.offer_max_milestones


def _count_failures(thing: str, field: str, count: int, least: int, most: int) -> Iterator[Invalid]:
    if count < least:
        yield errors.TooFewMilestones(field=field, thing=thing, least=least, count=count, missing=least - count)
    if count > most:
        yield errors.TooManyMilestones(field=field, thing=thing, most=most, count=count, excess=count - most)


def _offer_eligibility(
    terms: PlanTerms, policy: MilestonePolicy, subcategory_allows: bool, seller_blocked_reason: str
) -> Iterator[Invalid]:
    if not subcategory_allows:
        yield errors.SubcategoryExcluded(field="gig", where="offers")
    if seller_blocked_reason:
        yield errors.SellerExcluded(field="order_type", reason=_sentence(seller_blocked_reason))
    if terms.currency == policy.currency and terms.total.amount <= policy.offer_total_over:
        limit = Money(policy.offer_total_over, policy.currency)
        yield errors.OfferTotalTooLow(field="milestones", limit=limit, total=terms.total)


def longest_month(policy: MilestonePolicy) -> int:
    """Most days of a month's work: it is due before the next month begins, even in February (R-OFR-4)."""
    return min(SHORTEST, policy.milestone_max_days)


def _subscription_failures(terms: PlanTerms, policy: MilestonePolicy) -> Iterator[Invalid]:
    least, most, count = policy.subscription_min_months, policy.subscription_max_months, len(terms.milestones)
    if not least <= count <= most:
        yield errors.MonthsOutOfBounds(field="months", least=least, most=most, count=count)
    if len({replace(month, name="") for month in terms.milestones}) > 1:
        yield errors.MonthsDiffer(field="milestones")


def _terms_failures(terms: PlanTerms, policy: MilestonePolicy) -> Iterator[Invalid]:
    if terms.currency != policy.currency:
        yield errors.WrongCurrency(field="currency", wanted=policy.currency, currency=terms.currency)
        return
    alike = terms.order_type == OrderType.SUBSCRIPTION  # what is said of one month is said of all
    for index, milestone in enumerate(terms.milestones[:1] if alike else terms.milestones):
        yield from _milestone_failures(f"milestones-{index}", index, milestone, terms.order_type, policy)
    yield from _scope_failures(terms, policy)


def _milestone_failures(
    prefix: str, index: int, milestone: MilestoneTerms, order_type: OrderType, policy: MilestonePolicy
) -> Iterator[Invalid]:
    which = "the work of a month" if order_type == OrderType.SUBSCRIPTION else _quoted(milestone.name, index)
    if not milestone.name.strip():
        yield errors.MilestoneWithoutName(field=f"{prefix}-name", number=index + 1)
    match order_type:
        case OrderType.MILESTONES:
            yield from _day_failures(f"{prefix}-days", which, milestone.days, policy)
        case OrderType.SUBSCRIPTION:
            yield from _month_day_failures(f"{prefix}-days", which, milestone.days, policy)
        case OrderType.SINGLE:
            yield from _single_day_failures(f"{prefix}-days", which, milestone.days, policy)
    yield from _price_failures(f"{prefix}-amount", which, milestone.amount, policy)


def _day_failures(field: str, which: str, days: int, policy: MilestonePolicy) -> Iterator[Invalid]:
    if days < 1:
        yield errors.MilestoneWithoutDays(field=field, which=which)
    if days > policy.milestone_max_days:
        yield errors.MilestoneTooLong(field=field, which=which, most=policy.milestone_max_days, days=days)


def _month_day_failures(field: str, which: str, days: int, policy: MilestonePolicy) -> Iterator[Invalid]:
    if days < 1:
        yield errors.MilestoneWithoutDays(field=field, which=which)
    if days > longest_month(policy):
        yield errors.MonthTooLong(field=field, most=longest_month(policy), days=days)


def _single_day_failures(field: str, which: str, days: int, policy: MilestonePolicy) -> Iterator[Invalid]:
    if days < 1:
        yield errors.MilestoneWithoutDays(field=field, which=which)
    if days > policy.max_hold_days:
        yield errors.WorkTooLong(field=field, most=policy.max_hold_days, days=days)


def _price_failures(field: str, which: str, amount: int, policy: MilestonePolicy) -> Iterator[Invalid]:
    if amount < policy.milestone_min_price:
        least, price = Money(policy.milestone_min_price, policy.currency), Money(amount, policy.currency)
        yield errors.MilestoneTooCheap(field=field, which=which, least=least, price=price)


def _scope_failures(terms: PlanTerms, policy: MilestonePolicy) -> Iterator[Invalid]:
    """Revisions stand in one place only: with the order or with each milestone, as the policy says (R-POL-3)."""
    by_order = policy.revision_scope == RevisionScope.ORDER
    misplaced = any(milestone.revisions for milestone in terms.milestones) if by_order else bool(terms.revisions)
    if terms.revision_scope != policy.revision_scope or misplaced:
        scope = "the whole order" if by_order else "each milestone"
        yield errors.RevisionsOutOfScope(field="revisions", scope=scope)


def _stage_failures(
    index: int, stage: StageDesign, payments: bool, prices: Mapping[PackageTier, Money], policy: MilestonePolicy
) -> Iterator[Invalid]:
    prefix, quoted = f"stages-{index}", _quoted(stage.name, index)
    if not stage.name.strip():
        yield errors.MilestoneWithoutName(field=f"{prefix}-name", number=index + 1)
    parts = [part for part in stage.packages if part.tier in prices]  # a package may have been taken away since
    if not parts:
        yield errors.MilestoneInNoPackage(field=f"{prefix}-name", which=quoted)
    for part in parts:
        which = f"{quoted} in {PackageTier(part.tier).label}" if len(prices) > 1 else quoted
        yield from _day_failures(f"{prefix}-days_{part.tier}", which, part.days, policy)
        if payments:
            yield from _price_failures(f"{prefix}-part_{part.tier}", which, part.part, policy)


def _package_failures(design: WorkflowDesign, tier: PackageTier, price: Money) -> Iterator[Invalid]:
    """The parts of a package add up to its price, to the cent (R-GIG-5)."""
    field, label = f"parts_{tier}", PackageTier(tier).label
    if not design.stages_of(tier):
        yield errors.PackageWithoutMilestones(field=field, tier=label)
        return
    if not design.milestone_payments:
        return
    assigned = Money(design.assigned(tier), price.currency)
    if assigned < price:
        yield errors.PartsTooLow(field=field, tier=label, assigned=assigned, price=price, difference=price - assigned)
    elif price < assigned:
        yield errors.PartsTooHigh(field=field, tier=label, assigned=assigned, price=price, difference=assigned - price)


def _quoted(name: str, index: int) -> str:
    """How a sentence names a milestone, also one without a name."""
    return f"“{name.strip()}”" if name.strip() else f"milestone {index + 1}"


def _sentence(reason: str) -> str:
    """The agent's words, closed by a full stop."""
    reason = reason.strip()
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def _raise(found: list[Invalid]) -> None:
    if found:
        raise ManyInvalid(found)
