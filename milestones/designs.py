"""A seller's workflow as frozen values: what a form parsed, what the rules check, what the service stores."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePart:
    """A stage's share of one package, whatever that costs: days of 24 hours, basis points of the price."""

    tier: PackageTier
    days: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateStage:
    """A milestone without prices. `days` and `share` (basis points) are for a plan that has no packages: an offer's."""

    name: str
    description: str = ""
    criteria: tuple[str, ...] = ()
    video_call: bool = False
    substeps: tuple[SubstepDesign, ...] = ()
    packages: tuple[TemplatePart, ...] = ()
    days: int = 0
    share: int = 0

    def package(self, tier: PackageTier) -> TemplatePart | None:
        return next((part for part in self.packages if part.tier == tier), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDesign:
    """A workflow that fits any price (R-GIG-4, R-GIG-8): `milestones.fitting` makes it of one, and one of it."""

    stages: tuple[TemplateStage, ...]
    milestone_payments: bool = True

    SCHEMA: ClassVar[int] = 1

    @property
    def tiers(self) -> tuple[PackageTier, ...]:
        """The packages that the template speaks of, from Basic to Premium; none when it was made of an offer."""
        return tuple(tier for tier in PackageTier if any(stage.package(tier) for stage in self.stages))

    @property
    def days(self) -> int:
        return sum(stage.days for stage in self.stages)

    def to_json(self) -> dict[str, Any]:
        return {"schema": self.SCHEMA, **asdict(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TemplateDesign":
        """Raises ValueError for what `to_json` never wrote."""
        if not isinstance(stored, Mapping) or stored.get("schema") != cls.SCHEMA:
            raise ValueError("this is not a template of a schema that we know")
        try:
            stages = tuple(_read_stage(stage) for stage in stored["stages"])
            return cls(stages=stages, milestone_payments=bool(stored["milestone_payments"]))
        except (KeyError, TypeError) as broken:
            raise ValueError(f"a template lacks {broken}") from broken


def _read_stage(stored: Mapping[str, Any]) -> TemplateStage:
    return TemplateStage(
        name=str(stored["name"]),
        description=str(stored["description"]),
        criteria=tuple(str(criterion) for criterion in stored["criteria"]),
        video_call=bool(stored["video_call"]),
        substeps=tuple(
            SubstepDesign(name=str(each["name"]), tiers=tuple(PackageTier(tier) for tier in each["tiers"]))
            for each in stored["substeps"]
        ),
        packages=tuple(
            TemplatePart(tier=PackageTier(part["tier"]), days=int(part["days"]), share=int(part["share"]))
            for part in stored["packages"]
        ),
        days=int(stored["days"]),
        share=int(stored["share"]),
    )
