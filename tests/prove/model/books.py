"""The model's money: what is owed for each milestone, where what was paid stands, and what went back. Minor units."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
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


class Stage(StrEnum):
    """How far paid money has come on its way to the seller."""

    NOT_PAID = "not paid"
    HELD = "held"
    ACCRUED = "accrued"
    RELEASED = "released"


class Going(StrEnum):
    """What went back, or wants to: a refund under way, done or failed; a chargeback that was lost."""

    UNDER_WAY = "under way"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"


@dataclass(kw_only=True)
class Return:
    """A sum on its way out of a charge, and how it divides: the seller's price, commission in it, the buyer's fee."""

    total: int
    price: int = 0
    fee: int = 0
    commission: int = 0
    going: Going = Going.UNDER_WAY


@dataclass(kw_only=True)
class Owed:
    """What the buyer owes, or has paid, for one milestone: its price, and the service fee that is taken with it.

    `wanted` are totals that must set off to the buyer now; `returns` have set off, by the order of their rows.
    """

    piece: int
    price: int
    phase: Phase
    has_card: bool  # a card of the buyer's that may be charged without the buyer
    card_refused: bool = False
    stage: Stage = Stage.NOT_PAID
    clears_at: datetime | None = None
    wanted: list[int] = field(default_factory=list)
    returns: dict[str, Return] = field(default_factory=dict)
    losses: dict[str, Return] = field(default_factory=dict)
    extra: list[Going] = field(default_factory=list)  # paid a second time, and more
    disputed: int = 0  # taken by a chargeback that is not decided
    in_dispute: bool = False

    @property
    def fee(self) -> int:
        return share(self.price, BUYER_FEE_PERCENT)

    @property
    def total(self) -> int:
        return self.price + self.fee

    @property
    def commission(self) -> int:
        """Taken when the work is accepted; nothing of it before."""
        return share(self.price, COMMISSION_PERCENT) if self.stage in (Stage.ACCRUED, Stage.RELEASED) else 0

    def gone(self) -> list[Return]:
        """In the order in which the shares are counted: refunds, then lost chargebacks."""
        return [each for each in [*self.returns.values(), *self.losses.values()] if each.going != Going.FAILED]

    @property
    def left(self) -> Return:
        """What has neither gone back nor is on its way."""
        price = self.price - sum(each.price for each in self.gone())
        fee = self.fee - sum(each.fee for each in self.gone())
        commission = self.commission - sum(each.commission for each in self.gone())
        return Return(total=price + fee, price=price, fee=fee, commission=commission)

    def divide(self, total: int) -> Return:
        """R-PAY-7: fee and commission by running totals, so that however many parts, they add up to what was taken."""
        gone, left = self.gone(), self.left
        before = sum(each.total for each in gone)
        fee = self.fee * (before + total) // self.total - sum(each.fee for each in gone)
        fee = max(min(fee, total, left.fee), 0, total - left.price)
        price = total - fee
        passed = sum(each.price for each in gone) + price
        commission = self.commission * passed // self.price - sum(each.commission for each in gone)
        return Return(total=total, price=price, fee=fee, commission=max(min(commission, price, left.commission), 0))

    def accept(self) -> None:
        """The commission on what went back before is not the marketplace's."""
        self.stage, passed, shared = Stage.ACCRUED, 0, 0
        for each in self.gone():
            passed += each.price
            each.commission = self.commission * passed // self.price - shared
            shared += each.commission

    def send_back_all(self) -> None:
        if self.left.total:
            self.wanted.append(self.left.total)

    def earned(self) -> int:
        """The seller's part of what was released, wherever it is by now."""
        return self.left.price - self.left.commission if self.stage == Stage.RELEASED else 0

    def balances(self) -> Counter[str]:
        """What the books must say of this charge, but for how `earned` stands between us and the seller."""
        found: Counter[str] = Counter()
        left = self.left
        if self.stage != Stage.NOT_PAID:
            found["captured"] = self.total
        match self.stage:
            case Stage.HELD:
                found.update(held=left.price, fee_held=left.fee)
            case Stage.ACCRUED:
                found.update(
                    accrued=left.price - left.commission, commission_accrued=left.commission, fee_accrued=left.fee
                )
            case Stage.RELEASED:
                found.update(earned=self.earned(), commission=left.commission, fees=left.fee)
        names = {Going.UNDER_WAY: "refunding", Going.DONE: "refunded", Going.LOST: "lost", Going.FAILED: "surplus"}
        for each in self.gone():
            found[names[each.going]] += each.total
        for going in self.extra:
            found.update({"captured": self.total, names[going]: self.total})
        found["disputed"] += self.disputed
        return found
