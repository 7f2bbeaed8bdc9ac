"""`make bench`: lists of 200,000 gigs, each against the bare SQL statement that gives the same page.

In a database of its own, which is dropped at the end. Exit code 1 when a list takes more than LIMIT times its statement
or when the number of queries depends on how many gigs there are to show. What is measured is the processor's time, of
this process and of the database server together, so that other work on the machine changes nothing.
"""

import logging
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import django

ROUNDS = 40
LIMIT = 3.0
PAGE = 12
DEEP = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One list: how the site reads it, and the statement with its parameters that reads the same by hand."""

    name: str
    read: Callable[[], Any]
    statement: str
    parameters: dict[str, Any]


CARDS = """
SELECT g.id, g.public_id, g.slug, g.title, g.currency, g.from_price, g.rating_total, g.rating_count, g.cover_id,
    CASE WHEN g.may_have_milestones AND g.basic_price > 10000 AND g.stage_count BETWEEN 2 AND 5 AND g.least_part >= 500
        AND g.longest_stage_days <= 30 THEN g.stage_count ELSE 0 END, u.public_id, u.name, u.email, {count}
FROM gigs_gig g JOIN accounts_user u ON u.id = g.seller_id WHERE g.is_listed {where} ORDER BY {order} LIMIT 13
"""
COUNT = "(SELECT count(*) FROM (SELECT FROM gigs_gig g WHERE g.is_listed {where} LIMIT 1001) found)"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    with _own_database():
        from benchmarks.filling import GIGS, fill

        started = time.perf_counter()
        fill()
        print(f"{GIGS:,} gigs after {time.perf_counter() - started:.0f} s. Medians of {ROUNDS} turns:")
        failures = [line for case in _cases() if (line := _judge(case))]
        failures += _changing_queries()
    for failure in failures:
        print(f"FAILED: {failure}")
    print("Failed." if failures else f"Every list is within {LIMIT:.0f} times its bare statement.")
    return 1 if failures else 0


WITHIN = (
    "AND g.search_vector @@ to_tsquery('english', %(query)s) AND g.from_price <= %(most)s"
    " AND g.subcategory_id IN (SELECT id FROM gigs_subcategory WHERE category_id = %(category)s)"
)
RANK = "10 * ts_rank(g.search_vector, to_tsquery('english', %(query)s))::float8 + g.standing DESC, g.id DESC"
ABROAD = "AND g.country = 'PT' AND g.languages @> ARRAY['en']::varchar[]"


@contextmanager
def _own_database() -> Any:
    """Also without log lines and without hashed names of static files, which nobody has collected here."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    logging.disable()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _cases() -> list[Case]:
    from gigs.selectors.browsing import Filters, browse_page
    from marketplace.kernel import clock
    from milestones.services.policies import policies_in_force

    policies = policies_in_force(now=clock.now())

    def page(filters: Filters, cursor: str = "") -> Callable[[], Any]:
        return lambda: browse_page(filters, policies=policies, cursor=cursor, size=PAGE)

    return [*_walks(page), *_searches(page)]


def _walks(page: Callable[..., Callable[[], Any]]) -> list[Case]:
    """The whole catalogue, at its beginning and far behind."""
    from gigs.selectors.browsing import Filters

    deep = ""
    for _ in range(DEEP - 1):
        deep = page(Filters(), deep)().page.following
    edge = page(Filters(), deep)().page.rows[0]
    return [
        Case(name="page 1", read=page(Filters()), statement=_statement(count="NULL"), parameters={}),
        Case(
            name=f"page {DEEP:,}",
            read=page(Filters(), deep),
            statement=_statement(where="AND (g.standing, g.id) <= (%(standing)s, %(id)s)", count="NULL"),
            parameters={"standing": edge.standing, "id": edge.pk},
        ),
    ]


def _searches(page: Callable[..., Callable[[], Any]]) -> list[Case]:
    from django.conf import settings

    from gigs.enums import Sorting
    from gigs.models import Category
    from gigs.selectors.browsing import Filters

    design = Category.objects.get(slug="design")
    asked: dict[str, Any] = {"category": design, "most_price": 60_000, "currency": settings.CURRENCY}
    found: dict[str, Any] = {
        "statement": _statement(where=WITHIN, order=RANK),
        "parameters": {
            "query": "('elegant' | 'elegant':*) & ('logo' | 'logo':*)",
            "most": 60_000,
            "category": design.pk,
        },
    }
    typo, exact = Filters(words="elegnat loog", **asked), Filters(words="elegant logo", **asked)
    abroad = Filters(country="PT", language="en", sorting=Sorting.NEWEST)
    return [
        Case(name="search with typing errors, category and price", read=page(typo), **found),
        Case(name="search, category and price", read=page(exact), **found),
        Case(
            name="newest of a country and a language",
            read=page(abroad),
            statement=_statement(where=ABROAD, order="g.published_at DESC, g.id DESC"),
            parameters={},
        ),
    ]


def _statement(*, where: str = "", order: str = "g.standing DESC, g.id DESC", count: str = "") -> str:
    return CARDS.format(where=where, order=order, count=count or COUNT.format(where=where))


def _judge(case: Case) -> str:
    """What is wrong with it, or nothing; prints its line."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def bare() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(case.statement, case.parameters)
            return cursor.fetchall()

    with CaptureQueriesContext(connection) as captured:
        shown = [gig.pk for gig in case.read().page.rows]
    by_hand = [row[0] for row in bare()][:PAGE]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(_seconds(bare))
        ours.append(_seconds(case.read))
    ratio = median(ours) / median(theirs)
    times = f"{median(ours) * 1000:7.1f} ms {median(theirs) * 1000:7.1f} ms"
    print(f"  {ratio:5.2f} ×  {times}  {len(captured)} queries  {case.name}")
    if shown != by_hand:
        return f"{case.name}: the statement by hand gives another page"
    return f"{case.name}: {ratio:.2f} times its statement" if ratio > LIMIT else ""


def _changing_queries() -> list[str]:
    """Whole pages, asked through the site: as many queries for one gig as for twelve, on the first page and deep."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, found = Client(), []

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        return len(captured)

    for name, few, many in [
        ("list", "/gigs/?most=5.00", "/gigs/?most=900000.00"),
        ("search", "/gigs/?q=logo&most=5.00", "/gigs/?q=logo"),
        ("mistyped search", "/gigs/?q=lgoo&most=5.00", "/gigs/?q=lgoo"),
    ]:
        one, twelve = queries(few), queries(many)
        milliseconds = median(_seconds(partial(client.get, many)) for _ in range(10)) * 1000
        print(f"  whole page {milliseconds:7.1f} ms  {twelve} queries  {name}")
        if one != twelve:
            found.append(f"{name}: {one} queries for few gigs, {twelve} for many")
    return found


def _seconds(read: Callable[[], Any]) -> float:
    """Processor time of this process and of its database server's; where that one can't be seen, time on the clock."""
    start = _spent()
    read()
    return _spent() - start


def _spent() -> float:
    from django.db import connection

    connection.ensure_connection()
    server = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    if not server.exists():
        return time.perf_counter()
    return time.process_time() + int(server.read_text().split()[0]) / 1e9
