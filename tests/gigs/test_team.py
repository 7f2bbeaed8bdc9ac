"""A manager edits the seller's gigs; what they make is the seller's (R-GIG-3)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import TeamMember, User
from accounts.services.team import remove_member
from gigs.errors import GigUnknown, OnlySellers
from gigs.models import Gig
from gigs.selectors import gig_for_anyone, own_gig
from gigs.services.editing import create_gig
from gigs.services.publishing import pause_gig
from marketplace.kernel import clock
from tests.factories.gigs import make_draft, make_gig, subcategory
from tests.factories.team import make_contributor, make_manager

pytestmark = pytest.mark.django_db


def test_a_manager_edits_publishes_and_sees_drafts(client: Client, seller: User) -> None:
    gig, draft, mila = make_gig(seller), make_draft(seller), make_manager(seller)
    assert pause_gig(gig=gig, seller=mila).state == "paused"
    assert gig_for_anyone(public_id=draft.public_id, viewer=mila) == draft
    client.force_login(mila)
    page = reverse("gigs:edit", args=[draft.public_id, "overview"])
    assert client.get(page).status_code == 200


def test_contributors_and_who_was_removed_do_not(client: Client, seller: User) -> None:
    gig, draft, gone = make_gig(seller), make_draft(seller), make_manager(seller, "Greta Gone")
    remove_member(seller=seller, public_id=TeamMember.objects.get(user=gone).public_id, now=clock.now())
    for person in (gone, make_contributor(seller)):
        with pytest.raises(GigUnknown):
            pause_gig(gig=gig, seller=person)
        with pytest.raises(GigUnknown):
            own_gig(public_id=gig.public_id, seller=person)
        with pytest.raises(GigUnknown):
            gig_for_anyone(public_id=draft.public_id, viewer=person)
        with pytest.raises(OnlySellers):
            create_gig(seller=seller, by=person, title="Mine", subcategory=subcategory(), tags=[])
        client.force_login(person)
        assert client.get(reverse("gigs:edit", args=[draft.public_id, "overview"])).status_code == 404


def test_a_new_gig_is_the_sellers_for_whom_one_works(client: Client, seller: User) -> None:
    mila = make_manager(seller)
    client.force_login(mila)
    typed = {"title": "I will build a desktop app", "subcategory": subcategory().pk, "tags": "apps"}
    assert client.post(reverse("gigs:new"), typed).status_code == 302
    assert not Gig.objects.exists()
    client.post(reverse("accounts:work_for"), {"seller": seller.public_id})
    client.post(reverse("gigs:new"), typed)
    assert Gig.objects.get().seller == seller
    assert Gig.objects.get().title in client.get(reverse("gigs:mine")).content.decode()
