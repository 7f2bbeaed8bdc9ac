"""The Description & FAQ tab: what the seller writes, and the milestones (R-GIG-4 to R-GIG-7)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from gigs import rules
from gigs.drafts import FaqDraft, Seen
from gigs.enums import Tab
from gigs.errors import Missing
from gigs.models import FaqEntry, Gig
from gigs.selectors import eligibility_failures, prices_of
from gigs.services.editing import accept_findings, refuse
from gigs.services.stamping import lock_tab, stamp_tab
from marketplace.kernel.errors import Invalid, ManyInvalid
from milestones import rules as milestone_rules
from milestones.designs import WorkflowDesign
from milestones.errors import TooManyMilestones
from milestones.models import MilestonePolicy, Workflow
from milestones.services.policies import policy_in_force
from milestones.services.workflows import save_workflow


@transaction.atomic
def save_description(
    *,
    gig: Gig,
    seller: User,
    description: str,
    faq: Sequence[FaqDraft],
    design: WorkflowDesign,
    now: datetime,
    seen: Seen | None = None,
) -> list[Invalid]:
    """Store the tab and return what it still lacks; a design without stages takes the workflow away.

    Raises ManyInvalid, whatever the gig's state, for words that are too long, for a first milestone where there may
    be none and for too many; for a gig that is not a draft, for anything it lacks. A workflow that became ineligible
    can be edited: it stays hidden (R-GIG-7).
    """
    gig = lock_tab(gig=gig, seller=seller, tab=Tab.DESCRIPTION, seen=seen)
    refuse(rules.text_excess(description, faq) + milestone_rules.design_excess(design))
    policy = policy_in_force(now=now, currency=gig.currency)
    found = _text_failures(description, faq)
    if design.stages:
        found += _design_failures(gig, design, policy)
    accept_findings(gig, found)
    gig.description = description
    _replace_faq(gig, faq)
    left = _replace_workflow(gig, design)
    stamp_tab(gig=gig, tab=Tab.DESCRIPTION, seen=seen, now=now)
    if left:
        left.delete()
    return found


def check_first_milestone(*, gig: Gig, now: datetime) -> None:
    """Raises ManyInvalid when this gig may not begin with milestones, saying how it could (R-GIG-7)."""
    found = eligibility_failures(gig, policy=policy_in_force(now=now, currency=gig.currency))
    if found:
        raise ManyInvalid(found)


def _text_failures(description: str, faq: Sequence[FaqDraft]) -> list[Invalid]:
    found: list[Invalid] = []
    if not description.strip():
        found.append(Missing(field="description", what="Describe what you do and how you work."))
    return found + rules.faq_failures(faq)


def _design_failures(gig: Gig, design: WorkflowDesign, policy: MilestonePolicy) -> list[Invalid]:
    if gig.workflow is None:
        refused = eligibility_failures(gig, policy=policy)
        if refused:
            raise ManyInvalid(refused)
    found = milestone_rules.design_failures(design=design, prices=prices_of(gig), policy=policy)
    too_many: list[Invalid] = [failure for failure in found if isinstance(failure, TooManyMilestones)]
    if too_many and policy.gig_max_milestones:
        raise ManyInvalid(too_many)
    return found


def _replace_faq(gig: Gig, faq: Sequence[FaqDraft]) -> None:
    gig.faq.all().delete()
    FaqEntry.objects.bulk_create(
        FaqEntry(gig=gig, position=position, question=entry.question, answer=entry.answer)
        for position, entry in enumerate(faq, start=1)
    )


def _replace_workflow(gig: Gig, design: WorkflowDesign) -> Workflow | None:
    """Returns the workflow that the gig has no longer, to be deleted once the gig is saved."""
    if design.stages:
        gig.workflow = save_workflow(workflow=gig.workflow, design=design)
        return None
    left, gig.workflow = gig.workflow, None
    return left
