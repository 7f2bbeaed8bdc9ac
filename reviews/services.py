"""Writing, revealing and answering reviews (R-ORD-17).

Writing and revealing lock the round's row, so that two who write at once are revealed once, and nobody writes after.
"""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from gigs.services.rating import record_rating
from marketplace.kernel.errors import ManyInvalid
from marketplace.web.clock import database_now
from notifications.services import notify
from orders.enums import OrderState, Role
from orders.models import Order
from reviews import errors, rules
from reviews.models import ANSWER_LIMIT, REVEAL_AFTER, Review, ReviewRound
from reviews.notices import ANSWERED, ASKED, REVEALED
from reviews.rules import side_of


@transaction.atomic
def write_review(
    *, order: Order, author: User, stars: int, text: str, why_stopped: str = "", now: datetime | None = None
) -> Review:
    """Say it, or say it anew until it is revealed. With the second of the two, both are revealed.

    Raises OrderUnknown for anyone but the order's two people, OrderNotCompleted, ReviewTimeOver, ReviewRevealed,
    ManyInvalid.
    """
    side = side_of(order, author)
    if refused := rules.refusal(order, revealed=False, now=now or database_now()):
        raise refused
    round_ = _lock_round(_open_round(order, now=now or database_now(), but_not=author))
    moment = now or database_now()
    if refused := rules.refusal(order, revealed=round_.revealed_at is not None, now=moment):
        raise refused
    if failures := rules.failures(stars=stars, text=text, why_stopped=why_stopped):
        raise ManyInvalid(failures)
    said = {
        "stars": stars,
        "text": text.strip(),
        "why_stopped": why_stopped.strip() if rules.asks_why(order, side) else "",
        "written_at": moment,
    }
    subject = order.seller if side == Role.BUYER else order.buyer
    born = {"author": author, "subject": subject, "gig": order.gig if side == Role.BUYER else None}
    review, _ = Review.objects.update_or_create(order=order, side=side, defaults=said, create_defaults=said | born)
    if Review.objects.filter(order=order).count() == len((Role.BUYER, Role.SELLER)):
        _reveal(round_, moment)
        review.refresh_from_db()
    return review


@transaction.atomic
def answer_review(*, review: Review, author: User, text: str, now: datetime | None = None) -> Review:
    """The seller's one public answer to a revealed review. Raises ReviewUnknown, OnlyTheReviewedAnswers,
    AnsweredAlready, ManyInvalid.
    """
    locked = Review.objects.select_for_update(of=("self",)).select_related("author", "subject").get(pk=review.pk)
    if locked.revealed_at is None:
        raise errors.ReviewUnknown
    if locked.side != Role.BUYER or author.pk != locked.subject_id:
        raise errors.OnlyTheReviewedAnswers
    if locked.answered_at is not None:
        raise errors.AnsweredAlready
    words = text.strip()
    if not words:
        raise ManyInvalid([errors.WordsMissing(field="text")])
    if len(words) > ANSWER_LIMIT:
        raise ManyInvalid([errors.TooManyWords(field="text", limit=ANSWER_LIMIT)])
    locked.answer, locked.answered_at = words, now or database_now()
    locked.save(update_fields=["answer", "answered_at"])
    notify(
        recipient=locked.author,
        kind=ANSWERED,
        data={"other": author.first_name, "answer": words, "order": locked.order.title},
        url=reverse("orders:order", args=[locked.order.public_id]),
        dedupe_key=f"{ANSWERED}:{locked.pk}",
        now=locked.answered_at,
    )
    return locked


def ask_for_reviews(*, now: datetime | None = None, batch: int = 100) -> int:
    """Begin the rounds of orders that were completed, and ask both sides; how many. Safe in any number of workers."""
    moment = now or database_now()
    fresh = Order.objects.filter(state=OrderState.COMPLETED, ended_at__gt=moment - REVEAL_AFTER, review_round=None)
    orders = list(fresh.select_related("buyer", "seller").order_by("ended_at", "pk")[:batch])
    for order in orders:
        with transaction.atomic():
            _open_round(order, now=moment)
    return len(orders)


@transaction.atomic
def reveal_due(*, now: datetime | None = None, batch: int = 100) -> int:
    """End up to `batch` rounds whose time has come, with two reviews, one or none; how many."""
    moment = now or database_now()
    due = ReviewRound.objects.filter(revealed_at=None, closes_at__lte=moment).order_by("closes_at", "pk")
    rounds = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("order")[:batch])
    for round_ in rounds:
        _reveal(round_, moment)
    return len(rounds)


def _open_round(order: Order, *, now: datetime, but_not: User | None = None) -> ReviewRound:
    """The order's round; with its beginning, who has said nothing yet is asked."""
    if order.ended_at is None:
        raise errors.OrderNotCompleted
    round_, is_new = ReviewRound.objects.get_or_create(
        order=order, defaults={"closes_at": order.ended_at + REVEAL_AFTER}
    )
    if is_new:
        for person, other in ((order.buyer, order.seller), (order.seller, order.buyer)):
            if person != but_not:
                _ask(round_, order, person, other, now)
    return round_


def _lock_round(round_: ReviewRound) -> ReviewRound:
    return ReviewRound.objects.select_for_update(of=("self",)).select_related("order").get(pk=round_.pk)


def _ask(round_: ReviewRound, order: Order, person: User, other: User, now: datetime) -> None:
    notify(
        recipient=person,
        kind=ASKED,
        data={"other": other.first_name, "order": order.title, "until": round_.closes_at.isoformat()},
        url=reverse("reviews:write", args=[order.public_id]),
        dedupe_key=f"{ASKED}:{order.pk}",
        now=now,
    )


def _reveal(round_: ReviewRound, now: datetime) -> None:
    """Show what was said, count a gig's stars, and tell whom it is about, in one transaction."""
    round_.revealed_at = now
    round_.save(update_fields=["revealed_at"])
    for review in Review.objects.filter(order=round_.order, revealed_at=None).select_related("author", "subject"):
        review.revealed_at = now
        review.save(update_fields=["revealed_at"])
        if review.gig_id is not None:
            record_rating(gig_id=review.gig_id, stars=review.stars)
        notify(
            recipient=review.subject,
            kind=REVEALED,
            data={
                "other": review.author.first_name,
                "stars": review.stars,
                "text": review.text,
                "order": round_.order.title,
            },
            url=reverse("orders:order", args=[round_.order.public_id]),
            dedupe_key=f"{REVEALED}:{review.pk}",
            now=now,
        )
