"""The catalogue at the support desk (R-SUP-4)."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig, Subcategory, WorkflowTemplate
from gigs.services.templates import keep_template
from notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def test_r_gig_7_switching_a_subcategory_off_tells_the_sellers(desk: Client, gig: Gig) -> None:
    place = gig.subcategory
    posted = {"category": place.category_id, "name": place.name, "slug": place.slug, "position": place.position}
    url = reverse("admin:gigs_subcategory_change", args=[place.pk])
    assert desk.post(url, posted).status_code == 302
    assert not Subcategory.objects.get(pk=place.pk).allows_gig_milestones
    notice = Notification.objects.get()
    assert (notice.recipient, notice.kind) == (gig.seller, "gig_milestones_hidden")
    assert notice.url == reverse("gigs:edit", args=[gig.public_id, "description"])


def test_r_pol_4_switching_milestones_off_for_a_seller_tells_them_why(desk: Client, gig: Gig) -> None:
    profile = gig.seller.seller
    url = reverse("admin:accounts_sellerprofile_change", args=[profile.pk])
    assert desk.post(url, {"milestones_blocked_reason": "Three orders came too late."}).status_code == 302
    notice = Notification.objects.get()
    assert (notice.recipient, notice.kind) == (gig.seller, "gig_milestones_hidden")
    assert "Three orders came too late." in notice.data["reason"]
    assert desk.post(url, {"milestones_blocked_reason": ""}).status_code == 302
    assert Notification.objects.count() == 1


def test_agents_read_gigs_and_change_none(desk: Client, gig: Gig) -> None:
    url = reverse("admin:gigs_gig_change", args=[gig.pk])
    assert gig.title in desk.get(url).content.decode()
    assert desk.post(url, {"title": "Other"}).status_code == 403
    assert desk.post(reverse("admin:gigs_gig_delete", args=[gig.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("name", ["category", "subcategory"])
def test_the_catalogue_is_kept(desk: Client, gig: Gig, name: str) -> None:
    place = gig.subcategory if name == "subcategory" else gig.subcategory.category
    assert desk.post(reverse(f"admin:gigs_{name}_delete", args=[place.pk]), {"post": "yes"}).status_code == 403


def template_post(design: object, **changes: object) -> dict[str, object]:
    place = Subcategory.objects.get(slug="desktop-applications")
    return {"subcategory": place.pk, "name": "New", "offered": "on", "design": json.dumps(design), **changes}


def test_r_gig_4_staff_edit_the_platforms_templates_and_see_no_sellers(desk: Client, seller: User) -> None:
    shipped = WorkflowTemplate.objects.get(key="application-from-idea")
    own = keep_template(seller=seller, name="Of a seller", design=shipped.value)
    assert "Of a seller" not in desk.get(reverse("admin:gigs_workflowtemplate_changelist")).content.decode()
    assert desk.get(reverse("admin:gigs_workflowtemplate_change", args=[own.pk])).status_code == 302
    url = reverse("admin:gigs_workflowtemplate_change", args=[shipped.pk])
    assert "Specification and screens" in desk.get(url).content.decode()
    changed = shipped.design | {"milestone_payments": False}
    assert desk.post(url, template_post(changed, name="Renamed", offered="")).status_code == 302
    shipped.refresh_from_db()
    assert (shipped.name, shipped.offered, shipped.value.milestone_payments) == ("Renamed", False, False)
    assert desk.post(reverse("admin:gigs_workflowtemplate_delete", args=[shipped.pk]), {}).status_code == 403
    new = desk.post(reverse("admin:gigs_workflowtemplate_add"), template_post(shipped.design, name="A new one"))
    assert new.status_code == 302
    assert WorkflowTemplate.objects.get(name="A new one").owner is None


def test_r_gig_4_staff_can_store_no_template_that_breaks_a_rule(desk: Client) -> None:
    shipped = WorkflowTemplate.objects.get(key="application-from-idea")
    url = reverse("admin:gigs_workflowtemplate_change", args=[shipped.pk])
    short = json.loads(json.dumps(shipped.design))
    short["stages"] = short["stages"][:1]
    long = json.loads(json.dumps(shipped.design))
    long["stages"][0]["name"], long["stages"][1]["name"] = "x" * 81, "x" * 80
    for design, words in (
        ({"schema": 9}, "a schema that we know"),
        ({**shipped.design, "stages": 5}, "can’t be read"),
        (short, "needs at least 2"),
        (long, '<ul class="errorlist" id="id_design_error"><li>Up to 80 characters fit here; this has 81.</li></ul>'),
        (short, "The shares of Basic add up to 1500, not to 10000."),
    ):
        answer = desk.post(url, template_post(design))
        assert answer.status_code == 200
        assert words in answer.content.decode()
    shipped.refresh_from_db()
    assert len(shipped.value.stages) == 5
