"""The hosted page: what is paid, for what, and a button per scenario. It works without scripts and has none."""

from html import escape

from marketplace.kernel.money import Money
from payments.simulator import look
from payments.simulator.cards import SCENARIOS, Scenario
from payments.simulator.core import Simulator
from payments.simulator.errors import ApiError
from payments.simulator.look import PAYMENT, Page, fill, link, moved
from payments.simulator.resources.checkout_sessions import KIND
from payments.simulator.wire import Json


class HostedPage:
    """`merchant` is the name that the buyer reads."""

    def __init__(self, *, simulator: Simulator, merchant: str) -> None:
        self._simulator, self.merchant = simulator, merchant

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
        content = self._checkout(session, page, intent)
        title = f"Pay {_money(session)}"
        return look.framed(PAYMENT, status=200, title=title, content=content, leads_to=_ways_back(session))

    def press(self, session_id: str, scenario_name: str) -> Page:
        """Press a button; on to the shop when the payment goes through, back to the page when it is refused."""
        if scenario_name not in SCENARIOS:
            return self._message(400, "There is no such card", "Go back and press one of the buttons.", {})
        try:
            intent = self._simulator.pay(session_id, scenario_name)
        except ApiError:
            return self.show(session_id)
        if intent["status"] == "requires_payment_method":
            return moved(f"/c/{session_id}")
        session = self._simulator.store.get(KIND, session_id)
        return moved(back_to_shop(session))

    def _checkout(self, session: Json, page: Json, intent: Json) -> str:
        total = _money(session)
        lines = "".join(
            f"<div><dt>{escape(line['name'])}</dt><dd>{Money(line['amount'], line['currency'].upper())}</dd></div>"
            for line in page["lines"]
        )
        fits = [scenario for scenario in SCENARIOS.values() if scenario.on_page is None]
        fails = [scenario for scenario in SCENARIOS.values() if scenario.on_page is not None]
        return fill(
            "checkout",
            merchant=escape(self.merchant),
            amount=total,
            currency=session["currency"].upper(),
            lines=lines,
            failure=_failure(intent),
            goes_through="".join(_button(scenario, total) for scenario in fits),
            refused="".join(_button(scenario, total) for scenario in fails),
            consent=self._consent(session, page),
            cancel=link(session["cancel_url"], f"Cancel and go back to {self.merchant}"),
        )

    def _consent(self, session: Json, page: Json) -> str:
        """The shop's own words; without them what Stripe says when a card is kept."""
        submit = session["custom_text"]["submit"]
        if submit:
            return f'<p class="sm soft">{escape(submit["message"])}</p>'
        if page["intent"].get("setup_future_usage") != "off_session":
            return ""
        return (
            f'<p class="sm soft">By paying, you allow {escape(self.merchant)} to charge you for future payments in '
            "accordance with their terms.</p>"
        )

    def _message(self, status: int, heading: str, words: str, session: Json) -> Page:
        shop = back_to_shop(session) if session.get("status") == "complete" else session.get("cancel_url")
        way = link(shop, f"Back to {self.merchant}")
        return look.message(PAYMENT, status=status, heading=heading, words=words, way=way, leads_to=_ways_back(session))


_CLOSED = {
    "complete": ("This payment is done", "You can close this page, or go back to the shop."),
    "expired": ("This page has expired", "Nothing was charged. Go back to the shop to open a new one."),
}


def back_to_shop(session: Json) -> str:
    """The success address with the session's id in the place that Stripe puts it."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _button(scenario: Scenario, total: str) -> str:
    first = scenario.name == "works"
    label = f"Pay {total} with a card that works" if first else scenario.label
    hint = f"{scenario.hint} {scenario.brand.title()} •••• {scenario.last4}"
    return look.choice("scenario", scenario.name, label=label, hint=hint, first=first)


def _failure(intent: Json) -> str:
    error = intent.get("last_payment_error")
    if not error:
        return ""
    return look.note(f"<b>{escape(error['message'])}</b> Nothing was charged. Choose another card.", tone="stop")


def _ways_back(session: Json) -> list[str | None]:
    return [session.get("success_url"), session.get("cancel_url")]


def _money(session: Json) -> str:
    return str(Money(session["amount_total"], session["currency"].upper()))
