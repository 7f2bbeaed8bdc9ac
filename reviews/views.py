"""Writing a review, answering one, and the lists that anyone may read (R-ORD-17, R-GIG-9)."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from gigs.selectors import gig_for_anyone
from marketplace.kernel import clock
from marketplace.kernel.errors import Invalid, ManyInvalid, Unknown
from marketplace.web.forms import add_domain_error
from marketplace.web.kept import signed_in_keeping, typed
from notifications.services.reading import mark_read_about
from reviews import rules
from reviews.forms import AnswerForm, ReviewForm
from reviews.presenters import OrderReviews, order_reviews, page_of, shown
from reviews.selectors import own_order, revealed_review, reviews_of_gig, reviews_of_seller
from reviews.services import answer_review, write_review


@signed_in_keeping()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    """Raises Unknown for anyone but the two people; the refusal where nothing can be written."""
    user = cast(User, request.user)
    order = own_order(user=user, public_id=public_id)
    reviews = order_reviews(order, user, now=clock.now())
    revealed = reviews is not None and reviews.pair.own is not None and reviews.pair.own.revealed_at is not None
    if refused := rules.refusal(order, revealed=revealed, now=clock.now()):
        raise refused
    asks_why = rules.asks_why(order, rules.side_of(order, user))
    form = ReviewForm(typed(request), asks_why=asks_why, initial=_said(reviews))
    if request.method == "POST" and form.is_valid():
        try:
            review = write_review(order=order, author=user, **form.cleaned_data)
        except (Invalid, ManyInvalid) as failures:
            add_domain_error(form, failures)
        else:
            messages.success(request, "Both reviews are shown now." if review.revealed_at else "Your review is kept.")
            return redirect("orders:order", public_id)
    mark_read_about(reader=user, pages=[request.path], shown_at=clock.now())
    context = {"reviews": reviews, "form": form, "order": order}
    return render(request, "reviews/write.html", context, status=422 if form.errors else 200)


@signed_in_keeping()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """The seller's answer to a revealed review; for anybody else there is no such page."""
    review = revealed_review(public_id=public_id)
    if request.user != review.subject:
        raise Unknown
    form = AnswerForm(typed(request))
    if request.method == "POST" and form.is_valid():
        answer_review(review=review, author=review.subject, text=form.cleaned_data["text"])
        messages.success(request, "Your answer stands below the review.")
        return redirect("orders:order", review.order.public_id)
    context = {"shown": shown(review), "form": form, "order": review.order}
    return render(request, "reviews/answer.html", context, status=422 if form.errors else 200)


@require_safe
def of_gig(request: HttpRequest, public_id: str) -> HttpResponse:
    gig = gig_for_anyone(public_id=public_id, viewer=cast(User, request.user))
    cursor = request.GET.get("from", "")
    page = page_of(reviews_of_gig(gig), about=gig.title, url=gig.get_absolute_url(), cursor=cursor)
    return render(request, "reviews/list.html", {"page": page, "cursor": cursor, "nav_section": "gigs"})


@require_safe
def of_seller(request: HttpRequest, public_id: str) -> HttpResponse:
    seller = User.objects.filter(public_id=public_id, is_active=True, seller__isnull=False).first()
    if seller is None:
        raise Unknown
    cursor = request.GET.get("from", "")
    page = page_of(reviews_of_seller(seller), about=seller.display_name, url="", cursor=cursor)
    return render(request, "reviews/list.html", {"page": page, "cursor": cursor, "nav_section": "gigs"})


def _said(reviews: OrderReviews | None) -> dict[str, object]:
    """What the author wrote before, to be changed."""
    own = reviews.pair.own if reviews else None
    return {"stars": own.stars, "text": own.text, "why_stopped": own.why_stopped} if own else {}
