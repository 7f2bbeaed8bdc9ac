"""What two people agree on, as values: compared, hashed and shown before anything is stored (R-OFR-5)."""

import hashlib
import json
from dataclasses import asdict, dataclass

from marketplace.kernel.money import Money
from milestones.enums import OrderType, RevisionScope


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneTerms:
    """One paid stage. `amount` is minor units of the plan's currency, `days` are days of 24 hours."""

    name: str
    description: str = ""
    criteria: tuple[str, ...] = ()
    days: int
    amount: int
    revisions: int = 0
    video_call: bool = False
    substeps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """The whole plan. Under scope `order`, `revisions` is for the order and each milestone has none of its own."""

    order_type: OrderType
    currency: str
    milestones: tuple[MilestoneTerms, ...]
    revision_scope: RevisionScope
    revisions: int = 0

    @property
    def total(self) -> Money:
        """What the seller's work costs, without the buyer's service fee."""
        return Money(sum(milestone.amount for milestone in self.milestones), self.currency)

    @property
    def days(self) -> int:
        return sum(milestone.days for milestone in self.milestones)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal digests mean equal terms, to the letter."""
        canonical = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
