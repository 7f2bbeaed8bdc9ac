"""Draft, active, paused (R-GIG-2, R-GIG-3)."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from gigs.enums import GigState
from gigs.errors import AlreadyActive, NothingToPause, NotReady
from gigs.models import Gig, GigImage
from gigs.services.editing import create_gig, save_pricing
from gigs.services.gallery import add_image
from gigs.services.publishing import pause_gig, publish_gig
from milestones.enums import PackageTier
from tests.factories.gigs import make_draft, package, picture, subcategory
from tests.factories.milestones import make_design, put_in_force

pytestmark = pytest.mark.django_db


def test_r_gig_3_an_empty_draft_hears_everything_it_lacks(seller: User, now: datetime) -> None:
    gig = create_gig(seller=seller, title="Empty", subcategory=subcategory(), tags=[])
    with pytest.raises(NotReady) as refused:
        publish_gig(gig=gig, seller=seller, now=now)
    assert [error.field for error in refused.value.errors] == ["title", "basic-name", "description", "image"]
    assert Gig.objects.get(pk=gig.pk).state == GigState.DRAFT


def test_r_gig_2_publishing_pausing_and_coming_back(seller: User, now: datetime) -> None:
    gig = make_draft(seller)
    add_image(gig=gig, seller=seller, content=picture(), alt="A window")
    assert publish_gig(gig=gig, seller=seller, now=now).state == GigState.ACTIVE
    with pytest.raises(AlreadyActive):
        publish_gig(gig=gig, seller=seller, now=now)
    assert pause_gig(gig=gig, seller=seller).state == GigState.PAUSED
    with pytest.raises(NothingToPause):
        pause_gig(gig=gig, seller=seller)
    back = publish_gig(gig=gig, seller=seller, now=now + timedelta(days=1))
    assert (back.state, back.published_at) == (GigState.ACTIVE, now)


def test_r_gig_7_a_first_publication_waits_for_the_milestones(seller: User, now: datetime) -> None:
    gig = make_draft(seller, design=make_design(10_000, 15_999))
    add_image(gig=gig, seller=seller, content=picture(), alt="A window")
    with pytest.raises(NotReady) as refused:
        publish_gig(gig=gig, seller=seller, now=now)
    assert [error.field for error in refused.value.errors] == ["parts_basic"]
    save_pricing(gig=gig, seller=seller, packages=[package(PackageTier.BASIC, 25_999)], now=now)
    assert publish_gig(gig=gig, seller=seller, now=now).is_active


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "A gig with milestones needs at least 2; this one has 1. Add 1 more."),
        (2, ""),
        (4, ""),
        (5, "A gig can have up to 4 milestones; this one has 5. Take 1 away or join some."),
    ],
)
def test_r_gig_7_too_few_and_too_many_milestones_are_not_published(
    seller: User, now: datetime, count: int, said: str
) -> None:
    """Five could be stored until the policy allowed only four."""
    parts = [26_000 // count] * count
    gig = make_draft(seller, design=make_design(*parts))
    GigImage.objects.create(gig=gig, position=1, alt="A window", width=1, height=1, file="x", thumbnail="x")
    put_in_force("standard", gig_max_milestones=4)
    if not said:
        assert publish_gig(gig=gig, seller=seller, now=now).is_active
        return
    with pytest.raises(NotReady) as refused:
        publish_gig(gig=gig, seller=seller, now=now)
    [error] = refused.value.errors
    assert (error.field, error.message, error.rule) == ("stages", said, "R-POL-3")
    assert Gig.objects.get(pk=gig.pk).state == GigState.DRAFT


def test_r_gig_7_a_paused_gig_comes_back_without_milestones_that_became_ineligible(
    gig: Gig, seller: User, now: datetime
) -> None:
    pause_gig(gig=gig, seller=seller)
    put_in_force("standard", gig_price_over=30_000)
    assert publish_gig(gig=gig, seller=seller, now=now).is_active
