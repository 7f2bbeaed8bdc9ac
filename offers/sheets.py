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
from offers.rules import nudge_opens
from offers.services.door import side_of

MOST_POSTS = 6  # that fit beside each other with their words


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One payment with the day it would be done by, if the offer were accepted now.

    `begins`: of a subscription, the date on which this month is charged then.
    """

    payment: Payment
    due: datetime
    begins: datetime | None = None


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
    def later(self) -> tuple[Stage, ...]:
        return self.stages[1:]

    @property
    def shown_stages(self) -> tuple[Stage, ...]:
        """Those that differ: of a subscription's months the first speaks for all."""
        return self.stages[:1] if self.prices.is_monthly else self.stages

    @property
    def stages_words(self) -> str:
        """ "4 months", "1 milestone": what the rail is of, for who does not see it."""
        noun = "month" if self.prices.is_monthly else "milestone"
        return f"{len(self.stages)} {noun}" if len(self.stages) == 1 else f"{len(self.stages)} {noun}s"

    @property
    def is_long(self) -> bool:
        """Whether the rail has more posts than words fit beside."""
        return len(self.stages) > MOST_POSTS

    @property
    def remind_from(self) -> datetime:
        """When the author may next remind the reader."""
        return nudge_opens(self.offer)

    @property
    def posts(self) -> list[dict[str, str]]:
        """The rail: each stage with how long and how much."""
        return [
            {
                "name": stage.payment.terms.name,
                "state": self._stone,
                "meta": str(stage.payment.price)
                if stage.begins
                else f"{days_in_words(stage.payment.terms.days)} · {stage.payment.price}",
            }
            for stage in self.stages
        ]

    @property
    def dated_posts(self) -> list[dict[str, str]]:
        """The rail with the days by which each stage would be done, or on which each month is charged."""
        return [
            post
            | {"meta": f"{_day(stage.begins) if stage.begins else f'by {_day(stage.due)}'} · {stage.payment.price}"}
            for post, stage in zip(self.posts, self.stages, strict=True)
        ]

    @property
    def _stone(self) -> str:
        return "planned" if self.state in {OfferState.SENT, OfferState.ACCEPTED} else "not_started"


def make_sheet(*, offer: Offer, viewer: User, now: datetime) -> Sheet:
    """Unknown for a stranger, ValueError for a draft, which has no terms yet."""
    side = side_of(offer, viewer)
    if offer.plan is None or offer.policy is None:
        raise ValueError(f"offer {offer.pk} has no sheet yet")
    prices = price_terms(terms=offer.plan.terms, policy=offer.policy)
    return Sheet(
        offer=offer,
        side=side,
        state=OfferState.EXPIRED if policies.has_run_out(offer, now) else OfferState(offer.state),
        steps=policies.steps(offer=offer, side=side, now=now),
        prices=prices,
        stages=tuple(
            Stage(payment=payment, due=payment.due_at(now), begins=payment.charged_at(now))
            for payment in prices.payments
        ),
        finished=prices.finished_at(now),
    )


def _day(moment: datetime) -> str:
    local = read(moment)
    return day(local) if local else ""
