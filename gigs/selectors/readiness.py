"""What a gig still lacks, tab by tab: the marks of the tabs and the check-list of the Publish tab (R-GIG-3)."""

from gigs import rules
from gigs.drafts import FaqDraft, PackageDraft, RequirementDraft
from gigs.enums import RequirementKind, Tab
from gigs.errors import Missing
from gigs.models import Gig
from gigs.selectors.terms import packages_of, workflow_failures
from marketplace.kernel.errors import Invalid
from milestones.enums import PackageTier
from milestones.models import MilestonePolicy


def findings(gig: Gig, *, policy: MilestonePolicy) -> dict[Tab, list[Invalid]]:
    """Every tab with what it lacks; an empty list means that it is ready."""
    return {
        Tab.OVERVIEW: rules.title_failures(gig.title),
        Tab.PRICING: rules.package_failures(package_drafts(gig), policy=policy),
        Tab.DESCRIPTION: _description_failures(gig) + workflow_failures(gig, policy=policy),
        Tab.REQUIREMENTS: rules.requirement_failures(requirement_drafts(gig)),
        Tab.GALLERY: _gallery_failures(gig),
    }


def is_ready(gig: Gig, *, policy: MilestonePolicy) -> bool:
    return not any(findings(gig, policy=policy).values())


def package_drafts(gig: Gig) -> list[PackageDraft]:
    return [
        PackageDraft(
            tier=PackageTier(package.tier),
            name=package.name,
            description=package.description,
            price=package.price,
            delivery_days=package.delivery_days,
            revisions=package.revisions,
        )
        for package in packages_of(gig)
    ]


def faq_drafts(gig: Gig) -> list[FaqDraft]:
    return [FaqDraft(question=entry.question, answer=entry.answer) for entry in gig.faq.all()]


def requirement_drafts(gig: Gig) -> list[RequirementDraft]:
    return [
        RequirementDraft(
            question=requirement.question,
            kind=RequirementKind(requirement.kind),
            options=tuple(requirement.options),
            required=requirement.required,
        )
        for requirement in gig.requirements.all()
    ]


def _description_failures(gig: Gig) -> list[Invalid]:
    missing: list[Invalid] = []
    if not gig.description.strip():
        missing.append(Missing(field="description", what="Describe what you do and how you work."))
    return missing + rules.faq_failures(faq_drafts(gig))


def _gallery_failures(gig: Gig) -> list[Invalid]:
    if gig.images.all():
        return []
    return [Missing(field="image", what="Add a picture: the first one is the cover that people see in lists.")]
