"""Lists of gigs that anyone may see: the whole catalogue, a category of it, what one seller offers (R-GIG-9)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.countries import COUNTRIES
from accounts.languages import language_names
from accounts.models import User
from gigs.errors import PlaceUnknown
from gigs.forms.browsing import BrowseForm
from gigs.selectors.browsing import Filters, browse_page, helpful_to_drop, rating_of_seller, service_fees
from gigs.selectors.catalogue import seller_for_anyone
from gigs.structured import breadcrumbs_data, seller_data
from gigs.views.requests import Visit
from marketplace.kernel import clock
from milestones.services.policies import policies_in_force

PER_PAGE = 12
INPUTS = {"least": ("least", "currency"), "most": ("most", "currency")}  # a currency goes with the last price


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    name: str
    words: str
    address: str


@require_safe
def browse(request: Visit, place: str = "") -> HttpResponse:
    """The list. Its address says all of it: `place` in the path or the query, and `from`, where the page begins."""
    asked = request.GET.copy()
    if place:
        asked["category"] = place
    form = BrowseForm(asked)
    filters = form.filters()
    if place and not filters.place:
        raise PlaceUnknown
    policies = policies_in_force(now=clock.now())
    found = browse_page(filters, policies=policies, cursor=request.GET.get("from", ""), size=PER_PAGE)
    chips = [Chip(name=name, words=words, address=_without(asked, name)) for name, words in form.said(filters).items()]
    helpful = [] if found.page.rows else helpful_to_drop(filters, policies=policies)
    context = {
        "form": form,
        "found": found,
        "filters": filters,
        "chips": chips,
        "narrowing": sum(chip.name != "q" for chip in chips),
        "helpful": [chip for chip in chips if chip.name in helpful],
        "fees": service_fees(policies),
        "nav_section": "gigs",
        **_for_machines(request, filters, empty=not found.page.rows),
    }
    return render(request, "gigs/browse.html#results" if request.htmx else "gigs/browse.html", context)


@require_safe
def profile(request: Visit, public_id: str, count_finished: Callable[[User], int]) -> HttpResponse:
    """A seller as anyone sees them; `count_finished` knows their orders, which lie above this app."""
    person = seller_for_anyone(public_id=public_id)
    policies = policies_in_force(now=clock.now())
    cursor = request.GET.get("from", "")
    found = browse_page(Filters(seller=person), policies=policies, cursor=cursor, size=PER_PAGE)
    context = {
        "person": person,
        "seller": person.seller,
        "country": COUNTRIES.get(person.seller.country, ""),
        "languages": language_names(person.seller.languages),
        "rating": rating_of_seller(person),
        "finished": count_finished(person),
        "found": found,
        "fees": service_fees(policies),
        "canonical": request.build_absolute_uri(request.path),
        "data": seller_data(person, site=request.build_absolute_uri("/")),
        "nav_section": "gigs",
    }
    return render(request, "sellers/profile.html", context)


def _for_machines(request: Visit, filters: Filters, *, empty: bool) -> dict[str, Any]:
    """What search engines read: a narrowed list is a part of its category's; nothing found is nothing to index."""
    where = filters.subcategory or filters.category
    address = where.get_absolute_url() if where else reverse("gigs:browse")
    return {
        "canonical": request.build_absolute_uri(address),
        "hidden_from_robots": empty,
        "data": breadcrumbs_data(where, site=request.build_absolute_uri("/")),
    }


def _without(asked: QueryDict, name: str) -> str:
    """The list without one filter, from its beginning; the category in the path becomes one in the query."""
    left = asked.copy()
    left.pop("from", None)
    other_price = {"least": "most", "most": "least"}.get(name, "")
    for each in INPUTS.get(name, (name,)):
        if each == name or not asked.get(other_price):
            left.pop(each, None)
    query = left.urlencode()
    return reverse("gigs:browse") + (f"?{query}" if query else "")
