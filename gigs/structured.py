"""What search engines read of a page: schema.org in JSON, as a data block that no browser runs."""

import json
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from accounts.countries import COUNTRIES
from accounts.models import User
from gigs.models import Category, Gig, Subcategory
from gigs.selectors.showing import PackageView

ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
CONTEXT = "https://schema.org"


def gig_data(gig: Gig, views: Sequence[PackageView], *, site: str) -> SafeString:
    """`site`: the absolute address of the first page."""
    address = _at(site, gig.get_absolute_url())
    product: dict[str, Any] = {
        "@type": "Product",
        "name": gig.title,
        "description": gig.description[:500],
        "category": gig.subcategory.name,
        "url": address,
        "image": [_at(site, reverse("gigs:image", args=[image.public_id, "full"])) for image in gig.images.all()],
        "offers": [_offer(view, gig, address, site) for view in views],
    }
    if gig.rating is not None:
        product["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(gig.rating, 1),
            "reviewCount": gig.rating_count,
        }
    return _script(product, _trail(gig.subcategory, site, last=(gig.title, address)))


def seller_data(person: User, *, site: str) -> SafeString:
    about: dict[str, object] = {
        "@type": "Person",
        "name": person.display_name,
        "description": person.seller.headline,
        "knowsLanguage": person.seller.languages,
        "url": _at(site, reverse("seller", args=[person.public_id])),
    }
    if person.seller.country in COUNTRIES:
        about["address"] = {"@type": "PostalAddress", "addressCountry": person.seller.country}
    return _script({"@type": "ProfilePage", "mainEntity": about})


def breadcrumbs_data(place: Category | Subcategory | None, *, site: str) -> SafeString:
    return _script(_trail(place, site))


def _offer(view: PackageView, gig: Gig, address: str, site: str) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "name": view.package.name,
        "price": view.terms.total.major,
        "priceCurrency": view.terms.currency,
        "availability": f"{CONTEXT}/InStock",
        "url": f"{address}?package={view.package.tier}",
        "seller": {
            "@type": "Person",
            "name": gig.seller.display_name,
            "url": _at(site, reverse("seller", args=[gig.seller.public_id])),
        },
    }


def _trail(place: Category | Subcategory | None, site: str, *, last: tuple[str, str] | None = None) -> dict[str, Any]:
    steps = [("Explore", _at(site, reverse("gigs:browse")))]
    if isinstance(place, Subcategory):
        steps.append((place.category.name, _at(site, place.category.get_absolute_url())))
    if place:
        steps.append((place.name, _at(site, place.get_absolute_url())))
    steps += [last] if last else []
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": address}
        for position, (name, address) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _at(site: str, path: str) -> str:
    return site.rstrip("/") + path


def _script(*things: dict[str, Any]) -> SafeString:
    """Safe in a script element: nothing in it can end the element or begin another."""
    text = json.dumps({"@context": CONTEXT, "@graph": things}, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 escaped above
