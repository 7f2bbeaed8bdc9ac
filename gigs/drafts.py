"""What the editor's forms hand to the services. Money is minor units; zero is what a draft has not said yet."""

import re
from dataclasses import dataclass

from gigs.enums import RequirementKind
from milestones.enums import PackageTier

SEEN = re.compile(r"([0-9]{1,9})\.([\w-]{1,16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an open page of the editor shows: the gig's `version` then, and which page it is."""

    version: int
    page: str

    def __str__(self) -> str:
        return f"{self.version}.{self.page}"

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        """From a hidden input; None when it says nothing."""
        match = SEEN.fullmatch(text)
        return cls(int(match[1]), match[2]) if match else None


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
