"""Finding gigs: words with typing errors, filters, sorting, who is listed (R-GIG-9)."""

from collections.abc import Callable

import pytest

from accounts.models import User
from gigs.enums import Sorting
from gigs.models import Category, Gig
from gigs.selectors.browsing import Filters, as_cards, browse_gigs, open_categories, suggested_gigs
from gigs.selectors.terms import shown_design
from gigs.services.publishing import pause_gig
from milestones.enums import PackageTier
from milestones.models import StagePackage
from tests.factories.gigs import make_draft, make_gig, subcategory
from tests.factories.milestones import make_design, put_in_force, shipped_policy

pytestmark = pytest.mark.django_db


def titles(**asked: object) -> list[str]:
    return [gig.title for gig in browse_gigs(Filters(**asked), policies={"USD": shipped_policy()})]  # type: ignore[arg-type]


@pytest.fixture
def three(seller: User) -> list[Gig]:
    """An app with milestones from 260.00, a logo from 80.00, a song from 900.00; made in this order."""
    return [
        make_gig(seller, title="I will build a desktop application", design=make_design(10_000, 16_000)),
        make_gig(seller, title="I will draw your logo", where="brand-identity", prices={PackageTier.BASIC: 8_000}),
        make_gig(
            seller, title="I will compose a song", where="producers-composers", prices={PackageTier.BASIC: 90_000}
        ),
    ]


@pytest.mark.parametrize(
    "words",
    ["desktop", "Applications", "build desktop", "destkop", "aplication", "dekstop aplication", "DESKTOP", "python"],
)
def test_r_gig_9_search_forgives_typing_errors(three: list[Gig], words: str) -> None:
    assert three[0].title in titles(words=words)


@pytest.mark.parametrize("words", ["logo", "logp", "drawing", "loggo"])
def test_r_gig_9_search_finds_what_was_meant_first(three: list[Gig], words: str) -> None:
    assert titles(words=words)[0] == "I will draw your logo"


@pytest.mark.parametrize("words", ["zzzzzz", "'; drop table", "& | !", "(", '"', "%"])
def test_r_gig_9_search_finds_nothing_in_nonsense(three: list[Gig], words: str) -> None:
    assert titles(words=words) == []


def test_a_changed_title_is_found_at_once(three: list[Gig]) -> None:
    Gig.objects.filter(pk=three[1].pk).update(title="I will paint a mural")
    assert titles(words="mural") == ["I will paint a mural"]
    assert titles(words="your logo") == []


def test_r_gig_9_filters(three: list[Gig]) -> None:
    assert titles(category=Category.objects.get(slug="design")) == ["I will draw your logo"]
    assert titles(subcategory=subcategory("producers-composers")) == ["I will compose a song"]
    assert titles(least_price=26_000, most_price=26_000) == ["I will build a desktop application"]
    assert titles(least_price=26_001) == ["I will compose a song"]
    assert titles(most_price=25_999) == ["I will draw your logo"]
    assert titles(milestones=True) == ["I will build a desktop application"]
    assert titles(milestones=True, words="song") == []


def test_r_gig_9_delivery_at_its_last_day(three: list[Gig]) -> None:
    """The app takes two milestones of 5 days, whatever its package says; the others take the 12 of theirs."""
    assert titles(days=9) == []
    assert titles(days=10) == titles(days=11) == ["I will build a desktop application"]
    assert len(titles(days=12)) == 3


@pytest.mark.parametrize(
    ("sorting", "order"),
    [
        (Sorting.CHEAPEST, ["logo", "application", "song"]),
        (Sorting.DEAREST, ["song", "application", "logo"]),
        (Sorting.NEWEST, ["song", "logo", "application"]),
        (Sorting.BEST, ["song", "logo", "application"]),
    ],
)
def test_r_gig_9_sorting(three: list[Gig], sorting: Sorting, order: list[str]) -> None:
    assert [title.split()[-1] for title in titles(sorting=sorting)] == order


def test_r_gig_2_drafts_and_paused_gigs_are_not_listed(three: list[Gig], seller: User) -> None:
    make_draft(seller, title="I am not ready")
    pause_gig(gig=three[2], seller=seller)
    assert set(titles()) == {"I will build a desktop application", "I will draw your logo"}


def counted(gig: Gig) -> int:
    return int(as_cards(Gig.objects.all(), policies={"USD": shipped_policy()}).get(pk=gig.pk).milestone_count)


def test_r_gig_7_cards_say_what_the_gigs_page_shows(three: list[Gig], seller: User) -> None:
    """The count in SQL and the rules in Python agree, for every reason that a change can bring about."""
    gig = three[0]
    policy = shipped_policy()
    changes: list[Callable[[], object]] = [
        lambda: None,
        lambda: gig.packages.update(price=26_001),
        lambda: gig.packages.update(price=10_000),
        lambda: gig.packages.update(price=26_000),
        lambda: Gig.objects.filter(pk=gig.pk).update(subcategory=subcategory("web-applications")),
        lambda: Gig.objects.filter(pk=gig.pk).update(subcategory=subcategory()),
        lambda: type(seller.seller).objects.update(milestones_blocked_reason="Left orders undone."),
        lambda: type(seller.seller).objects.update(milestones_blocked_reason=""),
        lambda: StagePackage.objects.filter(part=10_000).update(part=9_999),
    ]
    seen = []
    for change in changes:
        change()
        fresh = Gig.objects.get(pk=gig.pk)
        design = shown_design(fresh, policy=policy)
        assert counted(gig) == (len(design.stages) if design else 0)
        seen.append(counted(gig))
    assert seen == [2, 0, 0, 2, 0, 2, 0, 2, 0]


def test_r_pol_1_cards_follow_the_policy(three: list[Gig]) -> None:
    policy = put_in_force("standard", gig_min_milestones=3)
    assert not browse_gigs(Filters(milestones=True), policies={"USD": policy}).exists()


def test_the_first_page_shows_gigs_with_milestones_first(three: list[Gig]) -> None:
    found = [gig.title.split()[-1] for gig in suggested_gigs(policies={"USD": shipped_policy()}, limit=2)]
    assert found == ["application", "song"]


def test_categories_count_active_gigs(three: list[Gig], seller: User) -> None:
    make_draft(seller)
    counts = dict(open_categories().values_list("name", "gig_count"))
    assert {name: count for name, count in counts.items() if count} == {
        "Programming": 1,
        "Design": 1,
        "Music & Audio": 1,
    }
