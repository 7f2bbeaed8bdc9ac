"""Reading the catalogue: what may be seen and by whom, the terms of a package, what a draft still lacks."""

from gigs.selectors.catalogue import active_gigs, edits, gig_for_anyone, own_gig, own_gigs
from gigs.selectors.readiness import findings, is_ready
from gigs.selectors.terms import (
    days_apart,
    days_of,
    eligibility_failures,
    milestone_places,
    milestone_plans,
    package_of,
    packages_of,
    plan_terms,
    prices_of,
    shown_design,
    with_plans,
    workflow_failures,
)

__all__ = [
    "active_gigs",
    "days_apart",
    "days_of",
    "edits",
    "eligibility_failures",
    "findings",
    "gig_for_anyone",
    "is_ready",
    "milestone_places",
    "milestone_plans",
    "own_gig",
    "own_gigs",
    "package_of",
    "packages_of",
    "plan_terms",
    "prices_of",
    "shown_design",
    "with_plans",
    "workflow_failures",
]
