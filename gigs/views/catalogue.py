"""What anyone may see: the first page, a gig, its pictures."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.countries import COUNTRIES
from gigs.enums import GigState
from gigs.errors import ImageUnknown
from gigs.models import Gig, GigImage
from gigs.selectors import edits, gig_for_anyone, packages_of, workflow_failures
from gigs.selectors.browsing import open_categories, service_fees, suggested_gigs
from gigs.selectors.showing import PackageView, show_package
from gigs.structured import gig_data
from gigs.views.requests import Visit
from marketplace.kernel import clock
from milestones.models import MilestonePolicy
from milestones.services.policies import policies_in_force, policy_in_force

ON_FIRST_PAGE = 6
A_YEAR = 31_536_000


@require_safe
def home(request: Visit) -> HttpResponse:
    policies = policies_in_force(now=clock.now())
    gigs = suggested_gigs(policies=policies, limit=ON_FIRST_PAGE)
    context = {
        "categories": open_categories(),
        "gigs": gigs,
        "fees": service_fees(policies),
        "canonical": request.build_absolute_uri("/"),
    }
    return render(request, "pages/home.html", context)


@require_safe
def gig(request: Visit, public_id: str, slug: str = "") -> HttpResponse:
    """`slug` says to people what it is about; an old one leads to the one of now."""
    viewer = request.user
    shown = gig_for_anyone(public_id=public_id, viewer=viewer)
    if slug and slug != shown.slug:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(shown.get_absolute_url() + query, permanent=True)
    is_own = edits(shown, viewer)
    policy = policy_in_force(now=clock.now(), currency=shown.currency)
    views = _package_views(shown, policy)
    chosen = next((view for view in views if view.package.tier == request.GET.get("package")), None)
    context = {
        "gig": shown,
        "views": views,
        "view": chosen or (views[0] if views else None),
        "policy": policy,
        "is_own": is_own,
        "hidden": workflow_failures(shown, policy=policy) if is_own else [],
        "country": COUNTRIES.get(shown.country, ""),
        "canonical": request.build_absolute_uri(shown.get_absolute_url()),
        "data": gig_data(shown, views, site=request.build_absolute_uri("/")),
        "nav_section": "gigs",
    }
    return render(request, "gigs/gig.html", context)


@require_safe
def image(request: Visit, public_id: str, size: str) -> FileResponse:
    """A picture of a gig; those of a draft only for who edits it. Never changes, so browsers may keep it."""
    picture = GigImage.objects.select_related("gig__seller").filter(public_id=public_id).first()
    if picture is None or (picture.gig.state == GigState.DRAFT and not edits(picture.gig, request.user)):
        raise ImageUnknown
    stored = picture.file if size == "full" else picture.thumbnail
    response = FileResponse(stored.open("rb"), content_type="image/webp")
    kept = "private" if picture.gig.state == GigState.DRAFT else "public"
    response["Cache-Control"] = f"{kept}, max-age={A_YEAR}, immutable"
    return response


def _package_views(shown: Gig, policy: MilestonePolicy) -> list[PackageView]:
    now = clock.now()
    return [show_package(shown, package.tier, policy=policy, now=now) for package in packages_of(shown)]
