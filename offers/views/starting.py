"""What an offer can begin with: the milestones of a gig's package, or of a template (R-OFR-3, R-GIG-8)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from accounts.models import User
from gigs.errors import PackageUnknown, TemplateUnknown
from gigs.models import Gig, WorkflowTemplate
from gigs.selectors.templates import own_templates, platform_templates, template_for
from gigs.selectors.terms import packages_of, plan_terms, with_plans
from marketplace.kernel.money import Money
from milestones.enums import OrderType, PackageTier, RevisionScope
from milestones.fitting import milestones_from_template
from milestones.models import MilestonePolicy
from milestones.terms import PlanTerms
from offers.services.drafting import Draft
from offers.terms import DraftTerms, read_terms

MOST_TEMPLATES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Choices of one kind: (value, label)."""

    label: str
    choices: list[tuple[str, str]]


def starts_of(*, seller: User, gigs: Iterable[Gig], currency: str) -> list[Group]:
    """All that `seller` can begin with; gigs in another currency have no prices to begin with."""
    packages = [
        (f"gig:{gig.public_id}:{package.tier}", f"{gig.title}: {PackageTier(package.tier).label}, {package.money}")
        for gig in _with_plans(gigs)
        if gig.currency == currency
        for package in packages_of(gig)
    ]
    groups = [
        Group(label="Your gigs", choices=packages),
        Group(label="Your templates", choices=_templates(own_templates(seller)[:MOST_TEMPLATES])),
        Group(label="Templates of Milepost", choices=_templates(platform_templates()[:MOST_TEMPLATES])),
    ]
    return [group for group in groups if group.choices]


def start_from(
    *, choice: str, draft: Draft, seller: User, gigs: Iterable[Gig], policy: MilestonePolicy, budget: int
) -> Draft:
    """`draft` with the milestones of `choice`; as it is for what can't be chosen.

    A template has no prices: what has been typed is divided by its shares, or else `budget`, in minor units.
    """
    kind, _, rest = choice.partition(":")
    try:
        if kind == "gig":
            return _from_gig(rest, draft, gigs, policy)
        if kind == "template":
            return _from_template(template_for(seller=seller, public_id=rest), draft, policy, budget)
    except (PackageUnknown, TemplateUnknown):
        return draft
    return draft


def usual_revisions(gig: Gig | None) -> int:
    """What an offer begins with: the revisions of the gig's first package; one while it is based on none."""
    packages = packages_of(gig) if gig else []
    return packages[0].revisions if packages else 1


def _with_plans(gigs: Iterable[Gig]) -> QuerySet[Gig]:
    """The same gigs with what their packages stand for, in a constant number of queries."""
    return with_plans(Gig.objects.filter(pk__in=[gig.pk for gig in gigs])).order_by("title")


def _templates(found: Iterable[WorkflowTemplate]) -> list[tuple[str, str]]:
    return [(f"template:{template.public_id}", template.name) for template in found]


def _from_gig(rest: str, draft: Draft, gigs: Iterable[Gig], policy: MilestonePolicy) -> Draft:
    public_id, _, tier = rest.partition(":")
    gig = _with_plans(gigs).filter(public_id=public_id, currency=policy.currency).first()
    if gig is None:
        return draft
    terms = plan_terms(gig, tier, policy=policy)
    return replace(
        draft,
        gig=gig,
        order_type=terms.order_type,
        title=draft.title or gig.title,
        typed=DraftTerms.from_plan(terms),
    )


def _from_template(template: WorkflowTemplate, draft: Draft, policy: MilestonePolicy, budget: int) -> Draft:
    scope = RevisionScope(policy.revision_scope)
    typed, _ = read_terms(
        typed=draft.typed, order_type=OrderType.MILESTONES, currency=policy.currency, scope=scope, title=draft.title
    )
    total = Money(typed.total.amount or budget, policy.currency)
    terms = PlanTerms(
        order_type=OrderType.MILESTONES,
        currency=policy.currency,
        milestones=milestones_from_template(template.value, total, revisions=usual_revisions(draft.gig)),
        revision_scope=scope,
    )
    rows = DraftTerms.from_plan(terms).milestones
    if not total.amount:
        rows = tuple(replace(row, amount="") for row in rows)
    return replace(draft, order_type=OrderType.MILESTONES, typed=replace(draft.typed, milestones=rows))
