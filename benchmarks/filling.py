"""A catalogue of 200,000 gigs by 20,000 sellers, made by a few statements in some seconds.

One gig is made through the services; the others are copies of its rows, with other values where it matters to a list.
The triggers rest meanwhile, so the statements say themselves what they would have stored.
"""

from typing import Any

from django.db import connection
from django.db.models import Model

GIGS, SELLERS = 200_000, 20_000
VERBS = "build draw film write compose animate design edit translate plan mix record repair launch model illustrate"
KINDS = "small modern fast friendly bold quiet playful elegant simple detailed seasonal local global handmade technical"
THINGS = (
    "desktop application logo website song podcast brochure novel campaign report video trailer character portrait "
    "catalogue newsletter bookkeeping presentation interface game poster packaging jingle manual curriculum storefront"
)
TEXT = (
    "for people who care about every detail of the work and want to see the plan before they pay with drafts sources "
    "revisions schedule research delivery colours sound light review support testing release notes and honest answers"
)
COUNTRIES = "US GB DE FR IN PK BR PT ES IT NL SE PL UA NG KE JP KR CA AU"
LANGUAGES = "en de fr es pt hi ur pl uk ja ko sv nl it"

PEOPLE = "SELECT n FROM generate_series(1, %(sellers)s) n"
USER = {"public_id": "'usr_bench' || n", "email": "'bench' || n || '@example.com'", "name": "'Seller ' || n"}
PROFILES = "SELECT id AS person, row_number() OVER (ORDER BY id) AS n FROM accounts_user WHERE email LIKE 'bench%%'"
PROFILE = {
    "user_id": "person",
    "country": "(%(countries)s::text[])[1 + n %% cardinality(%(countries)s::text[])]",
    "languages": "ARRAY['en', (%(languages)s::text[])[1 + n * 7 %% cardinality(%(languages)s::text[])]]",
}
WORKS = """
SELECT n, (%(people)s::bigint[])[1 + n * 13 %% %(sellers)s] AS seller,
    (%(places)s::bigint[])[1 + n / 7 %% cardinality(%(places)s::bigint[])] AS place,
    'I will ' || (%(verbs)s::text[])[1 + n %% cardinality(%(verbs)s::text[])] || ' your '
        || (%(kinds)s::text[])[1 + n / 16 %% cardinality(%(kinds)s::text[])] || ' '
        || (%(things)s::text[])[1 + n * 17 %% cardinality(%(things)s::text[])]
        || CASE WHEN n %% 9 = 0
            THEN ' and ' || (%(things)s::text[])[1 + n * 5 %% cardinality(%(things)s::text[])] ELSE '' END AS name,
    (%(things)s::text[])[1 + n * 17 %% cardinality(%(things)s::text[])] AS thing,
    'I work ' || array_to_string((%(text)s::text[])[1 + n %% 9 : 20 + n %% 14], ' ') || '.' AS body,
    now() - n * interval '97 seconds' AS made, 500 + (n * 7919 %% 400) * 250 AS price, 1 + n * 31 %% 40 AS days,
    CASE WHEN n %% 4 = 0 THEN 2 + n %% 3 ELSE 0 END AS stages, 3 + n %% 3 AS given, n * 3 %% 23 AS reviews
FROM generate_series(1, %(gigs)s) n
"""
GIG = {
    "public_id": "'gig_bench' || n",
    "seller_id": "seller",
    "subcategory_id": "place",
    "title": "name",
    "description": "body",
    "tags": "ARRAY[thing]",
    "published_at": "made",
    "rating_total": "given * reviews",
    "rating_count": "reviews",
    "stars": "(given * reviews + 20.0) / (reviews + 5)",
    "standing": "(given * reviews + 20.0) / (reviews + 5) + extract(epoch FROM made) / (182.5 * 86400)",
    "is_listed": "true",
    "country": "(SELECT country FROM accounts_sellerprofile WHERE user_id = seller)",
    "languages": "(SELECT languages FROM accounts_sellerprofile WHERE user_id = seller)",
    "may_have_milestones": "place %% 2 = 0",
    "cover_id": "'img_bench' || n",
    "from_price": "price",
    "basic_price": "price",
    "quickest_days": "days",
    "stage_count": "stages",
    "least_part": "CASE WHEN stages > 0 THEN 2000 ELSE 9223372036854775807 END",
    "quickest_plan_days": "CASE WHEN stages > 0 THEN stages * 5 END",
    "search_vector": "setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', thing), 'B')"
    " || setweight(to_tsvector('english', body), 'C')",
}
WORDS = """
INSERT INTO gigs_searchword (word)
SELECT DISTINCT word FROM unnest(%(verbs)s::text[] || %(kinds)s::text[] || %(things)s::text[]) word
UNION SELECT 'word' || translate(n::text, '0123456789', 'bcdfghklmn') FROM generate_series(1, 20000) n
ON CONFLICT DO NOTHING
"""


def fill() -> None:
    """Beside the words that occur, 20,000 more that typing errors could be taken for."""
    parts = {"verbs": VERBS, "kinds": KINDS, "things": THINGS, "text": TEXT, "countries": COUNTRIES}
    words: dict[str, Any] = {name: value.split() for name, value in parts.items()}
    words |= {"languages": LANGUAGES.split(), "gigs": GIGS, "sellers": SELLERS}
    gig = _first_gig()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_copies(gig.seller, USER, PEOPLE), words)
        cursor.execute(_copies(gig.seller.seller, PROFILE, PROFILES), words)
        words["people"] = _ids(cursor, "accounts_user WHERE email LIKE 'bench%%'")
        words["places"] = _ids(cursor, "gigs_subcategory")
        cursor.execute(_copies(gig, GIG, WORKS), words)
        cursor.execute(WORDS, words)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def _first_gig() -> Any:
    """A draft by somebody else than the 20,000: its own row is in no list."""
    from accounts.models import User
    from accounts.services import become_seller
    from gigs.models import Subcategory
    from gigs.services.editing import create_gig
    from marketplace.kernel import clock

    first = User.objects.create_user("first@example.com", name="First")
    become_seller(user=first, headline="I make things", country="FR", now=clock.now())
    subcategory = Subcategory.objects.order_by("pk")[0]
    return create_gig(seller=first, title="The first", subcategory=subcategory, tags=[])


def _copies(row: Model, values: dict[str, str], rows: str) -> str:
    """A statement that copies `row` for each of `rows` (SQL), with `values` (SQL by column) in place of its own."""
    columns = [str(field.column) for field in row._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join(values.get(column, f'first."{column}"') for column in columns)
    table, named = row._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    return f"INSERT INTO {table} ({named}) SELECT {chosen} FROM {table} first, ({rows}) made WHERE first.id = {row.pk}"  # noqa: S608


def _ids(cursor: Any, table: str) -> list[int]:
    cursor.execute(f"SELECT array_agg(id ORDER BY id) FROM {table}", {})  # noqa: S608
    ids: list[int] = cursor.fetchone()[0]
    return ids
