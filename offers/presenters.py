"""Two versions of an offer beside each other: what was added, dropped and changed, in words (R-OFR-5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from marketplace.kernel.money import Money
from marketplace.web.templatetags.web import days as days_in_words
from milestones.enums import OrderType
from milestones.terms import MilestoneTerms, PlanTerms
from offers.enums import Side
from offers.models import Offer
from offers.pricing import price_terms

SAME, CHANGED, ADDED, DROPPED = "same", "changed", "added", "dropped"
FOLLOWS = frozenset({"You earn", "You pay, with fees", "The buyer pays, with fees", "Milestones"})  # from other changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing in both versions; "" where a version does not have it. `says` is the sentence about the change."""

    label: str
    before: str
    after: str
    says: str = ""

    @property
    def change(self) -> str:
        if self.before == self.after:
            return SAME
        return CHANGED if self.before and self.after else ADDED if self.after else DROPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A milestone in both versions, or in one of them."""

    name: str
    lines: tuple[Line, ...]
    before: MilestoneTerms | None
    after: MilestoneTerms | None

    @property
    def change(self) -> str:
        if self.before is None:
            return ADDED
        if self.after is None:
            return DROPPED
        return SAME if all(line.change == SAME for line in self.lines) else CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Version `old` beside version `new`; `head` is about the whole, `pairs` about each milestone."""

    old: Offer
    new: Offer
    head: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    moved: bool

    @property
    def changes(self) -> list[str]:
        """Every difference as a sentence: the whole, then milestone by milestone."""
        return list(_sentences(self))


def compare(*, old: Offer, new: Offer, side: Side) -> Comparison:
    """As `side` reads them: only the seller sees what the seller earns. ValueError for a draft, which has no terms."""
    if old.plan is None or new.plan is None:
        raise ValueError("a draft has no terms to compare")
    before, after = old.plan.terms, new.plan.terms
    stages, later = _stages(before), _stages(after)
    matched = _matched(stages, later)
    kept = [stages.index(was) for was, now in matched if was and now]
    return Comparison(
        old=old,
        new=new,
        head=_head(_whole(old, side), _whole(new, side)),
        pairs=tuple(_pair(was, now, before, after) for was, now in matched),
        moved=kept != sorted(kept),
    )


def _stages(terms: PlanTerms) -> Sequence[MilestoneTerms]:
    """Those that differ: of a subscription's months one speaks for all."""
    if terms.order_type == OrderType.SUBSCRIPTION:
        return [replace(terms.milestones[0], name="Each month")]
    return terms.milestones


def _head(was: dict[str, str], now: dict[str, str]) -> tuple[Line, ...]:
    return tuple(
        Line(label=label, before=was[label], after=now[label], says=_instead(label, was[label], now[label]))
        for label in was
    )


def _whole(offer: Offer, side: Side) -> dict[str, str]:
    if offer.plan is None or offer.policy is None:
        raise ValueError("a draft has no terms to compare")
    terms = offer.plan.terms
    prices = price_terms(terms=terms, policy=offer.policy)
    if side == Side.SELLER:
        mine = {"The buyer pays, with fees": str(prices.to_pay), "You earn": str(prices.earnings)}
    else:
        mine = {"You pay, with fees": str(prices.to_pay)}
    return {
        "Price": str(prices.total),
        **mine,
        "Months": str(len(terms.milestones)) if prices.is_monthly else "",
        "Days of work": "" if prices.is_monthly else str(prices.days),
        "Milestones": "" if prices.is_monthly else str(len(terms.milestones)),
        "Revisions in all": str(terms.revisions or ""),
        "Title": offer.title,
        "About": offer.description,
    }


def _matched(
    before: Sequence[MilestoneTerms], after: Sequence[MilestoneTerms]
) -> list[tuple[MilestoneTerms | None, MilestoneTerms | None]]:
    """In the order of the new version, with what was dropped at the end.

    The same name is the same milestone; what is left over in the same place, with the same words or the same price,
    was renamed.
    """
    left = list(before)
    found: list[tuple[MilestoneTerms | None, MilestoneTerms | None]] = []
    for named in after:
        same = next((one for one in left if one.name.casefold() == named.name.casefold()), None)
        found.append((same, named))
        if same:
            left.remove(same)
    for index, (was, now) in enumerate(found):
        if was is None and now is not None and index < len(before) and before[index] in left:
            one = before[index]
            if one.amount == now.amount or (one.description and one.description == now.description):
                found[index] = (one, now)
                left.remove(one)
    return [*found, *((was, None) for was in left)]


def _pair(was: MilestoneTerms | None, now: MilestoneTerms | None, before: PlanTerms, after: PlanTerms) -> Pair:
    one = now or was
    if one is None:
        raise ValueError("a pair has at least one side")
    old, new = _facts(was, before), _facts(now, after)
    lines = tuple(
        Line(label=label, before=old.get(label, ""), after=new.get(label, ""), says=_about(one.name, label, was, now))
        for label in new or old
    )
    return Pair(name=one.name, lines=lines, before=was, after=now)


def _facts(terms: MilestoneTerms | None, plan: PlanTerms) -> dict[str, str]:
    if terms is None:
        return {}
    return {
        "Name": terms.name,
        "Price": str(Money(terms.amount, plan.currency)),
        "Time": days_in_words(terms.days),
        "Revisions": str(terms.revisions) if plan.revision_scope == "milestone" else "",
        "What the buyer gets": terms.description,
        "Done when": "\n".join(terms.criteria),
    }


def _about(name: str, label: str, was: MilestoneTerms | None, now: MilestoneTerms | None) -> str:
    """The beginning of the sentence about a changed line; criteria are told one by one."""
    if was is None or now is None:
        return ""
    if label == "Name":
        return f"“{was.name}” is now called “{now.name}”."
    if label == "What the buyer gets":
        return f"“{name}”: other words about what the buyer gets."
    if label == "Done when":
        news = [f"“{one}” is new" for one in now.criteria if one not in was.criteria]
        gone = [f"“{one}” is gone" for one in was.criteria if one not in now.criteria]
        return f"“{name}” is done when: {'; '.join([*news, *gone]) or 'the same, in another order'}."
    return ""


def _instead(label: str, was: str, now: str) -> str:
    if label == "About":
        return "Other words about the whole."
    return f"{label}: {now or 'none'} instead of {was or 'none'}."


def _sentences(found: Comparison) -> Iterator[str]:
    for line in found.head:
        if line.change != SAME and line.label not in FOLLOWS:
            yield line.says
    for pair in found.pairs:
        facts = {line.label: line for line in pair.lines}
        if pair.change == ADDED:
            yield f"“{pair.name}” is new: {facts['Time'].after}, {facts['Price'].after}."
        elif pair.change == DROPPED:
            yield f"“{pair.name}” is dropped: {facts['Time'].before}, {facts['Price'].before}."
        else:
            yield from (_said(pair, line) for line in pair.lines if line.change != SAME)
    if found.moved:
        yield "The milestones come in another order."


def _said(pair: Pair, line: Line) -> str:
    return line.says or f"“{pair.name}”: {_lower(line)}."


def _lower(line: Line) -> str:
    what = "" if line.label == "Time" else f"{line.label.lower()} "
    return f"{what}{line.after or 'none'} instead of {line.before or 'none'}"
