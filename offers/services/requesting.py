"""A buyer asks a seller for an offer (R-OFR-2)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.enums import Ability
from accounts.models import User
from accounts.selectors import is_seller, may
from inbox.models import Conversation
from inbox.services import post_card, refresh_card
from marketplace.kernel.errors import Unknown
from marketplace.kernel.money import Money
from notifications.services import notify, notify_seller
from offers.enums import OfferState
from offers.errors import (
    BudgetTooLow,
    DateHasPassed,
    NotASeller,
    NotYourStep,
    RequestClosed,
    RequestNeedsBrief,
    TooLong,
)
from offers.models import OfferRequest
from offers.notices import OFFER_REQUESTED, REQUEST_DECLINED

BRIEF_LIMIT = 3000
REASON_LIMIT = 500
CARD = "request"


@transaction.atomic
def ask_for_offer(
    *,
    conversation: Conversation,
    buyer: User,
    brief: str,
    budget: Money | None,
    needed_by: date | None,
    currency: str,
    files: "Sequence[UploadedFile[Any]]" = (),
    now: datetime,
) -> OfferRequest:
    """Ask the other for an offer; the request stands in the conversation with its files.

    `needed_by` is a day of the buyer's calendar. Raises Unknown, NotASeller, RequestNeedsBrief, TooLong,
    BudgetTooLow, DateHasPassed, and what a refused file raises.
    """
    seller = _whom(conversation, buyer)
    words = brief.strip()
    _check(words, budget, needed_by, timezone.localdate(now))
    request = OfferRequest.objects.create(
        conversation=conversation,
        buyer=buyer,
        seller=seller,
        brief=words,
        budget=budget.amount if budget else None,
        currency=budget.currency if budget else currency,
        needed_by=needed_by,
        asked_at=now,
    )
    post_card(
        conversation=conversation,
        author=buyer,
        kind=CARD,
        reference=request.public_id,
        summary=f"Asks for an offer: {words}",
        files=files,
        now=now,
    )
    _tell(request, now)
    return request


@transaction.atomic
def decline_request(*, request: OfferRequest, actor: User, reason: str = "", now: datetime) -> OfferRequest:
    """The seller makes no offer, and may say why. Raises Unknown, NotYourStep, RequestClosed, TooLong."""
    words = reason.strip()
    if len(words) > REASON_LIMIT:
        raise TooLong(field="reason", limit=REASON_LIMIT, length=len(words))
    asked = OfferRequest.objects.select_for_update(of=("self",)).select_related("buyer", "seller", "conversation")
    locked = asked.get(pk=request.pk)
    _check_asked(locked, actor)
    if locked.declined_at is not None or locked.offers.exclude(state=OfferState.DRAFT).exists():
        raise RequestClosed(state="declined" if locked.declined_at else "answered")
    locked.declined_at, locked.decline_reason = now, words
    locked.save(update_fields=["declined_at", "decline_reason"])
    notify(
        recipient=locked.buyer,
        kind=REQUEST_DECLINED,
        data={"other": locked.seller.display_name, "brief": locked.brief[:300], "reason": words},
        url=locked.conversation.get_absolute_url(),
        dedupe_key=f"request_declined:{locked.public_id}",
        now=now,
    )
    refresh_card(kind=CARD, reference=locked.public_id)
    return locked


def _check_asked(request: OfferRequest, actor: User) -> None:
    """Only who was asked, or who makes offers for them, declines."""
    if actor.pk == request.buyer_id:
        raise NotYourStep(side="seller", action="decline")
    if not may(actor, request.seller, Ability.SEND_OFFERS):
        raise Unknown


def _whom(conversation: Conversation, buyer: User) -> User:
    if not conversation.includes(buyer):
        raise Unknown
    seller = conversation.other(buyer)
    if not is_seller(seller):
        raise NotASeller(name=seller.first_name)
    return seller


def _check(brief: str, budget: Money | None, needed_by: date | None, today: date) -> None:
    if not brief:
        raise RequestNeedsBrief(field="brief")
    if len(brief) > BRIEF_LIMIT:
        raise TooLong(field="brief", limit=BRIEF_LIMIT, length=len(brief))
    if budget is not None and budget.amount <= 0:
        raise BudgetTooLow(field="budget")
    if needed_by is not None and needed_by < today:
        raise DateHasPassed(field="needed_by")


def _tell(request: OfferRequest, now: datetime) -> None:
    budget = {"amount": request.budget, "currency": request.currency} if request.budget else None
    notify_seller(
        seller=request.seller,
        apart=request.buyer,
        kind=OFFER_REQUESTED,
        data={
            "other": request.buyer.display_name,
            "brief": request.brief[:300],
            "budget": budget,
            "needed_by": f"{request.needed_by.day} {request.needed_by:%b %Y}" if request.needed_by else "",
        },
        url=request.conversation.get_absolute_url(),
        dedupe_key=f"request:{request.public_id}",
        now=now,
    )
