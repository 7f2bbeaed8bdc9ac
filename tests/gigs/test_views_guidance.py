"""What the editor says before anything goes wrong, where it leads, and the preview (R-GIG-3, R-GIG-7, R-GIG-9)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig
from marketplace.web.templatetags.web import icon
from milestones.designs import PackagePart, StageDesign, WorkflowDesign
from milestones.enums import PackageTier
from tests.factories.gigs import make_draft
from tests.factories.milestones import make_design, put_in_force

pytestmark = pytest.mark.django_db

TWO = {PackageTier.BASIC: 26_000, PackageTier.STANDARD: 50_000}


def address(gig: Gig, tab: str) -> str:
    return reverse("gigs:edit", args=[gig.public_id, tab])


def text_of(client: Client, where: str) -> str:
    return client.get(where).content.decode()


# --- Limits -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("where", "price", "said"),
    [
        ("desktop-applications", 10_000, "costs more than $100.00; yours costs $100.00"),
        ("desktop-applications", 10_001, ""),
        ("web-applications", 26_000, "Milestones can’t be used in gigs of this subcategory."),
    ],
)
def test_r_gig_7_why_milestones_are_not_for_this_gig_is_said_before_anyone_tries(
    selling: Client, seller: User, where: str, price: int, said: str
) -> None:
    gig = make_draft(seller, where=where, prices={PackageTier.BASIC: price})
    text = text_of(selling, address(gig, "description"))
    assert ("Not with this gig yet." in text) is bool(said)
    assert said in text


def test_r_gig_7_the_limits_of_milestones_stand_beside_them(selling: Client, seller: User) -> None:
    gig = make_draft(seller, design=make_design(10_000, 16_000))
    text = text_of(selling, address(gig, "description"))
    assert "In the order that you work, 2 to 5 of them." in text
    assert "each at least $5.00; a milestone takes up to 30 days." in text


@pytest.mark.parametrize(("policy", "marked"), [("standard", True), ("classic", False)])
def test_r_pol_4_who_chooses_a_subcategory_sees_where_milestones_are_possible(
    selling: Client, draft: Gig, policy: str, marked: bool
) -> None:
    put_in_force(policy)
    for where in (reverse("gigs:new"), address(draft, "overview")):
        text = text_of(selling, where)
        assert ("Desktop Applications · milestones possible" in text) is marked
        assert ("Buyers can pay a gig milestone by milestone where it says so" in text) is marked
        assert "Web Applications · milestones possible" not in text


def test_r_gig_7_where_milestones_are_possible_is_named_where_they_are_not(selling: Client, seller: User) -> None:
    """And the green button is not the one that will be refused."""
    barred, free = make_draft(seller, where="web-applications"), make_draft(seller)
    text = text_of(selling, address(barred, "description"))
    assert "Milestones are possible in gigs of “3D Product Animation”" in text
    assert f'<a href="{address(barred, "overview")}#id_subcategory">Choose another subcategory</a>' in text
    assert re.search(r'class="btn btn-2" name="action" value="add stages"', text)
    text = text_of(selling, address(free, "description"))
    assert "Milestones are possible in gigs of" not in text
    assert re.search(r'class="btn" name="action" value="add stages"', text)


@pytest.mark.parametrize(("payments", "said"), [(True, True), (False, False)])
def test_r_gig_9_pricing_says_where_milestones_count_instead(
    selling: Client, seller: User, payments: bool, said: bool
) -> None:
    """Two milestones of 5 days in a package of 12: buyers who pay by milestones see 10, with revisions for each."""
    gig = make_draft(seller, design=make_design(10_000, 16_000, payments=payments))
    text = text_of(selling, address(gig, "pricing"))
    assert ("Buyers see the days of its milestones instead: 10 in all now." in text) is said
    assert ("So many for each milestone." in text) is said
    builder = text_of(selling, address(gig, "description"))
    assert ("Pricing says 12 days. Buyers who pay milestone by milestone see 10 days" in builder) is said


def test_r_gig_9_each_package_says_how_its_days_and_those_of_pricing_differ(selling: Client, seller: User) -> None:
    """Beside the sum of parts, for all packages at once; the check-list tells, and publishing is not barred."""
    tiers = (PackageTier.BASIC, PackageTier.STANDARD, PackageTier.PREMIUM)
    gig = make_draft(seller, prices=dict.fromkeys(tiers, 26_000), design=make_design(10_000, 16_000, tiers=tiers))
    for tier, days in zip(tiers, (12, 10, 9), strict=True):
        gig.packages.filter(tier=tier).update(delivery_days=days)
    text = text_of(selling, address(gig, "description"))
    assert re.findall(r'data-days-sum="(\w+)">(.*?)</b> <span class="muted">of (.*?) in Pricing', text) == [
        ("basic", "10 days", "12 days"),
        ("standard", "10 days", "10 days"),
        ("premium", "10 days", "9 days"),
    ]
    assert re.findall(r'data-days-left="(\w+)"[^>]*>(.*?)<', text) == [
        ("basic", "2 days fewer"),
        ("standard", "As in Pricing"),
        ("premium", "1 day more"),
    ]
    listed = text_of(selling, address(gig, "publish"))
    assert "The milestones of Basic take 10 days</a>, and Pricing says 12 days. Buyers see 10 days" in listed
    assert (
        f'<a href="{address(gig, "description")}?show=premium#matrix">The milestones of Premium take 10 days' in listed
    )
    assert "The milestones of Standard take" not in listed
    gig.workflow.milestone_payments = False  # type: ignore[union-attr]
    gig.workflow.save()  # type: ignore[union-attr]
    assert "The milestones of" not in text_of(selling, address(gig, "publish"))


def test_r_gig_3_nothing_to_ask_is_ready_on_the_tab_and_on_the_check_list(selling: Client, seller: User) -> None:
    for gig, ready in (
        (make_draft(seller), "Requirements: nothing to ask"),
        (make_draft(seller, questions=1), "Requirements"),
    ):
        text = text_of(selling, address(gig, "publish"))
        assert f"<span>{ready}</span>" in text
        assert 'Requirements<span class="vh">, done</span>' in text


@pytest.mark.parametrize("tab", ["overview", "pricing", "description", "requirements"])
def test_r_gig_3_going_on_says_truly_whether_what_was_typed_is_saved(
    selling: Client, draft: Gig, gig: Gig, tab: str
) -> None:
    """A draft is saved as it is typed, which takes scripts; of a gig that buyers see nothing is saved by itself."""
    words = re.compile(r">Go on to [\w &;]+(<noscript> without saving</noscript>| without saving)</a>")
    assert words.findall(text_of(selling, address(draft, tab))) == ["<noscript> without saving</noscript>"]
    assert words.findall(text_of(selling, address(gig, tab))) == [" without saving"]


def test_no_text_is_cut_in_silence(selling: Client, draft: Gig) -> None:
    """A browser cuts what is pasted at maxlength without a word; the page says the limit and the form refuses."""
    for tab in ("pricing", "description"):
        text = text_of(selling, address(draft, tab))
        areas = re.findall(r"<textarea[^>]*>", text)
        assert areas
        assert not any("maxlength" in area for area in areas)
    assert "Up to 4,000 characters." in text
    posted = {"description": "x" * 4001, "faq-TOTAL_FORMS": "0", "stages-TOTAL_FORMS": "0"}
    response = selling.post(address(draft, "description"), posted)
    assert response.status_code == 422
    assert "x" * 4001 in response.content.decode()
    kept = selling.post(address(draft, "description"), posted | {"action": "keep"}, headers={"HX-Request": "true"})
    assert "Not saved: Description: " in kept.content.decode()


# --- The check-list ---------------------------------------------------------------------------------------------------
def test_r_gig_3_the_check_list_leads_to_the_very_field(selling: Client, seller: User) -> None:
    nameless = StageDesign(name="", packages=(PackagePart(tier=PackageTier.BASIC, days=5, part=10_000),))
    short = StageDesign(name="Second", packages=(PackagePart(tier=PackageTier.BASIC, days=0, part=10_000),))
    gig = make_draft(seller, prices=TWO, design=WorkflowDesign(stages=(nameless, short)))
    text = text_of(selling, address(gig, "publish"))
    tab = address(gig, "description")
    for where in ("#id_stages-0-name", "?show=basic#id_stages-1-days_basic", "?show=basic#matrix"):
        assert f'<a href="{tab}{where}">' in text, where
    assert f'<a href="{address(gig, "gallery")}#id_image">' in text
    shown = text_of(selling, tab + "?show=standard")
    assert re.search(r'value="standard" id="show-standard" checked', shown)
    for name in ("id_stages-0-name", "id_stages-1-days_basic", "matrix"):
        assert f'id="{name}"' in shown


# --- The preview ------------------------------------------------------------------------------------------------------
def test_r_gig_9_a_draft_is_previewed_for_every_package(selling: Client, seller: User) -> None:
    gig = make_draft(seller, prices=TWO)
    for tier, price in (("basic", "$273.00"), ("standard", "$525.00")):
        text = text_of(selling, f"{gig.get_absolute_url()}?package={tier}")
        assert "Preview: only you see this page." in text
        assert "This is what buyers will see once you publish." in text
        assert '<a href="?package=standard">Standard</a>' in text
        assert re.search(rf"<button[^>]* disabled[^>]*>Order and pay {re.escape(price)}", text)


def test_r_gig_7_a_preview_says_why_milestones_are_missing_from_it(selling: Client, seller: User) -> None:
    gig = make_draft(seller, design=make_design(10_000, 15_000))
    text = text_of(selling, gig.get_absolute_url())
    assert "Your milestones aren’t shown yet." in text
    assert f'<a href="{address(gig, "description")}#milestones-section">Put it right</a>' in text


def test_r_gig_9_criteria_are_goals_and_don_t_look_done(selling: Client, gig: Gig) -> None:
    """The order page marks them with the same flag."""
    text = text_of(selling, gig.get_absolute_url())
    assert f"<li>{icon('flag')}Step 1 works</li>" in text


def test_an_active_gig_is_no_preview(selling: Client, client: Client, gig: Gig, buyer: User) -> None:
    assert "Preview:" not in text_of(selling, gig.get_absolute_url())
    client.force_login(buyer)
    assert "Preview:" not in text_of(client, gig.get_absolute_url())
