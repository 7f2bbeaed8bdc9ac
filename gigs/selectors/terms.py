"""The terms that a package stands for now, and why a workflow is or is not shown (R-GIG-6, R-GIG-7, R-GIG-9)."""

from django.db.models import QuerySet

from gigs.errors import PackageUnknown
from gigs.models import Gig, Package, Subcategory
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid, ManyInvalid
from marketplace.kernel.money import Money
from milestones import rules
from milestones.designs import WorkflowDesign
from milestones.enums import PackageTier
from milestones.models import MilestonePolicy
from milestones.selectors import design_of
from milestones.services.plans import terms_for_package, terms_for_single_payment
from milestones.services.policies import policy_in_force
from milestones.terms import PlanTerms

TIERS = list(PackageTier)


def with_plans(gigs: QuerySet[Gig]) -> QuerySet[Gig]:
    """`gigs` with all that `plan_terms` and the public page read, in a constant number of queries."""
    return gigs.select_related("seller__seller", "subcategory__category", "workflow").prefetch_related(
        "packages", "images", "workflow__stages__packages", "workflow__stages__substeps"
    )


def packages_of(gig: Gig) -> list[Package]:
    """The packages from Basic to Premium."""
    return sorted(gig.packages.all(), key=lambda package: TIERS.index(PackageTier(package.tier)))


def prices_of(gig: Gig) -> dict[PackageTier, Money]:
    return {PackageTier(package.tier): package.money for package in packages_of(gig)}


def days_of(gig: Gig) -> dict[PackageTier, int]:
    """The delivery days of each package as Pricing says them; 0 where a draft has not said them yet."""
    return {PackageTier(package.tier): package.delivery_days for package in packages_of(gig)}


def days_apart(gig: Gig) -> list[tuple[PackageTier, int, int]]:
    """The packages paid by milestones whose days are not those of Pricing, each with both sums (R-GIG-9)."""
    if gig.workflow is None:
        return []
    design = design_of(gig.workflow)
    sums = {tier: sum(part.days for _, part in design.stages_of(tier)) for tier in PackageTier}
    apart = [(tier, sums[tier], stated) for tier, stated in days_of(gig).items() if sums[tier] and stated]
    return [each for each in apart if each[1] != each[2]] if design.milestone_payments else []


def eligibility_failures(gig: Gig, *, policy: MilestonePolicy) -> list[Invalid]:
    """Why this gig may have no milestones under `policy`; empty when it may (R-GIG-7)."""
    return rules.eligibility_failures(
        basic_price=prices_of(gig).get(PackageTier.BASIC),
        policy=policy,
        subcategory_allows=gig.subcategory.allows_gig_milestones,
        seller_blocked_reason=gig.seller.seller.milestones_blocked_reason,
    )


def workflow_failures(gig: Gig, *, policy: MilestonePolicy) -> list[Invalid]:
    """Everything that keeps the gig's workflow from buyers; empty when it is shown or there is none."""
    if gig.workflow is None:
        return []
    try:
        rules.check_workflow(
            design=design_of(gig.workflow),
            prices=prices_of(gig),
            policy=policy,
            subcategory_allows=gig.subcategory.allows_gig_milestones,
            seller_blocked_reason=gig.seller.seller.milestones_blocked_reason,
        )
    except ManyInvalid as failures:
        return failures.errors
    return []


def shown_design(gig: Gig, *, policy: MilestonePolicy) -> WorkflowDesign | None:
    """The workflow that buyers see; None when there is none or a later change hides it (R-GIG-7)."""
    if gig.workflow is None or workflow_failures(gig, policy=policy):
        return None
    return design_of(gig.workflow)


def package_of(gig: Gig, tier: str) -> Package:
    """Raises PackageUnknown."""
    for package in gig.packages.all():
        if package.tier == tier:
            return package
    raise PackageUnknown(tier=PackageTier(tier).label if tier in PackageTier.values else tier)


def milestone_plans(gig: Gig, *, policy: MilestonePolicy) -> dict[PackageTier, PlanTerms]:
    """The packages whose days and payments are those of milestones, each with what buyers see of it now (R-GIG-9)."""
    design = shown_design(gig, policy=policy)
    if not (design and design.milestone_payments):
        return {}
    return {tier: plan_terms(gig, tier, policy=policy) for tier in prices_of(gig)}


def milestone_places() -> list[str]:
    """The subcategories whose gigs may have milestones, by name (R-POL-4)."""
    return list(Subcategory.objects.filter(allows_gig_milestones=True).values_list("name", flat=True))


def plan_terms(gig: Gig, tier: str, *, policy: MilestonePolicy | None = None) -> PlanTerms:
    """What ordering `tier` of `gig` means now, under `policy` or the one in force (R-GIG-6, R-GIG-9).

    Milestones when the gig shows a workflow with payments on; else one payment of the package's price.
    Raises PackageUnknown.
    """
    policy = policy or policy_in_force(now=clock.now(), currency=gig.currency)
    package = package_of(gig, tier)
    design = shown_design(gig, policy=policy)
    if design and design.milestone_payments:
        return terms_for_package(
            design=design,
            tier=PackageTier(tier),
            currency=package.currency,
            revisions=package.revisions,
            policy=policy,
        )
    return terms_for_single_payment(
        name=package.name,
        description=package.description,
        price=package.money,
        days=package.delivery_days,
        revisions=package.revisions,
        policy=policy,
        substeps=tuple(stage.name for stage, _ in design.stages_of(PackageTier(tier))) if design else (),
    )
