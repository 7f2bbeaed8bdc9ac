"""The model's money: where each charge stands, one charge per milestone that was asked for. Minor units."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from tests.prove.model.terms import BUYER_FEE_PERCENT, COMMISSION_PERCENT, share


class Phase(StrEnum):
    """How far the asking has come, as anybody could tell it who knows neither our tables nor Stripe's words."""

    PAGE = "page"  # the buyer has to come to the hosted page
    ASKED = "asked"  # a worker is to charge the saved card, and has not begun
    IN_FLIGHT = "in flight"  # the bank has it, or may have it
    DECLINED = "declined"
    WANTS_BUYER = "wants buyer"
    PAID = "paid"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


class Place(StrEnum):
    """Where paid money is."""

    NOWHERE = "nowhere"
    HELD = "held"
    ACCRUED = "accrued"
    RELEASED = "released"
    GOING_BACK = "going back"
    BACK = "back"


@dataclass(kw_only=True)
class Owed:
    """What the buyer owes, or has paid, for one milestone: its price, and the service fee that is taken with it."""

    piece: int
    price: int
    phase: Phase
    has_card: bool  # a card of the buyer's that may be charged without the buyer
    card_refused: bool = False
    place: Place = Place.NOWHERE
    extra: list[Place] = field(default_factory=list)  # paid a second time, and more

    @property
    def fee(self) -> int:
        return share(self.price, BUYER_FEE_PERCENT)

    @property
    def total(self) -> int:
        return self.price + self.fee

    @property
    def commission(self) -> int:
        return share(self.price, COMMISSION_PERCENT)

    @property
    def is_open(self) -> bool:
        return self.phase not in (Phase.PAID, Phase.WITHDRAWING, Phase.WITHDRAWN)

    def balances(self) -> Counter[str]:
        """What the books must say of this charge."""
        found: Counter[str] = Counter()
        if self.place != Place.NOWHERE:
            found["captured"] = self.total
        match self.place:
            case Place.HELD:
                found.update(held=self.price, fee_held=self.fee)
            case Place.ACCRUED:
                found.update(
                    accrued=self.price - self.commission, commission_accrued=self.commission, fee_accrued=self.fee
                )
            case Place.RELEASED:
                found.update(released=self.price - self.commission, commission=self.commission, fees=self.fee)
            case Place.GOING_BACK:
                found["refunding"] = self.total
            case Place.BACK:
                found["refunded"] = self.total
        for place in self.extra:
            found["captured"] += self.total
            name = {Place.GOING_BACK: "refunding", Place.BACK: "refunded"}.get(place, "surplus")
            found[name] += self.total
        return found
