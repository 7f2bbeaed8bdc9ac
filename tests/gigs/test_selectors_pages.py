"""Pages by keyset: nothing twice, nothing left out, whatever happens meanwhile (R-GIG-9)."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from gigs.enums import Sorting
from gigs.models import Gig
from gigs.selectors.browsing import ORDERS, Filters, GigPage, browse_page
from gigs.selectors.pages import Key, Order, Place, read_cursor, write_cursor
from gigs.services.publishing import pause_gig
from gigs.services.rating import record_rating
from tests.factories.gigs import make_gig
from tests.factories.milestones import shipped_policy

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def page(cursor: str = "", *, size: int = 2, **asked: Any) -> GigPage:
    return browse_page(Filters(**asked), policies={"USD": shipped_policy()}, cursor=cursor, size=size)


def walk(size: int = 2, **asked: Any) -> list[list[int]]:
    """Every page from the first to the last, and the same pages backwards."""
    pages = [page(size=size, **asked).page]
    while pages[-1].following:
        pages.append(page(pages[-1].following, size=size, **asked).page)
    back = [pages[-1]]
    while back[-1].previous:
        back.append(page(back[-1].previous, size=size, **asked).page)
    keys = [[gig.pk for gig in each.rows] for each in pages]
    assert [[gig.pk for gig in each.rows] for each in reversed(back)] == keys
    return keys


@pytest.fixture
def six(seller: User) -> list[Gig]:
    """Published at the same instant for the same price, so that every sort has nothing but ties."""
    gigs = [make_gig(seller, title=f"I will write your novel {number}") for number in "abcdef"]
    Gig.objects.update(published_at=AT, created_at=AT)
    return gigs


@pytest.mark.parametrize("sorting", Sorting)
@pytest.mark.parametrize("words", ["", "novel", "novle"])
def test_r_gig_9_equal_keys_are_on_one_page_each(six: list[Gig], sorting: Sorting, words: str) -> None:
    keys = walk(sorting=sorting, words=words)
    assert [len(each) for each in keys] == [2, 2, 2]
    assert {key for each in keys for key in each} == {gig.pk for gig in six}


def test_r_gig_9_a_gig_published_meanwhile_moves_nothing(six: list[Gig], seller: User) -> None:
    first = page(sorting=Sorting.NEWEST).page
    make_gig(seller, title="I will be first of all")
    second = page(first.following, sorting=Sorting.NEWEST).page
    assert [gig.pk for gig in second.rows] == [six[3].pk, six[2].pk]
    assert [gig.pk for gig in page(second.previous, sorting=Sorting.NEWEST).page.rows] == [six[5].pk, six[4].pk]


def test_r_gig_9_a_gig_paused_meanwhile_is_no_gap(six: list[Gig], seller: User) -> None:
    first = page(sorting=Sorting.NEWEST).page
    pause_gig(gig=six[4], seller=seller)  # the very one that the cursor names
    assert [gig.pk for gig in page(first.following, sorting=Sorting.NEWEST).page.rows] == [six[3].pk, six[2].pk]


def test_r_gig_9_the_ends_have_no_way_on(six: list[Gig]) -> None:
    whole = page(size=6).page
    assert (whole.previous, whole.following) == ("", "")
    assert (page(size=5).page.previous, bool(page(size=5).page.following)) == ("", True)


def test_where_everything_is_gone_the_list_begins_anew(six: list[Gig], seller: User) -> None:
    last = page(page(page().page.following).page.following)
    assert len(last.page.rows) == 2
    ahead = write_cursor(Place(key=(-1.0, 0), after=True))
    assert [gig.pk for gig in page(ahead).page.rows] == [gig.pk for gig in page().page.rows]


def forged(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "🦊",
        "=" * 9,
        forged(""),
        forged("null"),
        forged("[true]"),
        forged("[true,1,2,3]"),
        forged('[true,"1",2]'),
        forged("[true,NaN,2]"),
        forged("[true,Infinity,2]"),
        forged("[true,1.5,1.5]"),
        forged("[true,1.5,true]"),
        forged(f"[true,1.5,{2**63}]"),
        forged("[true,[1],2]"),
        forged("[" * 5000),
        forged('[true,1.5,"1); drop table gigs_gig"]'),
    ],
)
def test_a_forged_cursor_is_none(six: list[Gig], cursor: str) -> None:
    assert read_cursor(cursor, order=ORDERS[Sorting.BEST]) is None
    assert [gig.pk for gig in page(cursor).page.rows] == [gig.pk for gig in page().page.rows]


@pytest.mark.parametrize("key", ['"2026-11-22T08:00:00"', '"yesterday"', "5", "null", '"9999-99-99T00:00:00+00:00"'])
def test_a_forged_instant_is_none(key: str) -> None:
    assert read_cursor(forged(f"[true,{key},2]"), order=ORDERS[Sorting.NEWEST]) is None


@pytest.mark.parametrize("key", ['"USDX",1', '"\\u0000",1', '"US ",1', "5,1", '"USD","1"'])
def test_a_forged_price_is_none(key: str) -> None:
    assert read_cursor(forged(f"[true,{key},2]"), order=ORDERS[Sorting.CHEAPEST]) is None


def test_a_cursor_of_another_order_is_none(six: list[Gig]) -> None:
    cursor = page(sorting=Sorting.NEWEST).page.following
    assert read_cursor(cursor, order=ORDERS[Sorting.BEST]) is None


def test_a_cursor_comes_back_as_it_was() -> None:
    cursors: list[tuple[Order, Key]] = [
        (ORDERS[Sorting.BEST], (118.28230831745253, 7)),
        (ORDERS[Sorting.NEWEST], (AT, 7)),
        (ORDERS[Sorting.DEAREST], ("USD", 26_000, 7)),
    ]
    for order, key in cursors:
        for after in (True, False):
            place = Place(key=key, after=after)
            assert read_cursor(write_cursor(place), order=order) == place


@pytest.mark.parametrize(
    ("asked", "count"),
    [({}, 1), ({"words": "novel"}, 2), ({"words": "novle"}, 4), ({"most_price": 10**9, "currency": "USD"}, 2)],
)
def test_a_page_takes_as_many_queries_at_1_row_as_at_30(seller: User, asked: dict[str, Any], count: int) -> None:
    policies = {"USD": shipped_policy()}

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            for gig in browse_page(Filters(**asked), policies=policies, cursor="", size=30).page.rows:
                assert gig.seller.display_name
                assert gig.milestone_count == 0
                assert gig.get_absolute_url()
                assert gig.rating is None
                assert gig.from_price
        return len(captured)

    first = make_gig(seller, title="I will write your novel")
    one = queries()
    row = Gig.objects.get(pk=first.pk)
    for number in range(30):
        row.pk, row.public_id, row._state.adding = None, f"gig_{number}", True
        row.save()
    Gig.objects.exclude(pk=first.pk).update(published_at=AT)
    for copy in Gig.objects.exclude(pk=first.pk):
        package = first.packages.get()
        package.pk, package.gig, package._state.adding = None, copy, True
        package.save()
    assert len(page(size=30, **asked).page.rows) == 30
    assert queries() == one == count


def test_r_gig_9_rating_sorts_by_few_and_many_reviews(six: list[Gig]) -> None:
    """One review of five stars weighs less than forty of four and a half; none counts as four."""
    for stars in [5]:
        record_rating(gig_id=six[0].pk, stars=stars)
    for stars in [4, 5] * 20:
        record_rating(gig_id=six[1].pk, stars=stars)
    record_rating(gig_id=six[2].pk, stars=1)
    order = [key for each in walk(sorting=Sorting.RATED) for key in each]
    assert order[:2] == [six[1].pk, six[0].pk]
    assert order[-1] == six[2].pk
