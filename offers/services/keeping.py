"""A sent version's milestones as a template of the seller (R-GIG-8)."""

from accounts.models import User
from gigs.models import WorkflowTemplate
from gigs.services.templates import keep_template
from milestones.fitting import template_of_milestones
from offers.enums import Side
from offers.errors import NotYourStep
from offers.models import Offer
from offers.services.door import side_of


def keep_as_template(*, offer: Offer, actor: User, name: str) -> WorkflowTemplate:
    """Keep names, words, days and shares; the prices stay behind.

    Raises Unknown, NotYourStep, and what `gigs.services.templates.keep_template` raises.
    """
    if side_of(offer, actor) != Side.SELLER:
        raise NotYourStep(side="seller", action="keep")
    milestones = offer.plan.terms.milestones if offer.plan else ()
    return keep_template(
        seller=offer.seller,
        name=name,
        design=template_of_milestones(milestones),
        subcategory=offer.gig.subcategory if offer.gig else None,
    )
