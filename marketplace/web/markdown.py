"""What people write, as safe HTML: CommonMark without HTML, then a second wall that knows only quiet tags.

This is the one way by which words of people become markup. Addresses become links, and a link whose words are not its
address says where it leads: `[the brief](https://example.com/x)` reads "the brief (example.com)". One to a page of
ours does not.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LONGEST = 50_000  # characters; whatever is longer is cut, for nothing that we keep is
_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_AFTER = ".,:;!?'*_~)]}’"  # what ends a sentence rather than an address
_MARKS = re.compile(r"\*\*|`+|^\s{0,3}>\s?", re.MULTILINE)
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\\n])+)\]\([^()\s]+\)")
_SPECIAL = re.compile(r"([\\`*_\[\]<>~])")
_ESCAPED = re.compile(rf"\\{_SPECIAL.pattern}")
_TAGS = {"p", "br", "strong", "em", "del", "s", "ul", "ol", "li", "a", "blockquote", "code", "pre", "hr"}
_REL = "nofollow ugc noopener"


def render(text: str) -> SafeString:
    """HTML with links to http(s) and mailto only, none of which search engines or the other page may use."""
    html = nh3.clean(
        _parser.render(text[:LONGEST]),
        tags=_TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"http", "https", "mailto"},
        link_rel=_REL,
    )
    return mark_safe(html)  # noqa: S308  (cleaned above)


def plain(text: str) -> str:
    """The words in one line, without the usual marks, for lists and excerpts. It is text: escape it."""
    words = _ESCAPED.sub(r"\1", _LINK.sub(r"\1", _MARKS.sub("", text)))
    return " ".join(words.split())


def link(words: str, address: str) -> str:
    """A link as it is written in a text; `words` keep every character that would be a mark."""
    kept = _SPECIAL.sub(r"\\\1", words)
    return f"[{kept}]({address})"


def _link_addresses(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_with_hosts(_with_links(token.children)))


def _with_links(tokens: list[Token]) -> Iterator[Token]:
    """Make links of addresses that stand in the text, outside of links and code."""
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not inside:
            yield from _split(token.content)
        else:
            yield token


def _split(text: str) -> Iterator[Token]:
    end = 0
    for found in _ADDRESS.finditer(text):
        typed = found[0].rstrip(_AFTER)
        address = _parser.normalizeLink(typed)
        if _leads_outside(address):
            yield _text(text[end : found.start()])
            yield Token("link_open", "a", 1, attrs={"href": address})
            yield _text(typed)
            yield Token("link_close", "a", -1)
            end = found.start() + len(typed)
    yield _text(text[end:])


def _with_hosts(tokens: Iterator[Token]) -> Iterator[Token]:
    """Say after a link where it leads, unless its words are its address or it stays with us."""
    address, words = "", ""
    for token in tokens:
        yield token
        if token.type == "link_open":
            address, words = str(token.attrs.get("href", "")), ""
        elif token.type == "link_close" and (words != address or "@" in words) and not _stays(address):
            yield _text(f" ({_host(address)})")
        else:
            words += token.content


def _leads_outside(address: str) -> bool:
    """Whole addresses alone: a path of ours that somebody else wrote is no link of ours."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "mailto" or (parts.scheme in {"http", "https"} and bool(_HOST.fullmatch(host)))


def _stays(address: str) -> bool:
    return address.startswith(f"{settings.SITE_URL}/")


def _host(address: str) -> str:
    parts = urlsplit(address)
    return parts.hostname or parts.path[:80]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


_parser = MarkdownIt("js-default", {"html": False, "linkify": False, "breaks": True, "maxNesting": 20}).disable(
    ["image", "heading", "lheading", "table"]
)
_parser.validateLink = _leads_outside  # type: ignore[assignment]
_parser.core.ruler.push("addresses", _link_addresses)
