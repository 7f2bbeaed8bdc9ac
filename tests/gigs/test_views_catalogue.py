"""What visitors see: a gig's plan and its button, lists, pictures (R-GIG-9)."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from gigs.models import Gig
from gigs.selectors import plan_terms
from gigs.services.gallery import add_image
from gigs.services.publishing import pause_gig
from marketplace.kernel import clock
from milestones.designs import PackagePart, StageDesign, WorkflowDesign
from milestones.enums import PackageTier
from tests.factories.gigs import make_draft, make_gig, picture
from tests.factories.milestones import make_design, put_in_force

pytestmark = pytest.mark.django_db
BASIC, STANDARD = PackageTier.BASIC, PackageTier.STANDARD


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def two_packages(seller: User) -> Gig:
    """Basic 260.00 and Standard 260.00, each in milestones of 100.00 and 160.00 over 5 days."""
    prices = {BASIC: 26_000, STANDARD: 26_000}
    return make_gig(seller, prices=prices, design=make_design(10_000, 16_000, tiers=(BASIC, STANDARD)))


def test_r_gig_9_the_page_says_everything_before_anyone_orders(client: Client, gig: Gig) -> None:
    text = page(client, gig.get_absolute_url())
    for said in ("Step 1", "Step 1 works", "$100.00", "+ $5.00 fee", "$160.00", "+ $8.00 fee", "5 days"):
        assert said in text
    assert "Service fee, 5" in text
    assert "You pay today</dt><dd>$105.00" in text
    assert "Order and pay $105.00" in text
    assert "The other $168.00, fees included, stays with you." in text
    assert "Total with fees: $273.00" in text


def test_r_gig_9_each_milestone_is_listed_once(client: Client, gig: Gig) -> None:
    text = page(client, gig.get_absolute_url())
    assert text.count('<span class="vh">Milestone 2: </span>Step 2') == 1


def test_r_gig_9_each_package_shows_its_own_milestones_with_price_and_date(
    client: Client, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ordered on Monday, 2 March: 5 days for each in Basic; 2, 2 and 26 in Standard, which alone has the third."""
    standard = [(10_000, 2), (16_000, 2), (24_000, 26)]
    basic = [*make_design(10_000, 16_000).stages, StageDesign(name="Step 3")]
    stages = tuple(
        replace(stage, packages=(*stage.packages, PackagePart(tier=STANDARD, days=days, part=part)))
        for stage, (part, days) in zip(basic, standard, strict=True)
    )
    gig = make_gig(seller, prices={BASIC: 26_000, STANDARD: 50_000}, design=WorkflowDesign(stages=stages))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def plan(tier: str) -> list[tuple[str, str, str]]:
        text = page(client, f"{gig.get_absolute_url()}?package={tier}")
        text = text[text.index('aria-labelledby="plan"') :]
        return re.findall(r'Milestone \d: </span>(.+?)</h3> <p class="price">(.+?)<.*?by <time[^>]*>(.+?)</time>', text)

    assert plan("basic") == [("Step 1", "$100.00", "Sat 7 Mar"), ("Step 2", "$160.00", "Thu 12 Mar")]
    assert plan("standard") == [
        ("Step 1", "$100.00", "Wed 4 Mar"),
        ("Step 2", "$160.00", "Fri 6 Mar"),
        ("Step 3", "$240.00", "Wed 1 Apr"),
    ]


def test_r_ofr_5_the_button_carries_the_terms_that_are_shown(client: Client, two_packages: Gig) -> None:
    for tier in ("basic", "standard"):
        text = page(client, f"{two_packages.get_absolute_url()}?package={tier}")
        assert f'action="{reverse("orders:place_gig", args=[two_packages.public_id])}"' in text
        assert f'name="package" value="{tier}"' in text
        assert f'name="digest" value="{plan_terms(two_packages, tier).digest}"' in text


@pytest.mark.parametrize("query", ["", "?package=golden", "?package="])
def test_without_a_known_package_the_first_is_shown(client: Client, two_packages: Gig, query: str) -> None:
    assert 'name="package" value="basic"' in page(client, two_packages.get_absolute_url() + query)


def test_r_gig_9_one_payment_says_so(client: Client) -> None:
    text = page(client, make_gig().get_absolute_url())
    assert "One payment</dt><dd>$260.00" in text
    assert "Order and pay $273.00" in text
    assert "Stop after any milestone" not in text


def test_r_pol_2_the_page_follows_the_policy(client: Client, gig: Gig) -> None:
    put_in_force("standard", buyer_fee_bp=1_000, review_days=6)
    text = page(client, gig.get_absolute_url())
    assert "Order and pay $110.00" in text
    assert "6 days to review" in text


def test_a_seller_edits_and_does_not_order_their_own_gig(selling: Client, gig: Gig) -> None:
    text = page(selling, gig.get_absolute_url())
    assert "Order and pay" not in text
    assert "Edit this gig" in text


def test_r_gig_7_the_seller_reads_why_milestones_are_hidden_and_buyers_do_not(
    selling: Client, gig: Gig, buyer: User
) -> None:
    put_in_force("standard", gig_price_over=30_000)
    assert "Your milestones are hidden from buyers." in page(selling, gig.get_absolute_url())
    other = Client()
    other.force_login(buyer)
    text = page(other, gig.get_absolute_url())
    assert "Your milestones are hidden" not in text
    assert "Step 1" not in text


@pytest.mark.parametrize("state", ["draft", "paused"])
def test_r_gig_2_only_the_seller_sees_a_gig_that_is_not_active(selling: Client, seller: User, state: str) -> None:
    gig = make_draft(seller) if state == "draft" else make_gig(seller)
    if state == "paused":
        pause_gig(gig=gig, seller=seller)
    assert "Preview: only you see this page." in page(selling, gig.get_absolute_url())
    page(Client(), gig.get_absolute_url(), status=404)


def test_an_unknown_gig_is_not_found(client: Client) -> None:
    page(client, reverse("gigs:gig", args=["gig_00000000000000000000"]), status=404)


def test_what_a_seller_writes_is_shown_as_text(client: Client, seller: User) -> None:
    gig = make_gig(seller, title="<script>alert(1)</script>")
    text = page(client, gig.get_absolute_url())
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_r_gig_9_the_list_is_searched_and_filtered(client: Client, gig: Gig, seller: User) -> None:
    make_gig(seller, title="I will draw your logo", where="brand-identity")
    address = reverse("gigs:browse")
    assert "2 gigs" in page(client, f"{address}?least=1")
    assert "1 gig for “draw logo”" in page(client, f"{address}?q=draw+logo")
    assert "No gig says “lgoo draw”. Showing “logo draw”. 1 gig" in page(client, f"{address}?q=lgoo+draw")
    assert "draw your logo" not in page(client, f"{address}?milestones=on")
    assert gig.title not in page(client, f"{address}?category=design")
    assert "Nothing fits all of that" in page(client, f"{address}?q=zzzzzz")


@pytest.mark.parametrize(
    "query", ["least=abc", "sort=worst", "category=no%20slug", "page=99", "page=x", "q=" + "a" * 500, "most=-1"]
)
def test_a_filter_that_makes_no_sense_is_no_error(client: Client, gig: Gig, query: str) -> None:
    page(client, f"{reverse('gigs:browse')}?{query}")


def test_htmx_gets_the_results_alone(client: Client, gig: Gig) -> None:
    text = client.get(reverse("gigs:browse"), headers={"HX-Request": "true"}).content.decode()
    assert gig.title in text
    assert "<html" not in text


def test_the_first_page_shows_gigs_and_categories(client: Client, gig: Gig) -> None:
    text = page(client, reverse("home"))
    assert gig.title in text
    assert "Programming" in text


@pytest.mark.parametrize("size", ["full", "small"])
def test_pictures_of_active_gigs_are_for_everyone(client: Client, gig: Gig, size: str) -> None:
    response = client.get(reverse("gigs:image", args=[gig.images.get().public_id, size]))
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.getvalue()[8:12] == b"WEBP"
    response.close()


def test_pictures_of_drafts_are_for_their_seller(selling: Client, draft: Gig, seller: User) -> None:
    image = add_image(gig=draft, seller=seller, content=picture(), alt="A window")
    address = reverse("gigs:image", args=[image.public_id, "full"])
    assert Client().get(address).status_code == 404
    response = selling.get(address)
    assert response["Cache-Control"].startswith("private")
    response.close()


@pytest.mark.parametrize("address", ["gigs:browse", "home"])
def test_lists_take_as_many_queries_for_one_gig_as_for_many(
    client: Client, gig: Gig, seller: User, address: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, reverse(address))
        return len(captured)

    one = queries()
    for _ in range(3):
        make_gig(seller, design=make_design(10_000, 16_000))
    assert queries() == one
