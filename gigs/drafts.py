"""What the editor's forms hand to the services. Money is minor units; zero is what a draft has not said yet."""

from dataclasses import dataclass

from gigs.enums import RequirementKind
from milestones.enums import PackageTier


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDraft:
    tier: PackageTier
    name: str
    description: str
    price: int
    delivery_days: int
    revisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqDraft:
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementDraft:
    question: str
    kind: RequirementKind
    options: tuple[str, ...] = ()
    required: bool = True
