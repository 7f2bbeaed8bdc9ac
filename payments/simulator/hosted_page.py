"""The hosted page: what is paid, for what, and a button per scenario. It works without scripts and has none."""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from marketplace.kernel.money import Money
from payments.simulator.cards import SCENARIOS, Scenario
from payments.simulator.core import Simulator
from payments.simulator.errors import ApiError
from payments.simulator.resources.checkout_sessions import KIND
from payments.simulator.wire import Json

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


class HostedPage:
    """`merchant` is the name that the buyer reads."""

    def __init__(self, *, simulator: Simulator, merchant: str) -> None:
        self._simulator, self._merchant = simulator, merchant

    def show(self, session_id: str) -> Page:
        self._simulator.let_time_act()
        with self._simulator.lock:
            session = self._simulator.store.get(KIND, session_id)
            if session is None:
                return self._message(404, "There is no such page", "The address may have been cut short.", {})
            if session["status"] != "open":
                return self._message(410, *_CLOSED[session["status"]], session)
            page = self._simulator.store.get("page", session_id)
            intent = self._simulator.store.get("payment_intent", session["payment_intent"] or "") or {}
        return self._page(200, f"Pay {_money(session)}", self._checkout(session, page, intent), session)

    def press(self, session_id: str, scenario_name: str) -> Page:
        """Press a button; on to the shop when the payment goes through, back to the page when it is refused."""
        if scenario_name not in SCENARIOS:
            return self._message(400, "There is no such card", "Go back and press one of the buttons.", {})
        try:
            intent = self._simulator.pay(session_id, scenario_name)
        except ApiError:
            return self.show(session_id)
        if intent["status"] == "requires_payment_method":
            return Page(status=303, headers={"Location": f"/c/{session_id}"})
        session = self._simulator.store.get(KIND, session_id)
        return Page(status=303, headers={"Location": back_to_shop(session)})

    def _checkout(self, session: Json, page: Json, intent: Json) -> str:
        total = _money(session)
        lines = "".join(
            f"<div><dt>{escape(line['name'])}</dt><dd>{Money(line['amount'], line['currency'].upper())}</dd></div>"
            for line in page["lines"]
        )
        fits = [scenario for scenario in SCENARIOS.values() if scenario.on_page is None]
        fails = [scenario for scenario in SCENARIOS.values() if scenario.on_page is not None]
        return _fill(
            "checkout",
            merchant=escape(self._merchant),
            amount=total,
            currency=session["currency"].upper(),
            lines=lines,
            failure=_failure(intent),
            goes_through="".join(_button(scenario, total) for scenario in fits),
            refused="".join(_button(scenario, total) for scenario in fails),
            consent=self._consent(page),
            cancel=_link(session["cancel_url"], f"Cancel and go back to {self._merchant}"),
        )

    def _consent(self, page: Json) -> str:
        if page["intent"].get("setup_future_usage") != "off_session":
            return ""
        return (
            f'<p class="sm soft">By paying, you let {escape(self._merchant)} keep this card and charge it for later '
            "milestones, each only when you have accepted the one before. You can stop at any milestone.</p>"
        )

    def _message(self, status: int, heading: str, words: str, session: Json) -> Page:
        shop = back_to_shop(session) if session.get("status") == "complete" else session.get("cancel_url")
        way = _link(shop, f"Back to {self._merchant}")
        return self._page(status, heading, _fill("message", heading=heading, words=words, way=way), session)

    def _page(self, status: int, title: str, content: str, session: Json) -> Page:
        return Page(
            status=status,
            content=_fill("frame", title=title, content=content).encode(),
            headers={"Content-Security-Policy": _policy(session), "Cache-Control": "no-store"},
        )


_CLOSED = {
    "complete": ("This payment is done", "You can close this page, or go back to the shop."),
    "expired": ("This page has expired", "Nothing was charged. Go back to the shop to open a new one."),
}


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


def back_to_shop(session: Json) -> str:
    """The success address with the session's id in the place that Stripe puts it."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _policy(session: Json) -> str:
    """Everything from here; forms may be redirected to the shop (browsers hold redirects to `form-action`)."""
    shops = {urlsplit(session[name]) for name in ("success_url", "cancel_url") if session.get(name)}
    targets = " ".join(["'self'", *sorted({f"{shop.scheme}://{shop.netloc}" for shop in shops})])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {targets}"
    )


def _button(scenario: Scenario, total: str) -> str:
    first = scenario.name == "works"
    return _fill(
        "scenario",
        name=scenario.name,
        label=f"Pay {total} with a card that works" if first else scenario.label,
        hint=scenario.hint,
        card=f"{scenario.brand.title()} •••• {scenario.last4}",
        look="btn-l" if first else "btn-2",
    )


def _failure(intent: Json) -> str:
    error = intent.get("last_payment_error")
    if not error:
        return ""
    words = f"<b>{escape(error['message'])}</b> Nothing was charged. Choose another card."
    return f'<div class="note" data-tone="stop" role="alert"><div class="grow">{words}</div></div>'


def _link(url: str | None, words: str) -> str:
    return f'<p><a href="{escape(url)}">{escape(words)}</a></p>' if url else ""


def _money(session: Json) -> str:
    return str(Money(session["amount_total"], session["currency"].upper()))


def _fill(template: str, /, **values: str) -> str:
    return Template((PAGES / f"{template}.html").read_text()).substitute(values)
