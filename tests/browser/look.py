"""What every page must look like, whoever it is for: held at a phone's and a desk's width, light and dark."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import ConsoleMessage, Page

SHOTS = Path("test-shots")  # not test-results, which pytest-playwright empties whenever any session starts
# What axe is asked: everything once, and once more what colours and room decide.
BY_LOOK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "meta-viewport"]


class Sight(NamedTuple):
    """One way to see a page, and by which rules axe judges it there; all of them if none is named."""

    width: int
    height: int
    theme: Literal["light", "dark"]
    rules: Sequence[str] = ()


# Each width and each theme once, as each takes a second; SHOTS=all adds the two that are left, for who wants to look.
SIGHTS = [Sight(390, 844, "dark", BY_LOOK), Sight(1280, 900, "light")]
if os.environ.get("SHOTS") == "all":
    SIGHTS = [Sight(390, 844, "light", BY_LOOK), Sight(1280, 900, "dark", BY_LOOK), *SIGHTS]
NARROWEST_INPUT = 60
SMALLEST = (360, 740)

_NARROW = f"""() => [...document.querySelectorAll("input, select, textarea")]
  .filter(e => !["hidden", "checkbox", "radio", "submit"].includes(e.type))
  .filter(e => !e.classList.contains("vh") && e.checkVisibility())
  .filter(e => e.getBoundingClientRect().width < {NARROWEST_INPUT})
  .map(e => `${{e.name || e.id}} is ${{Math.round(e.getBoundingClientRect().width)}}px wide`)"""
_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""

_complaints: WeakKeyDictionary[Page, list[str]] = WeakKeyDictionary()


def watch(page: Page) -> Page:
    """Write down what the console and the scripts of `page` complain about, from now on."""
    heard = _complaints.setdefault(page, [])

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            heard.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    return page


def complaints_of(page: Page) -> list[str]:
    return _complaints[page]


@contextmanager
def complaints_expected(page: Page) -> Iterator[None]:
    """Around a step whose refusal the browser reports in the console (a 404, a 409)."""
    before = list(_complaints[page])
    yield
    _complaints[page][:] = before


def check_page(page: Page, name: str) -> None:
    """Screenshot as test-shots/<name>-<width>-<theme>.jpeg, then look for what nobody should have to put up with.

    That is: sideways scroll, squeezed inputs, violations that axe finds, complaints in the console since `watch`.
    """
    SHOTS.mkdir(exist_ok=True)
    found: list[str] = []
    for width, height, theme, rules in SIGHTS:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0); document.fonts.ready.then(() => 0)")
        # Hiding the caret would put a style on every input; what htmx swaps just then would carry it on.
        shot = SHOTS / f"{name}-{width}-{theme}.jpeg"  # a PNG takes half as long again
        page.screenshot(path=shot, type="jpeg", quality=85, full_page=True, caret="initial")
        found += [f"at {width} px {problem}" for problem in _layout_problems(page)]
        found += [f"at {width} px, {theme}: {violation}" for violation in axe_violations(page, rules=rules)]
    page.set_viewport_size({"width": SMALLEST[0], "height": SMALLEST[1]})
    found += [f"at {SMALLEST[0]} px {problem}" for problem in _layout_problems(page)]
    page.set_viewport_size({"width": width, "height": height})
    found += _complaints.get(page, [])
    assert not found, f"{name} ({page.url}):\n" + "\n".join(found)


def axe_violations(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds by all of its rules, or by these."""
    # Preloading would fetch @imports relative to the page; of what passes, one node is enough.
    options: dict[str, object] = {"preload": False, "resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    results = Axe().run(page, options=options)
    return [
        f"{violation['id']}: {node['html'][:160]} ({node.get('failureSummary', '')})"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def _layout_problems(page: Page) -> list[str]:
    wide: list[str] = page.evaluate(_WIDE)
    narrow: list[str] = page.evaluate(_NARROW)
    return [f"sticks out: {html}" for html in wide] + narrow
