"""What somebody who searches means: words as language, beginnings of words, and typing errors put right (R-GIG-9)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import connection

MOST_WORDS = 8
LEAST_LETTERS = 3  # of a word that may be a beginning, or mistyped
NEAREST = """
    SELECT typed, word FROM (
        SELECT typed, word, 2 AS likeness FROM unnest(%(typed)s::text[], %(swapped)s::text[]) AS t (typed, word)
            JOIN gigs_searchword USING (word)
        UNION ALL
        SELECT typed, near.word, near.likeness FROM unnest(%(unknown)s::text[]) AS typed CROSS JOIN LATERAL (
            SELECT word, similarity(word, typed) AS likeness FROM gigs_searchword
            WHERE word %% typed ORDER BY likeness DESC, word LIMIT 3
        ) near
        UNION ALL
        SELECT typed, typed, 3 FROM unnest(%(unknown)s::text[]) AS typed
            WHERE EXISTS (SELECT FROM gigs_searchword WHERE word LIKE typed || '%%')
    ) found ORDER BY likeness DESC, word
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What to look for; no query: everything. `meant` is said when it is not what was typed."""

    query: SearchQuery | None
    meant: str = ""


def read_words(words: str) -> Understood:
    """`words` as a query: every word must occur, or one that begins so."""
    return Understood(query=_query([word] for word in _split(words)) if words else None)


def correct_words(words: str) -> Understood | None:
    """`words` with the known ones that typing errors may stand for; None if there is nothing to put right."""
    typed = _split(words)
    nearest = _nearest([word for word in typed if len(word) >= LEAST_LETTERS])
    meant = [near[0] for near in nearest.values()]
    if not nearest or meant == typed:
        return None
    return Understood(query=_query(nearest.values()), meant=" ".join(meant))


def _split(words: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\w+", words.lower())))[:MOST_WORDS]


def _query(words: Iterable[list[str]]) -> SearchQuery:
    """Each list is one word as it may be meant. A word as such counts for more than one that only begins so."""
    groups = (" | ".join(_forms(form) for form in forms) for forms in words)
    return SearchQuery(" & ".join(f"({group})" for group in groups), config="english", search_type="raw")


def _forms(word: str) -> str:
    return f"'{word}' | '{word}':*" if len(word) >= LEAST_LETTERS else f"'{word}'"


def _nearest(typed: list[str]) -> dict[str, list[str]]:
    """Each of `typed` with the known words that it may stand for; what resembles nothing is left out."""
    swaps = [(word, swapped) for word in typed for swapped in _swapped(word)]
    with connection.cursor() as cursor:
        cursor.execute(
            NEAREST,
            {"typed": [word for word, _ in swaps], "swapped": [swapped for _, swapped in swaps], "unknown": typed},
        )
        found = cursor.fetchall()
    near = {word: list(dict.fromkeys(known for origin, known in found if origin == word)) for word in typed}
    return {word: ([word] if word in known else known) for word, known in near.items() if known}


def _swapped(word: str) -> list[str]:
    """`word` with each two neighbours exchanged: the commonest slip, which trigrams hardly see in a short word."""
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
