"""What a gig needs before buyers may see it, apart from its milestones (those rules are in `milestones.rules`).

Each failure names its input, such as `basic-price`. What a gig lacks, its draft may lack; an excess is stored nowhere.
"""

from collections.abc import Iterator, Sequence

from gigs.drafts import FaqDraft, PackageDraft, RequirementDraft
from gigs.enums import RequirementKind
from gigs.errors import Missing, RevisionsOutOfBounds, TooManyTags
from gigs.models import FaqEntry, Gig, Package, Requirement
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from milestones.enums import PackageTier
from milestones.models import MilestonePolicy
from milestones.rules import too_long

LEAST_TITLE = 15  # characters; one word says what a thing is, not what its buyer gets
MOST_TAGS = 5
MOST_REVISIONS = 50  # of a package


def title_failures(title: str) -> list[Invalid]:
    """What a gig is found by and promises in lists (R-GIG-2)."""
    if len(title.strip()) >= LEAST_TITLE:
        return []
    what = f"Say in the title what you will do, in at least {LEAST_TITLE} letters: “I will film your product in 3D”."
    return [Missing(field="title", what=what)]


def package_failures(packages: Sequence[PackageDraft], *, policy: MilestonePolicy) -> list[Invalid]:
    """What the packages lack (R-GIG-2): Basic is a must, and each needs a name, words, a price and a time."""
    found: list[Invalid] = []
    if PackageTier.BASIC not in {package.tier for package in packages}:
        found.append(Missing(field="basic-name", what="Fill in the Basic package; the other two are up to you."))
    for package in packages:
        found += _package_failures(package, policy)
    return found


def overview_excess(title: str, tags: Sequence[str]) -> list[Invalid]:
    found = [*too_long(Gig, title=title, tags=tags)]
    if len(tags) > MOST_TAGS:
        found.append(TooManyTags(field="tags", most=MOST_TAGS))
    return found


def package_excess(packages: Sequence[PackageDraft]) -> list[Invalid]:
    found: list[Invalid] = []
    for package in packages:
        prefix, revisions = f"{package.tier}-", package.revisions
        found += too_long(Package, prefix, name=package.name, description=package.description)
        if not 0 <= revisions <= MOST_REVISIONS:
            error = RevisionsOutOfBounds(field=f"{prefix}revisions", most=MOST_REVISIONS, count=revisions)
            found.append(error)
    return found


def text_excess(description: str, entries: Sequence[FaqDraft]) -> list[Invalid]:
    found = [*too_long(Gig, description=description)]
    for index, entry in enumerate(entries):
        found += too_long(FaqEntry, f"faq-{index}-", question=entry.question, answer=entry.answer)
    return found


def requirement_excess(requirements: Sequence[RequirementDraft]) -> list[Invalid]:
    found: list[Invalid] = []
    for index, asked in enumerate(requirements):
        found += too_long(Requirement, f"requirements-{index}-", question=asked.question, options=asked.options)
    return found


def faq_failures(entries: Sequence[FaqDraft]) -> list[Invalid]:
    found: list[Invalid] = []
    for index, entry in enumerate(entries):
        if not entry.question:
            found.append(Missing(field=f"faq-{index}-question", what="Write the question to this answer."))
        if not entry.answer:
            found.append(Missing(field=f"faq-{index}-answer", what="Answer this question, or remove it."))
    return found


def requirement_failures(requirements: Sequence[RequirementDraft]) -> list[Invalid]:
    found: list[Invalid] = []
    for index, requirement in enumerate(requirements):
        if not requirement.question:
            found.append(Missing(field=f"requirements-{index}-question", what="Write what you need to know."))
        if requirement.kind == RequirementKind.CHOICE and len(requirement.options) < 2:
            found.append(Missing(field=f"requirements-{index}-options", what="List at least two answers, one a line."))
    return found


def _package_failures(package: PackageDraft, policy: MilestonePolicy) -> Iterator[Invalid]:
    tier, label = package.tier, PackageTier(package.tier).label
    if not package.name:
        yield Missing(field=f"{tier}-name", what=f"Give the {label} package a name.")
    if not package.description:
        yield Missing(field=f"{tier}-description", what=f"Say what a buyer of {label} gets.")
    least = Money(policy.milestone_min_price, policy.currency)
    if package.price < least.amount:
        yield Missing(field=f"{tier}-price", what=f"Set a price for {label} of at least {least}.")
    if not 1 <= package.delivery_days <= policy.max_hold_days:
        what = f"Say in how many days you deliver {label}: 1 to {policy.max_hold_days}."
        yield Missing(field=f"{tier}-delivery_days", what=what)
