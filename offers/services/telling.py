"""Notices of offers: who is told what, once."""

from datetime import datetime

from accounts.models import User
from notifications.services import notify
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
        notify(
            recipient=reader,
            kind=_kind(offer, row),
            data=_data(offer, reader),
            url=offer.get_absolute_url(),
            dedupe_key=f"offer:{offer.public_id}:{row.name}",
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
    return {
        "title": offer.title,
        "other": (offer.buyer if yours else offer.seller).display_name,
        "yours": yours,
        "total": {"amount": terms.total.amount, "currency": terms.currency},
        "parts": count(len(terms.milestones), "milestone") if len(terms.milestones) > 1 else "one payment",
        "days": count(terms.days, "day"),
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


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
