"""The gig editor's tabs (R-GIG-3). A draft is stored however unfinished; a gig that buyers see stays whole.

Each service returns what the tab still lacks. For a gig that is not a draft it raises ManyInvalid instead and
stores nothing; for a text that is too long and the like, whatever the gig's state. Strangers get GigUnknown.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import is_seller, may
from gigs import rules
from gigs.drafts import PackageDraft, RequirementDraft, Seen
from gigs.enums import GigState, Tab
from gigs.errors import OnlySellers
from gigs.models import Gig, Package, Requirement, Subcategory
from gigs.services.stamping import lock_tab, stamp_tab
from gigs.services.telling import telling_of_hidden_milestones
from marketplace.kernel.errors import Invalid, ManyInvalid
from milestones.services.policies import policy_in_force


def create_gig(
    *, seller: User, title: str, subcategory: Subcategory, tags: Sequence[str], by: User | None = None
) -> Gig:
    """A new draft of `seller`, made by themselves or a manager of theirs. Raises OnlySellers, ManyInvalid."""
    if not is_seller(seller) or not may(by or seller, seller, Ability.EDIT_GIGS):
        raise OnlySellers
    refuse(rules.overview_excess(title, tags))
    return Gig.objects.create(
        seller=seller,
        title=title,
        slug=slugify(title),
        subcategory=subcategory,
        tags=list(tags),
        currency=seller.seller.currency,
    )


@transaction.atomic
def save_overview(
    *,
    gig: Gig,
    seller: User,
    title: str,
    subcategory: Subcategory,
    tags: Sequence[str],
    now: datetime,
    seen: Seen | None = None,
) -> list[Invalid]:
    """Another subcategory may hide the gig's milestones; its seller is told (R-GIG-7)."""
    gig = lock_tab(gig=gig, seller=seller, tab=Tab.OVERVIEW, seen=seen)
    refuse(rules.overview_excess(title, tags))
    found = accept_findings(gig, rules.title_failures(title))
    with telling_of_hidden_milestones(Gig.objects.filter(pk=gig.pk), now=now):
        gig.title, gig.slug, gig.subcategory, gig.tags = title, slugify(title), subcategory, list(tags)
        stamp_tab(gig=gig, tab=Tab.OVERVIEW, seen=seen, now=now)
    return found


@transaction.atomic
def save_pricing(
    *, gig: Gig, seller: User, packages: Sequence[PackageDraft], now: datetime, seen: Seen | None = None
) -> list[Invalid]:
    """Store the packages; a tier that is not among them is taken away. Prices in minor units of the gig's currency.

    Another price may hide the gig's milestones; its seller is told (R-GIG-7).
    """
    gig = lock_tab(gig=gig, seller=seller, tab=Tab.PRICING, seen=seen)
    refuse(rules.package_excess(packages))
    policy = policy_in_force(now=now, currency=gig.currency)
    found = accept_findings(gig, rules.package_failures(packages, policy=policy))
    with telling_of_hidden_milestones(Gig.objects.filter(pk=gig.pk), now=now):
        gig.packages.exclude(tier__in=[package.tier for package in packages]).delete()
        for package in packages:
            Package.objects.update_or_create(
                gig=gig,
                tier=package.tier,
                defaults={
                    "name": package.name,
                    "description": package.description,
                    "price": package.price,
                    "currency": gig.currency,
                    "delivery_days": package.delivery_days,
                    "revisions": package.revisions,
                },
            )
        stamp_tab(gig=gig, tab=Tab.PRICING, seen=seen, now=now)
    return found


@transaction.atomic
def save_requirements(
    *, gig: Gig, seller: User, requirements: Sequence[RequirementDraft], now: datetime, seen: Seen | None = None
) -> list[Invalid]:
    """Replace the questions to the buyer; orders keep the copy that they were placed with."""
    gig = lock_tab(gig=gig, seller=seller, tab=Tab.REQUIREMENTS, seen=seen)
    refuse(rules.requirement_excess(requirements))
    found = accept_findings(gig, rules.requirement_failures(requirements))
    gig.requirements.all().delete()
    Requirement.objects.bulk_create(
        Requirement(
            gig=gig,
            position=position,
            question=requirement.question,
            kind=requirement.kind,
            options=list(requirement.options),
            required=requirement.required,
        )
        for position, requirement in enumerate(requirements, start=1)
    )
    stamp_tab(gig=gig, tab=Tab.REQUIREMENTS, seen=seen, now=now)
    return found


def refuse(found: Iterable[Invalid]) -> None:
    """What not even a draft may have."""
    if errors := list(found):
        raise ManyInvalid(errors)


def accept_findings(gig: Gig, found: list[Invalid]) -> list[Invalid]:
    """A draft may have them, a gig that buyers see may not."""
    if found and gig.state != GigState.DRAFT:
        raise ManyInvalid(found)
    return found
