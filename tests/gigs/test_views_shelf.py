"""The seller's list and archive, and the buttons that do something to a whole gig (R-GIG-2)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from gigs.enums import GigState, Tab
from gigs.models import Gig
from tests.gigs.test_views_saving import opened, posted

pytestmark = pytest.mark.django_db

BUTTONS = ["gigs:archive", "gigs:bring_back", "gigs:duplicate"]


def press(client: Client, name: str, gig: Gig) -> str:
    return client.post(reverse(name, args=[gig.public_id]), follow=True).content.decode()


def address(gig: Gig, tab: str) -> str:
    return reverse("gigs:edit", args=[gig.public_id, tab])


@pytest.mark.parametrize("name", BUTTONS)
def test_others_get_404(client: Client, gig: Gig, stranger: User, buyer: User, name: str) -> None:
    for other in (stranger, buyer):
        client.force_login(other)
        assert client.post(reverse(name, args=[gig.public_id])).status_code == 404
    assert Gig.objects.get().is_active


@pytest.mark.parametrize("name", BUTTONS)
def test_buttons_are_posted_by_somebody_signed_in(client: Client, selling: Client, gig: Gig, name: str) -> None:
    assert selling.get(reverse(name, args=[gig.public_id])).status_code == 405
    client.logout()
    assert client.post(reverse(name, args=[gig.public_id]))["Location"].startswith(reverse("account_login"))


def test_r_gig_2_archived_gigs_wait_in_a_list_of_their_own(selling: Client, gig: Gig, draft: Gig) -> None:
    mine = reverse("gigs:mine")
    assert "Archived (" not in selling.get(mine).content.decode()
    text = press(selling, "gigs:archive", gig)
    assert "Archived. Orders that are running go on." in text
    assert gig.title not in text
    assert draft.title in text
    assert "Archived (1)" in text
    archive = selling.get(mine, {"archived": "1"}).content.decode()
    assert gig.title in archive
    assert draft.title not in archive
    text = press(selling, "gigs:bring_back", gig)
    assert "Brought back. It is paused: buyers don’t see it yet." in text
    assert gig.title in selling.get(mine).content.decode()


def test_an_empty_archive_says_so(selling: Client, draft: Gig) -> None:
    assert "The archive is empty" in selling.get(reverse("gigs:mine"), {"archived": "1"}).content.decode()


@pytest.mark.parametrize("tab", [tab for tab in Tab if tab != Tab.PUBLISH])
def test_the_tabs_of_an_archived_gig_lead_to_where_it_is_brought_back(selling: Client, gig: Gig, tab: str) -> None:
    press(selling, "gigs:archive", gig)
    assert selling.get(address(gig, tab))["Location"] == address(gig, "publish")
    assert "Bring this gig back" in selling.get(address(gig, "publish")).content.decode()


@pytest.mark.parametrize("tab", ["overview", "pricing", "description", "requirements"])
def test_a_window_that_was_open_when_the_gig_was_archived_keeps_what_was_typed(
    selling: Client, gig: Gig, tab: str
) -> None:
    seen = opened(selling, gig, tab)
    press(selling, "gigs:archive", gig)
    response = selling.post(address(gig, tab), posted(tab, "Typed meanwhile") | {"seen": seen})
    assert response.status_code == 409
    assert "Archived in another window." in response.content.decode()
    assert "Typed meanwhile" in response.content.decode()


def test_r_gig_2_a_copy_opens_in_the_editor(selling: Client, gig: Gig) -> None:
    text = press(selling, "gigs:duplicate", gig)
    copy = Gig.objects.exclude(pk=gig.pk).get()
    assert f"{gig.title} (copy)" in text
    assert "This is the copy." in text
    assert copy.state == GigState.DRAFT
