"""Two windows on one tab, and drafts kept on the way, by the forms of every tab (R-GIG-3)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from gigs.models import Gig
from tests.factories.gigs import subcategory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
SEEN = re.compile(r'name="seen" id="seen" value="([^"]+)"')


def address(gig: Gig, tab: str) -> str:
    return reverse("gigs:edit", args=[gig.public_id, tab])


LONG_ENOUGH = ": I will say more"  # for a title


def posted(tab: str, word: str) -> dict[str, str]:
    """What `tab` posts when `word` was typed into it."""
    match tab:
        case "overview":
            return {"title": word + LONG_ENOUGH, "subcategory": str(subcategory().pk), "tags": ""}
        case "pricing":
            whole = {"basic-name": word, "basic-description": "One.", "basic-price": "260", "basic-delivery_days": "9"}
            return whole | {"basic-revisions": "2"}
        case "description":
            return {"description": word, "faq-TOTAL_FORMS": "0", "stages-TOTAL_FORMS": "0"}
        case _:
            return {"requirements-TOTAL_FORMS": "1", "requirements-0-question": word, "requirements-0-kind": "text"}


def stored(gig: Gig, tab: str) -> str | None:
    gig = Gig.objects.get(pk=gig.pk)
    match tab:
        case "overview":
            return gig.title.removesuffix(LONG_ENOUGH)
        case "pricing":
            return gig.packages.get(tier="basic").name
        case "description":
            return gig.description
        case _:
            return next((each.question for each in gig.requirements.all()), None)


def seen_in(text: str) -> str:
    found = SEEN.search(text)
    assert found
    return found[1]


def opened(selling: Client, gig: Gig, tab: str) -> str:
    """What a window that opens the tab now will say that it shows."""
    return seen_in(selling.get(address(gig, tab)).content.decode())


TABS = ["overview", "pricing", "description", "requirements"]


@pytest.mark.parametrize("tab", TABS)
def test_r_gig_3_the_second_window_is_warned_and_keeps_what_was_typed(selling: Client, draft: Gig, tab: str) -> None:
    first, second = opened(selling, draft, tab), opened(selling, draft, tab)
    assert selling.post(address(draft, tab), posted(tab, "First words") | {"seen": first}).status_code == 302
    response = selling.post(address(draft, tab), posted(tab, "Second words") | {"seen": second})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Changed in another window." in text
    assert "Second words" in text
    assert seen_in(text) == second
    assert stored(draft, tab) == "First words"
    over = re.search(r'value="(overwrite \d+)"', text)
    assert over
    assert f'href="{address(draft, tab)}">Show the saved version' in text
    again = posted(tab, "Second words") | {"seen": second, "action": over[1]}
    assert selling.post(address(draft, tab), again).status_code == 302
    assert stored(draft, tab) == "Second words"


def test_r_gig_3_saving_over_it_is_refused_again_when_a_third_change_came_between(selling: Client, draft: Gig) -> None:
    where = address(draft, "overview")
    windows = [opened(selling, draft, "overview") for _ in range(3)]
    selling.post(where, posted("overview", "First") | {"seen": windows[0]})
    warned = Gig.objects.get(pk=draft.pk).version
    third = posted("overview", "Third") | {"seen": windows[2], "action": f"overwrite {warned}"}
    selling.post(where, third)
    over = posted("overview", "Second") | {"seen": windows[1], "action": f"overwrite {warned}"}
    assert selling.post(where, over).status_code == 409
    assert stored(draft, "overview") == "Third"


@pytest.mark.parametrize("tab", TABS)
def test_r_gig_3_a_draft_is_kept_as_it_is_typed(selling: Client, draft: Gig, tab: str) -> None:
    seen = opened(selling, draft, tab)
    data = posted(tab, "Half a sen") | {"seen": seen, "action": "keep"}
    response = selling.post(address(draft, tab), data, headers=HTMX)
    text = response.content.decode()
    assert response.status_code == 200
    assert "Saved at" in text
    assert '<span id="saved-at" hx-swap-oob="true">' in text  # the head of the page says the same instant
    assert "<html" not in text
    assert stored(draft, tab) == "Half a sen"
    newer = seen_in(text)
    assert newer.split(".")[1] == seen.split(".")[1]
    assert int(newer.split(".")[0]) == int(seen.split(".")[0]) + 1
    assert selling.post(address(draft, tab), posted(tab, "Whole") | {"seen": newer}).status_code == 302


@pytest.mark.parametrize("tab", TABS)
def test_r_gig_3_keeping_is_warned_as_well(selling: Client, draft: Gig, tab: str) -> None:
    first, second = opened(selling, draft, tab), opened(selling, draft, tab)
    selling.post(address(draft, tab), posted(tab, "First words") | {"seen": first})
    data = posted(tab, "Second words") | {"seen": second, "action": "keep"}
    response = selling.post(address(draft, tab), data, headers=HTMX)
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#keeping"
    assert "Save mine over it" in response.content.decode()
    assert seen_in(response.content.decode()) == second
    assert stored(draft, tab) == "First words"


@pytest.mark.parametrize("tab", TABS)
def test_r_gig_3_what_is_typed_into_a_live_gig_is_not_published(selling: Client, gig: Gig, tab: str) -> None:
    before, version = stored(gig, tab), Gig.objects.get(pk=gig.pk).version
    data = posted(tab, "Half a sen") | {"seen": opened(selling, gig, tab), "action": "keep"}
    response = selling.post(address(gig, tab), data, headers=HTMX)
    assert response.status_code == 200
    assert "Not published yet" in response.content.decode()
    assert (stored(gig, tab), Gig.objects.get(pk=gig.pk).version) == (before, version)


@pytest.mark.parametrize(
    ("tab", "change"),
    [
        ("overview", {"title": ""}),
        ("pricing", {"basic-price": "cheap"}),
        ("requirements", {"requirements-0-kind": "x"}),
    ],
)
def test_r_gig_3_what_cannot_be_kept_is_said_quietly(
    selling: Client, draft: Gig, tab: str, change: dict[str, str]
) -> None:
    before = stored(draft, tab)
    data = posted(tab, "Other") | change | {"action": "keep", "seen": opened(selling, draft, tab)}
    response = selling.post(address(draft, tab), data, headers=HTMX)
    assert response.status_code == 200
    assert "Not saved: " in response.content.decode()
    assert stored(draft, tab) == before


@pytest.mark.parametrize("action", ["add faq", "add stages"])
def test_r_gig_3_a_button_of_an_older_page_shows_its_change_and_the_warning(
    selling: Client, draft: Gig, action: str
) -> None:
    first, second = opened(selling, draft, "description"), opened(selling, draft, "description")
    selling.post(address(draft, "description"), posted("description", "First words") | {"seen": first})
    data = posted("description", "Second words") | {"seen": second, "action": action}
    response = selling.post(address(draft, "description"), data, headers=HTMX)
    text = response.content.decode()
    assert (response.status_code, response["HX-Retarget"]) == (409, "#editor")
    assert "Changed in another window." in text
    assert "Second words" in text
    assert f'name="{action.split()[1]}-0-' in text
    assert stored(draft, "description") == "First words"


@pytest.mark.parametrize("tab", TABS)
def test_r_gig_3_what_a_browser_kept_is_shown_again_and_stored_by_nobody_else(
    selling: Client, draft: Gig, tab: str
) -> None:
    before = stored(draft, tab)
    data = posted(tab, "Brought back") | {"seen": "3.old", "action": "restore"}
    response = selling.post(address(draft, tab), data, headers=HTMX)
    text = response.content.decode()
    assert response.status_code == 200
    assert text.strip().startswith("<form")
    assert "Brought back" in text
    assert seen_in(text) == "3.old"
    assert stored(draft, tab) == before
