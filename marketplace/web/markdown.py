"""What people write, as safe HTML: CommonMark without HTML, then a second wall that knows only quiet tags."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_parser = MarkdownIt("js-default", {"html": False, "linkify": False, "breaks": True}).disable(
    ["image", "heading", "lheading"]
)
_TAGS = {"p", "br", "strong", "em", "del", "s", "ul", "ol", "li", "a", "blockquote", "code", "pre", "hr"}


def render(text: str) -> SafeString:
    """HTML with links to http(s) and mailto only, each `rel="nofollow noopener noreferrer"`."""
    html = nh3.clean(
        _parser.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(html)  # noqa: S308  (cleaned above)
