"""Stripe's pages for sellers: the onboarding, and their own dashboard. No place for papers: buttons say how it ends.

A link that we asked for opens once, within minutes; what it opens is a visit with an address of its own.
"""

from html import escape

from marketplace.kernel.money import Money
from payments.simulator import look, onboarding
from payments.simulator.core import Simulator
from payments.simulator.desk import Desk, new_id
from payments.simulator.errors import missing
from payments.simulator.look import SELLER, Page
from payments.simulator.onboarding import DECISIONS
from payments.simulator.wire import Json

VISIT_SECONDS = 3600
MOST_TRANSFERS = 10
_STATES = {
    "active": "Earnings can be sent",
    "pending": "Earnings wait for a document",
    "inactive": "No earnings can be sent",
}


class SellerPages:
    """`merchant` is the name of the site that asks for the seller."""

    def __init__(self, *, simulator: Simulator, merchant: str) -> None:
        self._simulator, self._merchant = simulator, merchant

    def show(self, token: str) -> Page:
        """What is behind `token`, a link or a visit."""
        if token.startswith("link_"):
            return self._open(token)
        with self._simulator.lock:
            visit, account = self._visit(token)
            sent = [each for each in self._simulator.store.each("transfer") if each["destination"] == account["id"]]
        if not visit:
            return _gone()
        if visit["kind"] == "onboarding":
            return self._onboarding(visit, account)
        return self._dashboard(account, sent)

    def press(self, token: str, decision: str) -> Page:
        """Press a button; from the onboarding back to the site."""
        if decision not in DECISIONS:
            return look.message(
                SELLER, status=400, heading="There is no such button", words="Go back and press one of the buttons."
            )
        with self._simulator.lock:
            visit, account = self._visit(token)
        if not visit:
            return _gone()
        self._simulator.act(f"/sellers/{token}", lambda desk: onboarding.decide(desk, account["id"], decision))
        return look.moved(visit["return_url"] if visit["kind"] == "onboarding" else f"/sellers/{token}")

    def _open(self, token: str) -> Page:
        def open_link(desk: Desk) -> Json:
            link = desk.store.get("visit", token)
            if link is None:
                raise missing("link", token)
            fresh = not link["opened"] and link["expires_at"] > desk.now
            desk.store.put("visit", token, link | {"opened": True})
            visit = new_id("visit")
            if fresh:
                desk.store.put("visit", visit, link | {"expires_at": desk.now + VISIT_SECONDS})
            return {"to": f"/sellers/{visit}" if fresh else link.get("refresh_url")}

        with self._simulator.lock:
            if self._simulator.store.get("visit", token) is None:
                return _gone()
            to = self._simulator.act(f"/sellers/{token}", open_link)["to"]
        return look.moved(to) if to else _gone()

    def _visit(self, token: str) -> tuple[Json, Json]:
        """The visit and its account; both empty when there is none, or none any more."""
        visit = self._simulator.store.get("visit", token) or {}
        now = int(self._simulator.clock().timestamp())
        if not token.startswith("visit_") or visit.get("expires_at", 0) <= now:
            return {}, {"id": ""}
        return visit, self._simulator.store.get("account", visit["account"])

    def _onboarding(self, visit: Json, account: Json) -> Page:
        content = look.fill(
            "seller",
            merchant=escape(self._merchant),
            about=f"{escape(self._merchant)} pays by Stripe",
            heading="Get paid for your work",
            facts=look.row("E-mail", account["email"] or "–") + look.row("Country", account["country"]),
            way=look.link(visit["return_url"], f"Finish later: back to {self._merchant}"),
            question="How should Stripe’s check end?",
            hint="Stripe would ask for a name, an address and a bank account here. This page asks for nothing.",
            choices=_choices(""),
        )
        leads_to = [visit["return_url"]]
        return look.framed(SELLER, status=200, title="Get paid for your work", content=content, leads_to=leads_to)

    def _dashboard(self, account: Json, transfers: list[Json]) -> Page:
        state = account["capabilities"]["transfers"]
        facts = look.row("E-mail", account["email"] or "–")
        facts += look.row("Payouts to the bank", "On" if account["payouts_enabled"] else "Off")
        for transfer in reversed(transfers[-MOST_TRANSFERS:]):
            left = Money(transfer["amount"] - transfer["amount_reversed"], transfer["currency"].upper())
            facts += look.row(f"Transfer {transfer['id'][-6:]}", str(left))
        content = look.fill(
            "seller",
            merchant=escape(self._merchant),
            about="Your account at Stripe",
            heading=_STATES[state],
            facts=facts,
            way="",
            question="What should Stripe decide now?",
            hint="It tells the site, which then sends earnings or keeps them back.",
            choices=_choices(state),
        )
        return look.framed(SELLER, status=200, title="Your account at Stripe", content=content)


def _choices(state: str) -> str:
    """A button per decision that would change something."""
    wanted = [decision for decision in DECISIONS.values() if decision.capability != state]
    return "".join(
        look.choice(
            "decision", decision.name, label=decision.label, hint=decision.hint, first=decision.name == "in_order"
        )
        for decision in wanted
    )


def _gone() -> Page:
    words = "Such an address works once, and only for a short while. Go back to the site and ask for a new one."
    return look.message(SELLER, status=410, heading="This address is used up", words=words)
