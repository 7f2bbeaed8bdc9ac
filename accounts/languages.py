"""Languages by ISO 639-1 code, in English: those that Django names, and Chinese as one."""

from collections.abc import Iterable

from django.conf.locale import LANG_INFO

LANGUAGES: dict[str, str] = dict(
    sorted(
        {"zh": "Chinese", **{code: info["name"] for code, info in LANG_INFO.items() if len(code) == 2}}.items(),
        key=lambda item: item[1],
    )
)


def language_names(codes: Iterable[str]) -> list[str]:
    """The names of `codes`, in alphabetical order; a code that nobody knows is left out."""
    return sorted(LANGUAGES[code] for code in codes if code in LANGUAGES)
