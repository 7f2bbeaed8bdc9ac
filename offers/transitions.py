"""The life of an offer as a table (R-OFR-5). Services, buttons, the API and the database’s guard read these rows."""

from dataclasses import dataclass

from marketplace.kernel.transitions import Transition, TransitionTable
from offers.enums import OfferState, Part, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTransition(Transition[OfferState, Side]):
    """A row. `part`: what its actor must be to this version, None for either; `before_deadline`: open only while the
    offer is valid; `notice`: what the other side is told.
    """

    part: Part | None = None
    before_deadline: bool = False
    notice: str = ""

    def is_for(self, side: Side, author: Side) -> bool:
        """Whether `side` may take this step at all, for a version that `author` wrote."""
        if side not in self.actors:
            return False
        return self.part is None or (side == author) == (self.part == Part.AUTHOR)


BUYER, SELLER = frozenset({Side.BUYER}), frozenset({Side.SELLER})
BOTH = BUYER | SELLER


def _row(
    name: str,
    actors: frozenset[Side],
    source: OfferState,
    target: OfferState,
    *,
    part: Part | None = None,
    before_deadline: bool = False,
    notice: str = "",
) -> OfferTransition:
    return OfferTransition(
        name=name,
        actors=actors,
        sources=frozenset({source}),
        target=target,
        part=part,
        before_deadline=before_deadline,
        notice=notice,
    )


def _answer(
    name: str, actors: frozenset[Side], target: OfferState, *, part: Part | None = None, notice: str = ""
) -> OfferTransition:
    """A step out of `sent` that is open until the deadline."""
    return _row(name, actors, OfferState.SENT, target, part=part, before_deadline=True, notice=notice)


OFFERS: TransitionTable[OfferTransition] = TransitionTable(
    [
        _row("send", BOTH, OfferState.DRAFT, OfferState.SENT, part=Part.AUTHOR, notice="offer_sent"),
        _answer("accept", BUYER, OfferState.ACCEPTED, part=Part.READER, notice="offer_accepted"),
        _answer("decline", BOTH, OfferState.DECLINED, part=Part.READER, notice="offer_declined"),
        _answer("withdraw", BOTH, OfferState.WITHDRAWN, part=Part.AUTHOR, notice="offer_withdrawn"),
        _answer("remind", BOTH, OfferState.SENT, part=Part.AUTHOR, notice="offer_nudge"),
        _row("replace", SELLER, OfferState.SENT, OfferState.REPLACED, notice="offer_revised"),
        _answer("counter", BUYER, OfferState.REPLACED, notice="offer_countered"),
        _answer("agree", SELLER, OfferState.REPLACED, part=Part.READER, notice="offer_revised"),
        _row("expire", frozenset({Side.TIMER}), OfferState.SENT, OfferState.EXPIRED, notice="offer_expired"),
    ]
)
