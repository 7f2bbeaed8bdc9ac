"""The life of an offer as a table (R-OFR-5). Services, buttons, the API and the database’s guard read these rows."""

from dataclasses import dataclass

from marketplace.kernel.transitions import Transition, TransitionTable
from offers.enums import OfferState, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTransition(Transition[OfferState, Side]):
    """A row. `before_deadline`: open only while the offer is valid; `notice`: what the other side is told."""

    before_deadline: bool = False
    notice: str = ""


def _row(
    name: str,
    actor: Side,
    source: OfferState,
    target: OfferState,
    *,
    before_deadline: bool = False,
    notice: str = "",
) -> OfferTransition:
    return OfferTransition(
        name=name,
        actors=frozenset({actor}),
        sources=frozenset({source}),
        target=target,
        before_deadline=before_deadline,
        notice=notice,
    )


OFFERS: TransitionTable[OfferTransition] = TransitionTable(
    [
        _row("send", Side.SELLER, OfferState.DRAFT, OfferState.SENT, notice="offer_sent"),
        _row(
            "accept",
            Side.BUYER,
            OfferState.SENT,
            OfferState.ACCEPTED,
            before_deadline=True,
            notice="offer_accepted",
        ),
        _row(
            "decline",
            Side.BUYER,
            OfferState.SENT,
            OfferState.DECLINED,
            before_deadline=True,
            notice="offer_declined",
        ),
        _row(
            "withdraw",
            Side.SELLER,
            OfferState.SENT,
            OfferState.WITHDRAWN,
            before_deadline=True,
            notice="offer_withdrawn",
        ),
        _row("replace", Side.SELLER, OfferState.SENT, OfferState.REPLACED, notice="offer_revised"),
        _row("expire", Side.TIMER, OfferState.SENT, OfferState.EXPIRED, notice="offer_expired"),
    ]
)
