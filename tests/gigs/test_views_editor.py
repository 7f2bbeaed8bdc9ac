"""The gig editor by its forms, without JavaScript: who gets in, every tab but the milestones (R-GIG-3)."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from gigs.enums import GigState, Tab
from gigs.models import Gig
from gigs.services.gallery import add_image
from tests.factories.gigs import make_draft, make_gig, picture, subcategory
from tests.factories.milestones import make_design

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "X-Autosave": "1"}


def address(gig: Gig, tab: str) -> str:
    return reverse("gigs:edit", args=[gig.public_id, tab])


# --- Who gets in ---
@pytest.mark.parametrize("tab", list(Tab))
def test_strangers_get_404_on_every_tab(client: Client, gig: Gig, stranger: User, tab: str) -> None:
    client.force_login(stranger)
    assert client.get(address(gig, tab)).status_code == 404
    assert client.post(address(gig, tab), {"action": "save"}).status_code == 404
    assert Gig.objects.get(pk=gig.pk).updated_at == gig.updated_at


def test_strangers_get_404_on_every_button(client: Client, gig: Gig, stranger: User) -> None:
    client.force_login(stranger)
    assert client.post(reverse("gigs:pause", args=[gig.public_id])).status_code == 404
    removing = {"action": f"remove {gig.images.get().public_id}"}
    assert client.post(address(gig, "gallery"), removing).status_code == 404
    assert gig.images.exists()
    assert Gig.objects.get(pk=gig.pk).is_active


@pytest.mark.parametrize("tab", list(Tab))
def test_visitors_sign_in_first(client: Client, gig: Gig, tab: str) -> None:
    assert client.get(address(gig, tab))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["gigs:mine", "gigs:new"])
def test_visitors_sign_in_before_they_sell(client: Client, name: str) -> None:
    assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))


def test_an_unknown_tab_is_not_found(selling: Client, gig: Gig) -> None:
    assert selling.get(address(gig, "secrets")).status_code == 404


@pytest.mark.parametrize("name", ["gigs:pause"])
def test_buttons_are_posted(selling: Client, gig: Gig, name: str) -> None:
    assert selling.get(reverse(name, args=[gig.public_id])).status_code == 405


# --- Overview, pricing, requirements ---
def test_a_buyer_is_led_to_selling_first(client: Client, buyer: User) -> None:
    client.force_login(buyer)
    assert client.get(reverse("gigs:new"))["Location"] == reverse("accounts:sell")
    client.post(reverse("gigs:new"), {"title": "A gig", "subcategory": subcategory().pk})
    assert not Gig.objects.exists()


def test_r_gig_3_a_new_gig_goes_on_to_pricing(selling: Client, seller: User) -> None:
    posted = {"title": "I will test your app", "subcategory": subcategory().pk, "tags": "Tests, QA, tests"}
    response = selling.post(reverse("gigs:new"), posted)
    gig = Gig.objects.get()
    assert (gig.seller, gig.tags, gig.state) == (seller, ["tests", "qa"], GigState.DRAFT)
    assert response["Location"] == address(gig, "pricing")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "x" * 81}, "at most 80 characters"),
        ({"subcategory": "999999"}, "Select a valid choice"),
        ({"tags": "a,b,c,d,e,f"}, "Use up to 5 tags."),
        ({"tags": "x" * 31}, "Keep each tag to 30 characters."),
    ],
)
def test_r_gig_3_errors_of_the_overview_stand_in_the_form(
    selling: Client, draft: Gig, change: dict[str, str], said: str
) -> None:
    posted = {"title": "Changed", "subcategory": str(subcategory().pk), "tags": ""} | change
    response = selling.post(address(draft, "overview"), posted)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Gig.objects.get(pk=draft.pk).title == draft.title


def pricing(**changes: str) -> dict[str, str]:
    return {
        "basic-name": "Small",
        "basic-description": "One window.",
        "basic-price": "1,260.50",
        "basic-delivery_days": "9",
        "basic-revisions": "2",
    } | changes


def test_r_gig_3_pricing_is_saved_and_goes_on(selling: Client, draft: Gig) -> None:
    response = selling.post(address(draft, "pricing"), pricing())
    assert response["Location"] == address(draft, "description")
    package = draft.packages.get()
    assert (package.tier, package.price, package.delivery_days, package.revisions) == ("basic", 126_050, 9, 2)


def test_r_gig_3_an_unfinished_draft_is_saved_and_says_what_it_lacks(selling: Client, draft: Gig) -> None:
    posted = pricing(**{"basic-price": "", "standard-offered": "on", "standard-name": "Large"})
    response = selling.post(address(draft, "pricing"), posted)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Your draft is saved." in text
    assert "Set a price for Basic of at least $5.00." in text
    assert "needs attention" in text
    assert {package.tier: package.name for package in draft.packages.all()} == {"basic": "Small", "standard": "Large"}


def test_r_gig_3_what_is_typed_in_a_package_that_is_not_offered_is_not_dropped(selling: Client, draft: Gig) -> None:
    """Without a script nobody ticks its box: both ways on are said beside it, and the second one is a button."""
    posted = pricing(**{"premium-name": "Everything", "premium-price": "900"})
    for more in ({}, {"action": "keep"}):
        response = selling.post(address(draft, "pricing"), posted | more, headers=HTMX if more else {})
        text = response.content.decode()
        assert "Tick “Offer it”, or clear these fields." in text
        assert draft.packages.get(tier="basic").name == "The Basic build"
    page = selling.post(address(draft, "pricing"), posted).content.decode()
    assert 'value="Everything"' in page
    assert 'value="clear premium"' in page
    cleared = selling.post(address(draft, "pricing"), posted | {"action": "clear premium"}).content.decode()
    assert "Everything" not in cleared
    assert {package.tier: package.name for package in draft.packages.all()} == {"basic": "Small"}


def test_r_gig_2_a_price_that_buyers_need_is_not_called_optional(selling: Client, draft: Gig) -> None:
    assert "(optional)" not in selling.get(address(draft, "pricing")).content.decode()


@pytest.mark.parametrize(("title", "wrong"), [("Tiles for floor", False), ("Tiles for flor", True), ("Tiles", True)])
def test_r_gig_2_a_title_says_what_is_done_before_buyers_see_it(
    selling: Client, draft: Gig, title: str, wrong: bool
) -> None:
    """A draft is stored with any title, and its check-list says what is missing."""
    posted = {"title": title, "subcategory": str(draft.subcategory_id), "tags": ""}
    response = selling.post(address(draft, "overview"), posted)
    assert response.status_code == (422 if wrong else 302)
    assert Gig.objects.get(pk=draft.pk).title == title
    publish = selling.get(address(draft, "publish")).content.decode()
    assert ("Say in the title what you will do, in at least 15 letters" in publish) is wrong


def test_r_gig_3_the_summary_of_what_is_wrong_leads_to_each_input(selling: Client, draft: Gig) -> None:
    """The three packages have the same inputs, so each is named with its package."""
    for change, label in (
        ({"basic-price": ""}, "Basic, price"),
        ({"basic-delivery_days": "soon"}, "Basic, delivered in"),
        ({"standard-delivery_days": "soon", "standard-offered": "on"}, "Standard, delivered in"),
    ):
        text = selling.post(address(draft, "pricing"), pricing(**change)).content.decode()
        field = next(iter(change))
        summary = text[text.index('role="alert"') : text.index('id="editor"')]
        assert f'<a href="#id_{field}">{label}</a>: ' in summary
        assert f'id="id_{field}"' in text


def test_r_gig_2_unlimited_revisions_are_refused_with_words(selling: Client, draft: Gig) -> None:
    """The browser must let them be typed: cut to two letters, nobody knows what is wrong."""
    text = selling.get(address(draft, "pricing")).content.decode()
    inputs = re.findall(r'<input[^>]*id="id_basic-(?:revisions|delivery_days)"[^>]*>', text)
    assert len(inputs) == 2
    assert not any("maxlength" in each for each in inputs)
    assert "Empty: none." in text
    text = selling.post(address(draft, "pricing"), pricing(**{"basic-revisions": "unlimited"})).content.decode()
    assert "Write a whole number of revisions, 0 to 50." in text
    assert 'value="unlimited"' in text


@pytest.mark.parametrize(("title", "wrong"), [("I make logos", True), ("I will do it so", False)])
def test_r_gig_2_a_title_that_says_too_little_is_refused_where_the_gig_begins(
    selling: Client, title: str, wrong: bool
) -> None:
    """Not two tabs later: nothing is stored yet that could be lost."""
    response = selling.post(reverse("gigs:new"), {"title": title, "subcategory": subcategory().pk, "tags": ""})
    assert response.status_code == (422 if wrong else 302)
    assert ("in at least 15 letters" in response.content.decode()) is wrong
    assert f'value="{title}"' in response.content.decode() or not wrong
    assert Gig.objects.exists() is not wrong


def test_r_gig_3_an_active_gig_is_not_changed_by_half(selling: Client, gig: Gig) -> None:
    response = selling.post(address(gig, "pricing"), pricing(**{"basic-price": ""}))
    assert response.status_code == 422
    assert "Nothing was changed." in response.content.decode()
    assert gig.packages.get().price == 26_000


@pytest.mark.parametrize(
    "change",
    [
        {"basic-price": "cheap"},
        {"basic-price": "1.005"},
        {"basic-price": "-5"},
        {"basic-price": "9" * 30},
        {"basic-delivery_days": "99999"},
        {"basic-delivery_days": "1.5"},
        {"basic-revisions": "51"},
        {"basic-name": "x" * 61},
    ],
)
def test_what_is_no_number_stays_in_the_form(selling: Client, draft: Gig, change: dict[str, str]) -> None:
    response = selling.post(address(draft, "pricing"), pricing(**change))
    text = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in text
    assert next(iter(change.values())) in text
    assert draft.packages.get(tier="basic").price == 26_000


def test_requirements_are_added_moved_removed_and_saved(selling: Client, draft: Gig) -> None:
    data: dict[str, str] = {"requirements-TOTAL_FORMS": "0"}
    text = selling.post(address(draft, "requirements"), data | {"action": "add requirements"}).content.decode()
    assert 'name="requirements-0-question"' in text
    assert not draft.requirements.exists()
    data = {
        "requirements-TOTAL_FORMS": "3",
        "requirements-0-question": "Your files?",
        "requirements-0-kind": "file",
        "requirements-0-required": "on",
        "requirements-1-question": "Which system?",
        "requirements-1-kind": "choice",
        "requirements-1-options": "Linux\n\n Windows ",
        "requirements-2-question": " ",
    }
    moved = selling.post(address(draft, "requirements"), data | {"action": "up requirements 1"}).content.decode()
    assert moved.index("Which system?") < moved.index("Your files?")
    response = selling.post(address(draft, "requirements"), data | {"action": "save"})
    assert response["Location"] == address(draft, "gallery")
    assert list(draft.requirements.values_list("question", "kind", "options", "required")) == [
        ("Your files?", "file", [], True),
        ("Which system?", "choice", ["Linux", "Windows"], False),
    ]


# --- Gallery and publishing ---
def upload(data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("my holiday.png", data if data is not None else picture().getvalue(), "image/png")


def test_a_picture_is_added_with_its_words(selling: Client, draft: Gig) -> None:
    response = selling.post(address(draft, "gallery"), {"image": upload(), "alt": "A window"})
    assert response["Location"] == address(draft, "gallery")
    assert draft.images.get().alt == "A window"
    assert "holiday" not in str(draft.images.get().file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"image": b"<script>alert(1)</script>"}, "read this file as a picture"),
        ({"alt": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_with_a_picture_stands_beside_it(
    selling: Client, draft: Gig, change: dict[str, Any], said: str
) -> None:
    posted = {"image": upload(change.get("image")), "alt": change.get("alt", "A window")}
    response = selling.post(address(draft, "gallery"), posted)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not draft.images.exists()


def test_r_gig_3_continue_adds_the_picture_that_was_begun(selling: Client, draft: Gig) -> None:
    def go_on(**posted: Any) -> str:
        response = selling.post(address(draft, "gallery"), {"action": "continue"} | posted)
        assert response.status_code == (302 if "Location" in response else 422)
        return response.get("Location", "") or response.content.decode()

    assert go_on(alt=" ") == address(draft, "publish")
    for half in ({"image": upload()}, {"alt": "A window"}):
        assert "This field is required." in go_on(**half)
        assert not draft.images.exists()
    assert go_on(image=upload(), alt="A window") == address(draft, "publish")
    assert draft.images.get().alt == "A window"


def test_pictures_are_described_moved_and_removed_by_buttons(selling: Client, draft: Gig, seller: User) -> None:
    first, second = (add_image(gig=draft, seller=seller, content=picture(), alt=alt) for alt in ("One", "Two"))

    def press(action: str, **words: str) -> None:
        response = selling.post(address(draft, "gallery"), {"action": action} | words)
        assert response["Location"].partition("#")[0] == address(draft, "gallery")

    def words() -> list[str]:
        return [image.alt for image in draft.images.all()]

    press(f"up {second.public_id}")
    assert words() == ["Two", "One"]
    press("save", **{f"{second.public_id}-alt": "The cover"})
    assert words() == ["The cover", "One"]
    press(f"down {second.public_id}", **{f"{first.public_id}-alt": "Uno"})
    assert words() == ["Uno", "The cover"]
    press(f"remove {first.public_id}", **{f"{first.public_id}-alt": ""})
    assert words() == ["The cover"]


@pytest.mark.parametrize("action", ["continue", "save", "add", "up {}", ""])
def test_r_gig_3_words_without_words_are_refused_beside_their_picture(
    selling: Client, draft: Gig, seller: User, action: str
) -> None:
    first, second = (add_image(gig=draft, seller=seller, content=picture(), alt=alt) for alt in ("One", "Two"))
    typed = {f"{first.public_id}-alt": "Typed and kept", f"{second.public_id}-alt": " "}
    begun = {"image": upload(), "alt": "Three"}
    response = selling.post(address(draft, "gallery"), {"action": action.format(second.public_id)} | typed | begun)
    assert response.status_code == 422
    field = response.context["pictures"][1].form["alt"]
    assert field.errors == ["Say in a few words what the picture shows."]
    assert [(each.label, each.href) for each in response.context["wrong"]] == [
        ("What picture 2 shows", f"#{field.id_for_label}")
    ]
    assert f'id="{field.id_for_label}_error"' in response.content.decode()
    assert "Typed and kept" in response.content.decode()
    assert [image.alt for image in draft.images.all()] == ["One", "Two"]


@pytest.mark.parametrize(("action", "onward"), [("continue", "publish"), ("save", "gallery"), ("add", "gallery")])
def test_r_gig_3_every_button_saves_the_words_and_the_picture_that_was_begun(
    selling: Client, draft: Gig, seller: User, action: str, onward: str
) -> None:
    image = add_image(gig=draft, seller=seller, content=picture(), alt="One")
    posted = {"action": action, f"{image.public_id}-alt": "A better word", "image": upload(), "alt": "Two"}
    assert selling.post(address(draft, "gallery"), posted)["Location"] == address(draft, onward)
    assert [image.alt for image in draft.images.all()] == ["A better word", "Two"]


def test_r_gig_3_the_check_list_names_what_is_missing_and_links_there(selling: Client, draft: Gig) -> None:
    text = selling.get(address(draft, "publish")).content.decode()
    assert f'Gallery: <a href="{address(draft, "gallery")}#id_image">Add a picture' in text
    response = selling.post(address(draft, "publish"))
    assert response.status_code == 422
    assert "Not published yet." in response.content.decode()
    assert not Gig.objects.get(pk=draft.pk).is_active


def test_r_gig_2_publishing_and_pausing_by_buttons(selling: Client, draft: Gig, seller: User) -> None:
    add_image(gig=draft, seller=seller, content=picture(), alt="A window")
    response = selling.post(address(draft, "publish"))
    assert response["Location"] == draft.get_absolute_url()
    selling.post(reverse("gigs:pause", args=[draft.public_id]))
    assert Gig.objects.get(pk=draft.pk).state == GigState.PAUSED


def test_r_gig_7_the_list_of_gigs_says_where_milestones_are_hidden(selling: Client, gig: Gig) -> None:
    assert "see why" not in selling.get(reverse("gigs:mine")).content.decode()
    gig.packages.update(price=9_000)
    assert "see why" in selling.get(reverse("gigs:mine")).content.decode()


def test_the_list_of_gigs_is_ones_own(selling: Client, gig: Gig) -> None:
    other = make_gig(title="I will do something else")
    text = selling.get(reverse("gigs:mine")).content.decode()
    assert gig.title in text
    assert other.title not in text


def test_pages_take_as_many_queries_for_one_row_as_for_many(selling: Client, seller: User) -> None:
    def queries(where: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert selling.get(where).status_code == 200
        return len(captured)

    small = make_draft(seller, design=make_design(26_000), questions=1)
    large = make_draft(seller, design=make_design(*[5_200] * 5), questions=4)
    for tab in Tab:
        assert queries(address(small, tab)) == queries(address(large, tab)), tab
    two = queries(reverse("gigs:mine"))
    for _ in range(3):
        make_draft(seller, design=make_design(10_000, 16_000))
    assert queries(reverse("gigs:mine")) == two
