"""What a draft would cost, bring and break if it were sent now: computed for the page, stored nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from marketplace.kernel.errors import ManyInvalid
from marketplace.web.instants import day, read
from marketplace.web.templatetags.web import days as days_in_words
from milestones.enums import OrderType, RevisionScope
from milestones.models import MilestonePolicy
from milestones.rules import check_offer_terms
from milestones.terms import PlanTerms
from offers.limits import Limit, basis_of, limits_of
from offers.pricing import Payment, Prices, price_terms
from offers.services.drafting import Draft
from offers.terms import read_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Beside the form while it is typed. `obstacles` are what no typing mends: subcategory, seller (R-POL-4)."""

    terms: PlanTerms
    prices: Prices
    limits: list[Limit]
    obstacles: list[str]
    start: datetime
    expires: datetime
    finished: datetime

    @property
    def posts(self) -> list[dict[str, str]]:
        """The rail of what was typed, with the dates if it is accepted today: when each is done or a month charged."""
        return [
            {
                "name": payment.terms.name or f"Milestone {payment.number}",
                "state": "planned",
                "meta": f"{self._when(payment)} · {payment.price}",
            }
            for payment in self.prices.payments
        ]

    def _when(self, payment: Payment) -> str:
        date, done = read(payment.charged_at(self.start)), read(self.start + payment.ends)
        if date:
            return day(date)
        took = days_in_words(payment.terms.days)
        return f"{took}, by {day(done)}" if payment.terms.days and done else took

    @property
    def is_single(self) -> bool:
        return self.terms.order_type == OrderType.SINGLE


def preview_draft(
    *, draft: Draft, seller: User, policy: MilestonePolicy, now: datetime, is_counter: bool = False
) -> Preview:
    """What can't be read as a number counts as zero here; sending says so. A counter-offer has the gig it answers."""
    terms, _ = read_terms(
        typed=draft.typed,
        order_type=draft.order_type,
        currency=policy.currency,
        scope=RevisionScope(policy.revision_scope),
        title=draft.title or "The work",
    )
    prices = price_terms(terms=terms, policy=policy)
    return Preview(
        terms=terms,
        prices=prices,
        limits=([] if is_counter else [basis_of(draft.gig)]) + limits_of(terms=terms, policy=policy),
        obstacles=list(_obstacles(terms, draft, seller, policy)),
        start=now,
        expires=now + timedelta(hours=24 * policy.offer_validity_days),
        finished=prices.finished_at(now),
    )


def _obstacles(terms: PlanTerms, draft: Draft, seller: User, policy: MilestonePolicy) -> Iterator[str]:
    try:
        check_offer_terms(
            terms=terms,
            policy=policy,
            subcategory_allows=draft.gig is None or draft.gig.subcategory.allows_offer_milestones,
            seller_blocked_reason=seller.seller.milestones_blocked_reason,
        )
    except ManyInvalid as many:
        for failure in many.errors:
            if failure.field in {"gig", "order_type"}:
                yield failure.message
