"""The list of offers and requests, from both sides, by keyset."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import working_for
from gigs.selectors.pages import KeysetPage, Order, cut_page
from marketplace.kernel import clock
from offers import selectors
from offers.enums import Shown
from offers.sheets import make_sheet
from offers.views import SignedIn

PER_PAGE = 20
NEWEST = Order(columns=("created_at", "pk"), kinds=(datetime, int))
LAST_ASKED = Order(columns=("asked_at", "pk"), kinds=(datetime, int))


@login_required
@require_safe
def offer_list(request: SignedIn) -> HttpResponse:
    wanted, now = request.GET.get("show", ""), clock.now()
    shown = Shown(wanted) if wanted in Shown.values else Shown.WAITING
    page = _page(request, shown, now)
    waiting = selectors.listed_offers(viewer=working_for(request), shown=Shown.WAITING, now=now).count()
    context = {
        "page": page,
        "shown": shown,
        "sheets": [make_sheet(offer=offer, viewer=working_for(request), now=now) for offer in page.rows]
        if shown in {Shown.WAITING, Shown.RECEIVED, Shown.SENT}
        else [],
        "tabs": [
            {
                "label": each.label,
                "href": f"?show={each}",
                "current": each == shown,
                "count": waiting if each == Shown.WAITING else 0,
            }
            for each in Shown
        ],
        "nav_section": "inbox",
    }
    return render(request, "offers/list.html", context)


def _page(request: SignedIn, shown: Shown, now: datetime) -> KeysetPage:
    cursor = request.GET.get("from", "")
    if shown == Shown.REQUESTS:
        return cut_page(selectors.requests_of(working_for(request)), order=LAST_ASKED, cursor=cursor, size=PER_PAGE)
    found = selectors.listed_offers(viewer=working_for(request), shown=shown, now=now)
    return cut_page(found, order=NEWEST, cursor=cursor, size=PER_PAGE)
