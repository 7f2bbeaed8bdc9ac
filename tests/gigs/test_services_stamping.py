"""A tab isn't stored over a change that its page has not seen (R-GIG-3)."""

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import User
from gigs.drafts import Seen
from gigs.enums import Tab
from gigs.errors import ChangedElsewhere, GigUnknown
from gigs.models import Gig
from gigs.services.describing import save_description
from gigs.services.editing import save_overview, save_pricing, save_requirements
from milestones.enums import PackageTier
from tests.factories.gigs import NO_MILESTONES, package

pytestmark = pytest.mark.django_db

Save = Callable[[Gig, User, Seen | None, datetime], object]
SAVES: dict[Tab, Save] = {
    Tab.OVERVIEW: lambda gig, who, seen, now: save_overview(
        gig=gig, seller=who, title="Another", subcategory=gig.subcategory, tags=[], now=now, seen=seen
    ),
    Tab.PRICING: lambda gig, who, seen, now: save_pricing(
        gig=gig, seller=who, packages=[package(PackageTier.BASIC, 30_000)], now=now, seen=seen
    ),
    Tab.DESCRIPTION: lambda gig, who, seen, now: save_description(
        gig=gig, seller=who, description="Other words.", faq=[], design=NO_MILESTONES, now=now, seen=seen
    ),
    Tab.REQUIREMENTS: lambda gig, who, seen, now: save_requirements(
        gig=gig, seller=who, requirements=[], now=now, seen=seen
    ),
}


def fresh(gig: Gig) -> Gig:
    return Gig.objects.get(pk=gig.pk)


@pytest.mark.parametrize("tab", list(SAVES))
def test_r_gig_3_every_stored_tab_counts(draft: Gig, seller: User, now: datetime, tab: Tab) -> None:
    before = fresh(draft).version
    SAVES[tab](draft, seller, Seen(before, "a"), now)
    stored = fresh(draft)
    assert stored.version == before + 1
    assert stored.stamps[tab.value] == {"version": before + 1, "at": now.isoformat(), "page": "a"}


@pytest.mark.parametrize("tab", list(SAVES))
def test_r_gig_3_an_older_page_is_refused_and_nothing_is_changed(
    draft: Gig, seller: User, now: datetime, tab: Tab
) -> None:
    old = Seen(fresh(draft).version, "a")
    SAVES[tab](draft, seller, Seen(old.version, "b"), now)
    between = fresh(draft)
    with pytest.raises(ChangedElsewhere) as refused:
        SAVES[tab](draft, seller, old, now)
    assert refused.value.values == {"tab": tab.label, "version": between.version, "at": now}
    assert (fresh(draft).version, fresh(draft).updated_at) == (between.version, between.updated_at)


def test_r_gig_3_whoever_has_seen_the_other_change_may_save_over_it(draft: Gig, seller: User, now: datetime) -> None:
    SAVES[Tab.OVERVIEW](draft, seller, Seen(fresh(draft).version, "b"), now)
    SAVES[Tab.OVERVIEW](draft, seller, Seen(fresh(draft).version, "a"), now)
    assert fresh(draft).stamps["overview"]["page"] == "a"


def test_r_gig_3_a_pages_own_change_is_no_conflict_though_its_answer_was_lost(
    draft: Gig, seller: User, now: datetime
) -> None:
    seen = Seen(fresh(draft).version, "a")
    SAVES[Tab.OVERVIEW](draft, seller, seen, now)
    SAVES[Tab.OVERVIEW](draft, seller, seen, now)
    assert fresh(draft).version == seen.version + 2


def test_r_gig_3_another_tab_of_the_same_gig_is_no_conflict(draft: Gig, seller: User, now: datetime) -> None:
    old = Seen(fresh(draft).version, "a")
    SAVES[Tab.PRICING](draft, seller, Seen(old.version, "b"), now)
    SAVES[Tab.REQUIREMENTS](draft, seller, old, now)
    assert fresh(draft).version == old.version + 2


@pytest.mark.parametrize("tab", list(SAVES))
def test_a_stranger_is_told_nothing_of_a_conflict(
    draft: Gig, seller: User, stranger: User, buyer: User, now: datetime, tab: Tab
) -> None:
    SAVES[tab](draft, seller, None, now)
    for other in (stranger, buyer):
        with pytest.raises(GigUnknown):
            SAVES[tab](draft, other, Seen(0, "x"), now)


@pytest.mark.parametrize("text", ["", "7", "7.", "x.a", "7.a b", "7." + "a" * 17, "1234567890.a", "²." + "a"])
def test_what_no_page_of_ours_says_says_nothing(text: str) -> None:
    assert Seen.read(text) is None


def test_a_page_says_what_it_shows() -> None:
    assert Seen.read(str(Seen(7, "a-B_9"))) == Seen(7, "a-B_9")
