"""What a seller types into an offer, kept to the letter while it is a draft, and its reading as plan terms.

Field names of failures are those of the form: `milestones-2-amount`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.web.numbers import read_number
from milestones.enums import OrderType, RevisionScope
from milestones.terms import MilestoneTerms, PlanTerms
from offers.errors import NotANumber, NotAPrice, TooLong

NAME_LIMIT = 80
DESCRIPTION_LIMIT = 1200
CRITERION_LIMIT = 200
COUNT_LIMIT = 999  # the width of the columns; the policy's own limits come after


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedMilestone:
    """One row of the form, as text. `criteria` has one criterion per line, `amount` is in major units."""

    name: str = ""
    description: str = ""
    criteria: str = ""
    days: str = ""
    amount: str = ""
    revisions: str = ""

    @property
    def criteria_lines(self) -> tuple[str, ...]:
        return tuple(line for raw in self.criteria.splitlines() if (line := raw.strip().lstrip("-•* ").strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTerms:
    """All rows as typed; `revisions` is for the whole order, where the policy counts them so.

    A subscription has one row, which says what each of its `months` holds.
    """

    milestones: tuple[TypedMilestone, ...] = ()
    revisions: str = ""
    months: str = ""

    @classmethod
    def from_json(cls, stored: object) -> "DraftTerms":
        if not isinstance(stored, Mapping):
            return cls()
        rows = tuple(TypedMilestone(**row) for row in stored.get("milestones", ()))
        return cls(milestones=rows, revisions=str(stored.get("revisions", "")), months=str(stored.get("months", "")))

    @classmethod
    def from_plan(cls, terms: PlanTerms) -> "DraftTerms":
        """Sent terms back into the form, for a revision."""
        monthly = terms.order_type == OrderType.SUBSCRIPTION
        rows = tuple(
            TypedMilestone(
                name=milestone.name,
                description=milestone.description,
                criteria="\n".join(milestone.criteria),
                days=str(milestone.days),
                amount=Money(milestone.amount, terms.currency).major,
                revisions=str(milestone.revisions),
            )
            for milestone in (terms.milestones[:1] if monthly else terms.milestones)
        )
        months = str(len(terms.milestones)) if monthly else ""
        return cls(milestones=rows, revisions=str(terms.revisions), months=months)

    def to_json(self) -> dict[str, object]:
        rows = [asdict(row) for row in self.milestones]
        return {"milestones": rows, "revisions": self.revisions, "months": self.months}

    def added(self) -> "DraftTerms":
        """Another row, with as many revisions as the one above it."""
        usual = self.milestones[-1].revisions if self.milestones else ""
        return replace(self, milestones=(*self.milestones, TypedMilestone(revisions=usual)))

    def removed(self, index: int) -> "DraftTerms":
        return replace(self, milestones=self.milestones[:index] + self.milestones[index + 1 :])

    def moved(self, index: int, by: int) -> "DraftTerms":
        """Row `index` moved up (-1) or down (+1); unchanged at the ends."""
        rows, target = list(self.milestones), index + by
        if 0 <= index < len(rows) and 0 <= target < len(rows):
            rows[index], rows[target] = rows[target], rows[index]
        return replace(self, milestones=tuple(rows))


@dataclass(slots=True)
class _Reader:
    """Reads text as values and gathers what can't be read, so that every failure stands beside its field."""

    currency: str
    failures: list[Invalid] = field(default_factory=list)

    def count(self, text: str, name: str) -> int:
        cleaned = text.strip()
        if not cleaned:
            return 0
        number = read_number(cleaned)
        if number is None or number > COUNT_LIMIT:
            self.failures.append(NotANumber(field=name, typed=cleaned[:20]))
            return 0
        return number

    def amount(self, text: str, name: str) -> int:
        try:
            return Money.parse(text, self.currency).amount if text.strip() else 0
        except ValueError:
            example = Money.parse("120", self.currency).major
            self.failures.append(NotAPrice(field=name, typed=text.strip()[:20], example=example))
            return 0

    def text(self, text: str, name: str, limit: int) -> str:
        cleaned = text.strip()
        if len(cleaned) > limit:
            self.failures.append(TooLong(field=name, limit=limit, length=len(cleaned)))
        return cleaned


def read_terms(
    *, typed: DraftTerms, order_type: OrderType, currency: str, scope: RevisionScope, title: str
) -> tuple[PlanTerms, list[Invalid]]:
    """The typed rows as terms, and what is not a number, not a price or too long (read as zero).

    A single payment takes the first row and is called by the offer's `title`; a subscription takes it for each of its
    months, which are called by their numbers (R-OFR-4).
    """
    reader = _Reader(currency)
    rows = typed.milestones
    match order_type:
        case OrderType.SINGLE:
            rows = tuple(replace(row, name=title[:NAME_LIMIT]) for row in rows[:1])
        case OrderType.SUBSCRIPTION:
            rows = tuple(replace(row, name="Month 1") for row in rows[:1])
    by_order = scope == RevisionScope.ORDER
    milestones = tuple(_read_row(reader, index, row, scope) for index, row in enumerate(rows))
    if order_type == OrderType.SUBSCRIPTION:
        months = range(1, reader.count(typed.months, "months") + 1)
        milestones = tuple(replace(month, name=f"Month {number}") for month in milestones for number in months)
    terms = PlanTerms(
        order_type=order_type,
        currency=currency,
        milestones=milestones,
        revision_scope=scope,
        revisions=reader.count(typed.revisions, "revisions") if by_order else 0,
    )
    return terms, reader.failures


def _read_row(reader: _Reader, index: int, row: TypedMilestone, scope: RevisionScope) -> MilestoneTerms:
    prefix = f"milestones-{index}"
    for criterion in row.criteria_lines:
        reader.text(criterion, f"{prefix}-criteria", CRITERION_LIMIT)
    per_milestone = scope == RevisionScope.MILESTONE
    return MilestoneTerms(
        name=reader.text(row.name, f"{prefix}-name", NAME_LIMIT),
        description=reader.text(row.description, f"{prefix}-description", DESCRIPTION_LIMIT),
        criteria=row.criteria_lines,
        days=reader.count(row.days, f"{prefix}-days"),
        amount=reader.amount(row.amount, f"{prefix}-amount"),
        revisions=reader.count(row.revisions, f"{prefix}-revisions") if per_milestone else 0,
    )
