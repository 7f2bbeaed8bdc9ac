"""An offer as one of its two sides sees it now: standing, prices, dates, steps. Pages, cards and the API read this."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from marketplace.web.instants import day, read
from marketplace.web.templatetags.web import days as days_in_words
from offers import policies
from offers.enums import OfferState, Side
from offers.models import Offer
from offers.pricing import Payment, Prices, price_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One payment with the day it would be done by, if the offer were accepted now."""

    payment: Payment
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sent offer. `state` is what it is by the clock, also before the sweep has written it."""

    offer: Offer
    side: Side
    state: OfferState
    steps: frozenset[str]
    prices: Prices
    stages: tuple[Stage, ...]
    finished: datetime

    @property
    def is_buyers(self) -> bool:
        return self.side == Side.BUYER

    @property
    def is_open(self) -> bool:
        return self.state == OfferState.SENT

    @property
    def other(self) -> User:
        return self.offer.seller if self.is_buyers else self.offer.buyer

    @property
    def newer(self) -> Offer | None:
        """The version that took this one's place, once it was sent."""
        return self.offer.replaced_by

    @property
    def begun(self) -> bool:
        """Whether the viewer has a draft of the next version."""
        drafts = (after for after in self.offer.successors.all() if after.state == OfferState.DRAFT)
        return any(after.made_by == self.side for after in drafts)

    @property
    def is_mine(self) -> bool:
        """Whether the viewer wrote this version."""
        return self.offer.made_by == self.side

    @property
    def posts(self) -> list[dict[str, str]]:
        """The rail: each stage with how long and how much."""
        return [
            {
                "name": stage.payment.terms.name,
                "state": self._stone,
                "meta": f"{days_in_words(stage.payment.terms.days)} · {stage.payment.price}",
            }
            for stage in self.stages
        ]

    @property
    def dated_posts(self) -> list[dict[str, str]]:
        """The rail with the days by which each stage would be done."""
        return [
            post | {"meta": f"by {_day(stage.due)} · {stage.payment.price}"}
            for post, stage in zip(self.posts, self.stages, strict=True)
        ]

    @property
    def _stone(self) -> str:
        return "planned" if self.state in {OfferState.SENT, OfferState.ACCEPTED} else "not_started"


def make_sheet(*, offer: Offer, viewer: User, now: datetime) -> Sheet:
    """ValueError for a draft, which has no terms yet, and for a stranger."""
    side = offer.side_of(viewer)
    if side is None or offer.plan is None or offer.policy is None:
        raise ValueError(f"offer {offer.pk} has no sheet for this viewer")
    prices = price_terms(terms=offer.plan.terms, policy=offer.policy)
    return Sheet(
        offer=offer,
        side=side,
        state=OfferState.EXPIRED if policies.has_run_out(offer, now) else OfferState(offer.state),
        steps=policies.steps(offer=offer, side=side, now=now),
        prices=prices,
        stages=tuple(Stage(payment=payment, due=now + payment.ends) for payment in prices.payments),
        finished=prices.finished_at(now),
    )


def _day(moment: datetime) -> str:
    local = read(moment)
    return day(local) if local else ""
