"""A seller's workflow as frozen values: what a form parsed, what the rules check, what the service stores."""

from dataclasses import dataclass

from milestones.enums import PackageTier


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePart:
    """A stage's share of one package: days of 24 hours, minor units. Zero means that a draft has not said it yet."""

    tier: PackageTier
    days: int
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstepDesign:
    """A step that the buyer can follow; no tiers means every package of its stage."""

    name: str
    tiers: tuple[PackageTier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDesign:
    """One milestone before anyone has ordered it (R-GIG-5)."""

    name: str
    description: str = ""
    criteria: tuple[str, ...] = ()
    video_call: bool = False
    packages: tuple[PackagePart, ...] = ()
    substeps: tuple[SubstepDesign, ...] = ()

    def package(self, tier: PackageTier) -> PackagePart | None:
        """The stage's share of `tier`, None when that package lacks it."""
        return next((part for part in self.packages if part.tier == tier), None)

    def substep_names(self, tier: PackageTier) -> tuple[str, ...]:
        return tuple(substep.name for substep in self.substeps if not substep.tiers or tier in substep.tiers)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowDesign:
    """All the milestones of a gig, in order. Payments off: one payment, stages only show progress (R-GIG-6)."""

    stages: tuple[StageDesign, ...]
    milestone_payments: bool = True

    def assigned(self, tier: PackageTier) -> int:
        """Minor units of `tier`'s price that its stages take."""
        return sum(part.part for _, part in self.stages_of(tier))

    def stages_of(self, tier: PackageTier) -> list[tuple[StageDesign, PackagePart]]:
        """The stages that a buyer of `tier` gets, each with its share."""
        return [(stage, part) for stage in self.stages if (part := stage.package(tier))]
