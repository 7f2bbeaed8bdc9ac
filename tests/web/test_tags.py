from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from marketplace.kernel.money import Money
from marketplace.web import durations
from tests.web.rendering import render

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (118_000, "USD", "$1,180.00"),
        (5, "EUR", "€0.05"),
        (500, "JPY", "¥500"),
        (0, "USD", "$0.00"),
        (-250, "USD", "-$2.50"),
        (None, "USD", ""),
        (Money(1_250, "CHF"), "", "CHF 12.50"),
        ({"amount": 700, "currency": "GBP"}, "", "£7.00"),
    ],
)
def test_money_is_written_as_people_write_it(amount: object, currency: str, shown: str) -> None:
    assert render("{{ amount|money:currency }}", amount=amount, currency=currency) == shown


def test_money_without_a_currency_is_the_operators() -> None:
    assert render("{{ amount|money }}", amount=100) == "$1.00"


@pytest.mark.parametrize(
    ("points", "shown"),
    [(500, "5\u00a0%"), (1_250, "12.5\u00a0%"), (1, "0.01\u00a0%"), (1_000, "10\u00a0%"), (0, "0\u00a0%")],
)
def test_percent(points: int, shown: str) -> None:
    assert render("{{ points|percent }}", points=points) == shown


def test_an_instant_is_shown_in_the_readers_zone_and_told_exactly_to_machines() -> None:
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        html = render("{{ at|instant }}", at=datetime(2026, 11, 19, 16, 40, tzinfo=UTC))
    assert html == (
        '<time datetime="2026-11-20T01:40:00+09:00" title="20 November 2026, 01:40 Asia/Tokyo">Fri 20 Nov, 01:40</time>'
    )


def test_an_instant_of_another_year_says_the_year() -> None:
    assert ">Sun 5 Jan 2025, 08:05</time>" in render("{{ at|instant }}", at=datetime(2025, 1, 5, 8, 5, tzinfo=UTC))


def test_an_instant_kept_as_text_in_a_notice_reads_the_same() -> None:
    assert ">Thu 19 Nov, 16:40</time>" in render("{{ at|instant }}", at="2026-11-19T16:40:00+00:00")


def test_a_day() -> None:
    assert ">Thu 19 Nov</time>" in render("{{ at|day }}", at=datetime(2026, 11, 19, 16, 40, tzinfo=UTC))


@pytest.mark.parametrize("tag", ["instant", "day", "duration_left", "ago", "days", "money", "major"])
def test_nothing_is_shown_for_nothing(tag: str) -> None:
    assert render("{{ nothing|" + tag + " }}", nothing=None) == ""


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6, hours=2, minutes=59), "6 days 2 hours"),
        (timedelta(days=6, minutes=59), "6 days"),
        (timedelta(days=1, hours=1), "1 day 1 hour"),
        (timedelta(hours=1, minutes=12, seconds=59), "1 hour 12 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(0), "no time"),
        (timedelta(seconds=-1), "no time"),
    ],
)
def test_a_length_of_time_in_words(left: timedelta, words: str) -> None:
    assert durations.words(left) == words


def test_time_left_and_time_gone() -> None:
    assert render("{{ at|duration_left }}", at=NOON + timedelta(days=2, hours=3)) == "2 days 3 hours"
    assert render("{{ at|ago }}", at=NOON - timedelta(hours=3, minutes=50)) == "3 hours ago"
    assert render("{{ at|ago }}", at=NOON - timedelta(seconds=20)) == "just now"


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        (NOON - timedelta(days=1), NOON + timedelta(days=3), "75"),
        (NOON - timedelta(days=1), NOON, "0"),
        (NOON - timedelta(days=2), NOON - timedelta(days=1), "0"),
        (NOON, NOON, "0"),
        (None, NOON, "0"),
        (NOON + timedelta(days=1), NOON + timedelta(days=2), "100"),
    ],
)
def test_the_bar_of_a_countdown(start: datetime | None, end: datetime, left: str) -> None:
    assert render("{% share_left start end %}", start=start, end=end) == left


@pytest.mark.parametrize(("count", "words"), [(1, "1 day"), (0, "0 days"), (30, "30 days")])
def test_days(count: int, words: str) -> None:
    assert render("{{ count|days }}", count=count) == words


def test_the_markdown_filter_renders_words_and_takes_nothing_for_empty() -> None:
    assert render("{{ text|markdown }}", text="**hi**\nthere") == "<p><strong>hi</strong><br>\nthere</p>"
    assert render("{{ text|markdown }}", text=None) == ""


def test_an_icon_is_hidden_from_readers_unless_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in render('{% icon "check" %}')
    named = render('{% icon "lock" label=name %}', name='"><script>')
    assert 'role="img"' in named
    assert 'aria-label="&quot;&gt;&lt;script&gt;"' in named


def test_a_link_keeps_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/gigs/?q=logo+design&page=2&sort=new")
    assert render("{% with_query page=3 %}", request=request) == "?q=logo+design&amp;page=3&amp;sort=new"
    assert render("{% with_query page=None sort='' %}", request=request) == "?q=logo+design"


def test_the_colour_of_a_person_stays() -> None:
    assert render("{{ 'usr_1'|tone_of_person }}") == render("{{ 'usr_1'|tone_of_person }}")
