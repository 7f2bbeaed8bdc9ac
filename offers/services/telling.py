"""Notices of offers: who is told what, once."""

from datetime import datetime

from accounts.models import User
from notifications.services import notify
from offers.models import Offer
from offers.transitions import OfferTransition

TO_SELLER = frozenset({"accept", "decline"})
TO_BOTH = frozenset({"expire"})
TO_NOBODY = frozenset({"replace"})  # the new version is announced by its own "send"


def tell(*, offer: Offer, row: OfferTransition, now: datetime) -> None:
    """Write the notices that `row` names, in the caller's transaction."""
    if row.name in TO_NOBODY:
        return
    kind = "offer_revised" if row.name == "send" and offer.replaces_id else row.notice
    for reader in _readers(offer, row.name):
        notify(
            recipient=reader,
            kind=kind,
            data=_data(offer, reader),
            url=offer.get_absolute_url(),
            dedupe_key=f"offer:{offer.public_id}:{row.name}",
            now=now,
        )


def _readers(offer: Offer, name: str) -> list[User]:
    if name in TO_BOTH:
        return [offer.buyer, offer.seller]
    return [offer.seller] if name in TO_SELLER else [offer.buyer]


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
    }


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
