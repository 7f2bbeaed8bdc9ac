"""Every address of the site, app by app."""

from django.contrib import admin
from django.urls import include, path

from gigs.sitemaps import urlpatterns as sitemap_patterns
from gigs.views.browsing import profile
from gigs.views.catalogue import home
from orders.selectors import count_finished
from orders.urls import calendar_patterns, card_patterns, selling_patterns

urlpatterns = [
    path("", home, name="home"),
    path("support/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("marketplace.web.urls")),
    path("", include("milestones.urls")),
    path("", include("accounts.urls")),
    path("notifications/", include("notifications.urls")),
    path("gigs/", include("gigs.urls")),
    path("sellers/<str:public_id>/", profile, {"count_finished": count_finished}, name="seller"),
    *sitemap_patterns,
    path("inbox/", include("inbox.urls")),
    path("offers/", include("offers.urls")),
    path("orders/", include("orders.urls")),
    path("reviews/", include("reviews.urls")),
    path("selling/", include((selling_patterns, "selling"))),
    path("calendar/", include((calendar_patterns, "calendar"))),
    path("payment-methods/", include((card_patterns, "cards"))),
    path("", include("payments.urls")),
    path("api/", include("marketplace.api")),
]
