"""Lists by address, a seller's public page, and what search engines read (R-GIG-9)."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SellerProfile, User
from gigs.models import Gig
from gigs.services.publishing import archive_gig, pause_gig
from gigs.services.rating import record_rating
from milestones.enums import PackageTier
from tests.factories.accounts import make_seller
from tests.factories.gigs import make_draft, make_gig
from tests.factories.milestones import make_design

pytestmark = pytest.mark.django_db
APP, LOGO = "I will build a desktop application", "I will draw your logo"


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


@pytest.fixture
def two(seller: User) -> list[Gig]:
    """Selma's app in milestones for 260.00 in 10 days of work; Jun's logo for 80.00 in 12 days, from Japan."""
    jun = make_seller("Jun Ito")
    SellerProfile.objects.filter(user=jun).update(country="JP", languages=["ja", "en"])
    app = make_gig(seller, title=APP, design=make_design(10_000, 16_000))
    logo = make_gig(jun, title=LOGO, where="brand-identity", prices={PackageTier.BASIC: 8_000})
    return [app, logo]


@pytest.mark.parametrize(
    ("query", "opened", "said"),
    [
        ("", False, ""),
        ("?q=logo", False, ""),
        ("?q=logo&most=80&country=JP", False, "· 2 in use"),
        ("?most=eighty", True, ""),
    ],
)
def test_r_gig_9_on_a_phone_results_come_first_and_the_folded_filters_say_how_many_are_in_use(
    client: Client, two: list[Gig], query: str, opened: bool, said: str
) -> None:
    html = page(client, f"/gigs/{query}")
    assert ("<details open><summary" in html) is opened
    assert re.findall(r"· \d+ in use", html) == ([said] if said else [])
    changed = client.get(f"/gigs/{query}", headers={"HX-Request": "true"}).text
    assert '<span id="in-use" hx-swap-oob="true">' in changed
    assert re.findall(r"· \d+ in use", changed) == ([said] if said else [])


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("category=design", [LOGO]),
        ("category=desktop-applications", [APP]),
        ("least=260", [APP]),
        ("least=260.01", []),
        ("most=80", [LOGO]),
        ("most=79.99", []),
        ("milestones=on", [APP]),
        ("country=JP", [LOGO]),
        ("country=FR", [APP]),
        ("language=ja", [LOGO]),
        ("language=pt", []),
        ("days=7", []),
        ("days=14", [APP, LOGO]),
        ("q=desk", [APP]),
        ("q=lgoo", [LOGO]),
        ("q=logo&country=FR", []),
    ],
)
def test_r_gig_9_each_filter(client: Client, two: list[Gig], query: str, shown: list[str]) -> None:
    text = page(client, f"{reverse('gigs:browse')}?{query}")
    assert [title for title in (APP, LOGO) if title in text] == shown


def test_r_gig_9_delivery_counts_the_days_of_the_milestones(client: Client, two: list[Gig]) -> None:
    """Two milestones of 5 days are 10 days of work, whatever the package once said."""
    Gig.objects.filter(pk=two[0].pk).get().packages.update(delivery_days=1)
    assert APP not in page(client, f"{reverse('gigs:browse')}?days=7")
    assert APP in page(client, f"{reverse('gigs:browse')}?days=14")


def test_r_gig_9_delivered_in_a_week_is_seven_days(client: Client, two: list[Gig]) -> None:
    for days, listed in ((7, True), (8, False)):
        two[1].packages.update(delivery_days=days)
        assert (LOGO in page(client, f"{reverse('gigs:browse')}?days=7")) is listed


def test_r_gig_9_each_filter_has_a_way_out(client: Client, two: list[Gig]) -> None:
    text = page(client, f"{reverse('gigs:browse')}?q=logo&country=FR&sort=newest&from=x")
    assert 'href="/gigs/?country=FR&amp;sort=newest"><span class="vh">Remove </span>“logo”' in text
    assert 'href="/gigs/?q=logo&amp;sort=newest"><span class="vh">Remove </span>France' in text


def test_r_gig_9_an_empty_list_says_what_helps(client: Client, two: list[Gig]) -> None:
    text = page(client, f"{reverse('gigs:browse')}?q=logo&country=FR&most=100")
    assert "Nothing fits all of that" in text
    assert "Without France" in text
    assert "Without “logo”" not in text  # nothing French costs so little
    assert "Without Up to" not in text


def test_r_gig_9_a_category_has_its_own_page(client: Client, two: list[Gig]) -> None:
    text = page(client, reverse("gigs:place", args=["design"]))
    assert "<h1>Design</h1>" in text
    assert LOGO in text
    assert APP not in text
    assert '<link rel="canonical" href="http://testserver/gigs/in/design/">' in text
    assert "noindex" not in text
    narrowed = page(client, f"{reverse('gigs:place', args=['design'])}?q=logo")
    assert '<link rel="canonical" href="http://testserver/gigs/in/design/">' in narrowed
    assert "noindex" not in narrowed
    assert "noindex" in page(client, f"{reverse('gigs:place', args=['design'])}?most=5")  # which finds nothing
    page(client, reverse("gigs:place", args=["nowhere"]), status=404)


def test_r_gig_9_pages_work_by_links_alone(client: Client, seller: User) -> None:
    for number in range(13):
        make_gig(seller, title=f"I will write chapter {number}")
    first = page(client, reverse("gigs:browse"))
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward
    second = page(client, reverse("gigs:browse") + onward.group(1).replace("&amp;", "&"))
    assert (first.count('class="card card-flush gig-card"'), second.count('class="card card-flush gig-card"')) == (
        12,
        1,
    )
    assert 'rel="prev"' in second


def test_r_gig_9_a_seller_has_a_public_page(client: Client, two: list[Gig]) -> None:
    record_rating(gig_id=two[1].pk, stars=5)
    record_rating(gig_id=two[1].pk, stars=4)
    text = page(client, reverse("seller", args=[two[1].seller.public_id]))
    for said in ("Jun Ito", "I make things", "Japan", "English, Japanese", "4.5", LOGO, "Orders finished"):
        assert said in text
    assert APP not in text
    assert reverse("seller", args=[two[1].seller.public_id]) in page(client, two[1].get_absolute_url())


def test_r_gig_9_nobody_else_has_one(client: Client, two: list[Gig], buyer: User) -> None:
    page(client, reverse("seller", args=[buyer.public_id]), status=404)
    page(client, reverse("seller", args=["usr_00000000000000000000"]), status=404)
    User.objects.filter(pk=two[1].seller.pk).update(is_active=False)
    page(client, reverse("seller", args=[two[1].seller.public_id]), status=404)


@pytest.mark.parametrize("hidden", ["draft", "paused", "archived", "closed"])
def test_r_gig_2_what_is_not_for_sale_is_nowhere(client: Client, seller: User, hidden: str) -> None:
    gig = make_draft(seller, title=APP) if hidden == "draft" else make_gig(seller, title=APP)
    if hidden == "paused":
        pause_gig(gig=gig, seller=seller)
    if hidden == "archived":
        archive_gig(gig=gig, seller=seller)
    if hidden == "closed":
        User.objects.filter(pk=seller.pk).update(is_active=False)
    addresses = [reverse("home"), "/gigs/", "/gigs/?q=desktop", "/gigs/in/programming/", "/sitemap-gigs.xml"]
    for address in addresses:
        assert gig.public_id not in page(client, address)
    assert gig.public_id not in json.dumps(client.get("/api/v1/gigs/").json())
    if hidden != "closed":
        assert gig.public_id not in page(client, reverse("seller", args=[seller.public_id]))
    assert seller.public_id not in page(client, "/sitemap-sellers.xml")
    assert "desktop-applications" not in page(client, "/sitemap-places.xml")


def test_the_sitemap_names_what_is_for_sale(client: Client, two: list[Gig]) -> None:
    assert "http://testserver/sitemap-gigs.xml" in page(client, "/sitemap.xml")
    assert f"http://testserver{two[0].get_absolute_url()}" in page(client, "/sitemap-gigs.xml")
    assert f"http://testserver/sellers/{two[0].seller.public_id}/" in page(client, "/sitemap-sellers.xml")
    assert "http://testserver/gigs/in/design/" in page(client, "/sitemap-places.xml")
    assert "http://testserver/how-milestones-work/" in page(client, "/sitemap-pages.xml")
    assert "Sitemap: http://testserver/sitemap.xml" in page(client, "/robots.txt")


def test_the_sitemap_is_split(client: Client, two: list[Gig], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gigs.sitemaps.Part.limit", 1)
    assert "http://testserver/sitemap-gigs.xml?p=2" in page(client, "/sitemap.xml")
    assert two[1].public_id in page(client, "/sitemap-gigs.xml?p=2")
    assert two[0].public_id not in page(client, "/sitemap-gigs.xml?p=2")


def test_an_old_name_of_a_gig_leads_to_its_new_one(client: Client, two: list[Gig]) -> None:
    old = reverse("gigs:gig_by_name", args=[two[0].public_id, "old-name"])
    answer = client.get(f"{old}?package=basic")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{two[0].get_absolute_url()}?package=basic")
    plain = page(client, reverse("gigs:gig", args=[two[0].public_id]))
    assert f'<link rel="canonical" href="http://testserver{two[0].get_absolute_url()}">' in plain


def data_of(text: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert len(found) == 1
    graph: list[dict[str, Any]] = json.loads(found[0])["@graph"]
    return graph


def test_a_gig_is_told_to_search_engines(client: Client, two: list[Gig]) -> None:
    record_rating(gig_id=two[0].pk, stars=4)
    product, trail = data_of(client.get(two[0].get_absolute_url()).content.decode())
    assert (product["@type"], product["name"], trail["@type"]) == ("Product", APP, "BreadcrumbList")
    [offer] = product["offers"]
    assert (offer["price"], offer["priceCurrency"], offer["seller"]["name"]) == ("260.00", "USD", "Selma Seller")
    assert product["aggregateRating"] == {"@type": "AggregateRating", "ratingValue": 4.0, "reviewCount": 1}
    [profile] = data_of(client.get(reverse("seller", args=[two[1].seller.public_id])).content.decode())
    assert profile["mainEntity"]["name"] == "Jun Ito"


@pytest.mark.parametrize(
    "title",
    [
        "</script><script>alert(1)</script>",
        "<!--<script> of letters",
        'a"b\\c, and some letters',
        "x\u2028y & z, and letters",
    ],
)
def test_no_title_ends_the_data_block(client: Client, seller: User, title: str) -> None:
    gig = make_gig(seller, title=title)
    text = client.get(gig.get_absolute_url()).content.decode()
    assert data_of(text)[0]["name"] == title
    assert "<script>alert(1)" not in text
    assert "<!--<script" not in text
