"""Notices of offers: who is told what, once."""

from datetime import datetime
from functools import partial

from accounts.models import User
from marketplace.kernel.money import Money
from milestones.enums import OrderType
from milestones.terms import PlanTerms
from notifications.services import notify, notify_seller
from offers.models import Offer
from offers.transitions import OFFERS, OfferTransition

TO_AUTHOR = frozenset({"accept", "decline"})
TO_BOTH = frozenset({"expire"})
TO_NOBODY = frozenset({"replace", "counter", "agree"})  # the new version is announced by its own "send"


def tell(*, offer: Offer, row: OfferTransition, now: datetime) -> None:
    """Write the notices that `row` names, in the caller's transaction."""
    if row.name in TO_NOBODY:
        return
    for reader in _readers(offer, row.name):
        write(offer=offer, reader=reader, kind=_kind(offer, row), key=row.name, now=now)


def write(*, offer: Offer, reader: User, kind: str, key: str, now: datetime) -> None:
    """Tell one side of the offer, once for each `key`; the seller's side with whoever makes offers in their team."""
    tell_reader = (
        partial(notify_seller, seller=reader, apart=offer.buyer)
        if reader == offer.seller
        else partial(notify, recipient=reader)
    )
    tell_reader(
        kind=kind,
        data=_data(offer, reader),
        url=offer.get_absolute_url(),
        dedupe_key=f"offer:{offer.public_id}:{key}",
        now=now,
    )


def _kind(offer: Offer, row: OfferTransition) -> str:
    """The row's own notice, but a version that takes another's place is told as what it is."""
    if row.name == "send" and offer.replaces_id:
        return OFFERS.find("counter" if offer.is_counter else "replace").notice
    return row.notice


def _readers(offer: Offer, name: str) -> list[User]:
    if name in TO_BOTH:
        return [offer.buyer, offer.seller]
    return [offer.author] if name in TO_AUTHOR else [offer.reader]


def _data(offer: Offer, reader: User) -> dict[str, object]:
    if offer.plan is None or offer.expires_at is None:
        raise ValueError("only a sent offer is told of")
    terms, yours = offer.plan.terms, reader.pk == offer.seller_id
    monthly = terms.order_type == OrderType.SUBSCRIPTION
    return {
        "title": offer.title,
        "other": (offer.buyer if yours else offer.seller).display_name,
        "yours": yours,
        "total": {"amount": terms.total.amount, "currency": terms.currency},
        "parts": _parts(terms),
        "days": "" if monthly else count(terms.days, "day"),
        "expires": offer.expires_at.isoformat(),
        "reason": offer.decline_reason,
        "counter": offer.is_counter,
        "agreed": _agreed(offer),
        "note": offer.note,
    }


def _agreed(offer: Offer) -> bool:
    """Whether the seller sends exactly what the buyer had proposed."""
    old = offer.replaces
    return bool(old and old.is_counter and old.plan and offer.plan and old.plan.digest == offer.plan.digest)


def _parts(terms: PlanTerms) -> str:
    """In how many payments it is paid, in words."""
    number = len(terms.milestones)
    match terms.order_type:
        case OrderType.SUBSCRIPTION:
            return f"{count(number, 'month')} of {Money(terms.milestones[0].amount, terms.currency)}"
        case OrderType.MILESTONES:
            return count(number, "milestone")
        case OrderType.SINGLE:
            return "one payment"


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
