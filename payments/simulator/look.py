"""How the simulator's pages look: Milepost's own style, no script, a policy that lets nothing else in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

PAGES = Path(__file__).parent / "pages"
STATIC = Path(__file__).resolve().parent.parent.parent / "static"
_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_FOLDERS = {"static": STATIC, "pages": PAGES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the browser gets."""

    status: int
    content: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Which of Stripe's pages it stands in for."""

    name: str
    stands_for: str


PAYMENT = Kind(
    name="Simulated payment page: no real money.",
    stands_for="It stands in for Stripe’s hosted page in the demo. Never type a card number here; there is no place "
    "for one.",
)
SELLER = Kind(
    name="Simulated page for sellers: no real papers.",
    stands_for="It stands in for Stripe’s own pages in the demo, where a seller shows who they are. There is no place "
    "for anything personal.",
)
DASHBOARD = Kind(
    name="Simulated dashboard: no real money.",
    stands_for="It stands in for Stripe’s dashboard in the demo, and for what banks decide.",
)


def framed(kind: Kind, *, status: int, title: str, content: str, leads_to: Iterable[str | None] = ()) -> Page:
    """A whole page. Its forms may lead to `leads_to` (browsers hold redirects to `form-action`) besides home."""
    whole = fill("frame", title=title, content=content, kind=kind.name, stands_for=kind.stands_for)
    headers = {"Content-Security-Policy": _policy(leads_to), "Cache-Control": "no-store"}
    return Page(status=status, content=whole.encode(), headers=headers)


def message(
    kind: Kind, *, status: int, heading: str, words: str, way: str = "", leads_to: Iterable[str | None] = ()
) -> Page:
    """A page that only says something; `way` is where to go from there."""
    content = fill("message", heading=heading, words=words, way=way)
    return framed(kind, status=status, title=heading, content=content, leads_to=leads_to)


def moved(to: str) -> Page:
    return Page(status=303, headers={"Location": to})


def fill(template: str, /, **values: str) -> str:
    return Template((PAGES / f"{template}.html").read_text()).substitute(values)


def link(url: str | None, words: str) -> str:
    return f'<p><a href="{escape(url)}">{escape(words)}</a></p>' if url else ""


def row(name: str, value: str) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"


def choice(name: str, value: str, *, label: str, hint: str, first: bool = False) -> str:
    """A button with a line under it; all HTML."""
    return fill("choice", field=name, value=value, label=label, hint=hint, look="btn-l" if first else "btn-2")


def note(words: str, *, tone: str) -> str:
    """`words` is HTML."""
    return f'<div class="note" data-tone="{tone}" role="alert"><div class="grow">{words}</div></div>'


def asset(path: str) -> Page | None:
    """A file of the look ("/static/css/site.css", "/pages/hosted.css"), or None."""
    folder, _, name = path.removeprefix("/").partition("/")
    if folder not in _FOLDERS:
        return None
    file = (_FOLDERS[folder] / name).resolve()
    kind = _TYPES.get(file.suffix)
    if kind is None or not file.is_relative_to(_FOLDERS[folder]) or not file.is_file():
        return None
    return Page(status=200, content=file.read_bytes(), content_type=kind, headers={"Cache-Control": "no-cache"})


def _policy(leads_to: Iterable[str | None]) -> str:
    shops = {urlsplit(url) for url in leads_to if url}
    targets = " ".join(["'self'", *sorted({f"{shop.scheme}://{shop.netloc}" for shop in shops})])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {targets}"
    )
