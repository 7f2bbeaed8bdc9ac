"""Placing an order, and the way to the hosted payment page and back (R-ORD-2, R-PAY-1)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigs.errors import PackageUnknown
from gigs.selectors import gig_for_anyone
from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from milestones.enums import PackageTier
from offers.selectors import offer_for
from orders.errors import OrderUnknown
from orders.models import Order
from orders.presenters.consent import consent_words
from orders.selectors import orders_of
from orders.services.funding import pay_url, prepare_payment
from orders.services.placing import place_from_gig, place_from_offer
from orders.views.showing import find_order, find_view, refuse, signed_in
from payments.enums import ChargeState
from payments.models import Charge
from payments.services.charging import refresh_charge


@require_POST
def place_gig(request: HttpRequest, public_id: str) -> HttpResponse:
    """Order a package on exactly the terms that were shown; a visitor signs in and comes back to the gig."""
    tier = request.POST.get("package", "")
    gig_url = f"{reverse('gigs:gig', args=[public_id])}?{urlencode({'package': tier})}"
    if not request.user.is_authenticated:
        return redirect_to_login(gig_url)
    buyer = signed_in(request)
    gig = gig_for_anyone(public_id=public_id, viewer=buyer)
    if tier not in PackageTier.values:
        raise PackageUnknown(tier=tier[:20])
    try:
        order = place_from_gig(
            gig=gig, tier=PackageTier(tier), buyer=buyer, shown_digest=request.POST.get("digest", "")
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return see_other(gig_url)
    return go_and_pay(request, order)


@login_required
@require_POST
def place_offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept the version that was shown, once, and pay its first milestone."""
    buyer = signed_in(request)
    offer = offer_for(viewer=buyer, public_id=public_id)
    try:
        order = place_from_offer(offer=offer, buyer=buyer, shown_digest=request.POST.get("digest", ""))
    except DomainError as refusal:
        placed = Order.objects.filter(offer=offer, buyer=buyer).first()
        if placed is not None:  # pressed twice: the order is there
            return see_other(order_url(placed))
        messages.error(request, refusal.message)
        return see_other(reverse("offers:offer", args=[public_id]))
    return go_and_pay(request, order)


@login_required
@require_safe
def order_of_offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """From an accepted offer to its order. OrderUnknown for a stranger, and while there is none."""
    order = orders_of(signed_in(request)).filter(offer__public_id=public_id).first()
    if order is None:
        raise OrderUnknown
    return redirect(order_url(order))


@login_required
@require_POST
def pay(request: HttpRequest, public_id: str) -> HttpResponse:
    """To the hosted page, for whatever waits to be paid."""
    order = find_order(request, public_id)
    try:
        return see_other(payment_page(request, order))
    except DomainError as refusal:
        return refuse(request, public_id, refusal)


@login_required
@never_cache
@require_safe
def paid(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the hosted page sends the buyer back to. It proves nothing by itself: the bank is asked."""
    view = find_view(request, public_id)
    if view.is_buyer and view.current and view.current.charge:
        charge = refresh_charge(charge=view.current.charge, now=clock.now())
        if charge.state == ChargeState.SUCCEEDED:
            messages.success(request, f"Your payment of {view.current.to_pay} has arrived.")
    return see_other(f"{order_url(view.order)}?paid")


def go_and_pay(request: HttpRequest, order: Order) -> HttpResponse:
    """To the hosted page; when it can't be opened the order waits with a button, and says so."""
    try:
        return see_other(payment_page(request, order))
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return see_other(order_url(order))


def payment_page(request: HttpRequest, order: Order) -> str:
    """The address of the hosted page. Speaks to Stripe: never inside a transaction. Raises what services raise."""
    charge: Charge = prepare_payment(order=order, actor=signed_in(request))
    return pay_url(
        charge=charge,
        success_url=request.build_absolute_uri(reverse("orders:paid", args=[order.public_id])),
        cancel_url=request.build_absolute_uri(order_url(order)),
        consent=consent_words(order, now=clock.now()),
    )


def order_url(order: Order) -> str:
    return reverse("orders:order", args=[order.public_id])


def see_other(url: str) -> HttpResponse:
    response = redirect(url)
    response.status_code = 303
    return response
