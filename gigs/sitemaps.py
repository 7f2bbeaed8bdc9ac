"""What search engines are told to look at: `/sitemap.xml`, in parts of 50,000, and `/robots.txt`."""

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from gigs.models import Category, Gig, Subcategory
from gigs.selectors.browsing import selling_people
from gigs.selectors.catalogue import active_gigs

MOST = 50_000  # addresses in one file, by the protocol
PRIVATE = (
    "accounts",
    "support",
    "settings",
    "calendar",
    "inbox",
    "offers",
    "orders",
    "notifications",
    "selling",
    "api",
)


class Part(Sitemap[Any]):
    limit = MOST

    def get_latest_lastmod(self) -> None:
        """Not in the index: it would read every row."""


class Pages(Part):
    def items(self) -> list[str]:
        return ["home", "gigs:browse", "how", "fees", "help"]

    def location(self, item: str) -> str:
        return reverse(item)


class Places(Part):
    def items(self) -> list[Category | Subcategory]:
        """Those where something is for sale."""
        within = active_gigs().order_by().values("subcategory")
        subcategories = list(Subcategory.objects.filter(pk__in=within).select_related("category"))
        return [*dict.fromkeys(each.category for each in subcategories), *subcategories]


class Gigs(Part):
    def items(self) -> QuerySet[Gig]:
        return active_gigs().only("public_id", "slug", "updated_at").order_by("pk")

    def lastmod(self, item: Gig) -> datetime:
        return item.updated_at


class Sellers(Part):
    def items(self) -> QuerySet[User]:
        return selling_people().only("public_id").order_by("pk")

    def location(self, item: User) -> str:
        return reverse("seller", args=[item.public_id])


PARTS: dict[str, type[Sitemap[Any]]] = {"pages": Pages, "places": Places, "gigs": Gigs, "sellers": Sellers}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: /{name}/" for name in PRIVATE)]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", require_safe(index), {"sitemaps": PARTS, "sitemap_url_name": "sitemap_part"}, name="sitemap"),
    path("sitemap-<section>.xml", require_safe(sitemap), {"sitemaps": PARTS}, name="sitemap_part"),
]
