"""Stripe's dashboard and what banks decide, as one page: `/dashboard`."""

from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import parse_qs

from marketplace.kernel.money import Money
from payments.simulator import look
from payments.simulator.actions import ACTIONS
from payments.simulator.core import Simulator
from payments.simulator.desk import Desk
from payments.simulator.disputing import UNDECIDED, refundable
from payments.simulator.errors import ApiError
from payments.simulator.look import DASHBOARD, Page
from payments.simulator.resources.records import available
from payments.simulator.wire import Json

MOST_ROWS = 20


def front_page() -> Page:
    """Who looks at the bare address is told what this is."""
    return look.message(
        DASHBOARD,
        status=200,
        heading="A Stripe of our own",
        words="The demo and the tests pay here. Nothing of it is real.",
        way=look.link("/dashboard", "Stripe’s side: refunds, disputes, payouts"),
    )


class Dashboard:
    def __init__(self, *, simulator: Simulator, merchant: str) -> None:
        self._simulator, self._merchant = simulator, merchant

    def show(self, said: str = "") -> Page:
        """`said` is why the last button did nothing."""
        self._simulator.let_time_act()
        with self._simulator.lock:
            parts = [
                _section("balance", "Balance", self._balances()),
                _section("payments", "Payments", map(self._payment, self._newest("charge", "paid"))),
                _section("disputes", "Disputes", map(_dispute, self._newest("dispute", "id"))),
                _section("refunds", "Refunds", map(_refund, self._newest("refund", "id"))),
                _section("sellers", "Sellers", map(_seller, self._newest("account", "id"))),
            ]
        content = look.fill(
            "dashboard",
            merchant=escape(self._merchant),
            said=look.note(escape(said), tone="stop") if said else "",
            sections="".join(parts),
        )
        return look.framed(DASHBOARD, status=400 if said else 200, title="Stripe’s side", content=content)

    def press(self, body: str) -> Page:
        """`body` is a form with one field, do: "action name=value name=value"."""
        try:
            action, *words = parse_qs(body).get("do", [""])[0].split()
            asked: Json = dict(word.split("=", 1) for word in words)
            if "won" in asked:
                asked["won"] = asked["won"] == "yes"
            self._simulator.act(f"/dashboard/{action}", lambda desk: ACTIONS[action](desk, asked))
        except ApiError as error:
            return self.show(str(error))
        except (KeyError, ValueError):
            return self.show("There is no such button.")
        return look.moved("/dashboard")

    def _newest(self, kind: str, wanted: str) -> list[Json]:
        found = [thing for thing in self._simulator.store.each(kind) if thing[wanted]]
        return found[: -MOST_ROWS - 1 : -1]

    def _payment(self, charge: Json) -> str:
        left = charge["amount_captured"] - charge["amount_refunded"]
        about = f"{charge['description'] or ''} {charge['id']}"
        if charge["amount_refunded"]:
            about += f", {_money(charge['amount_refunded'], charge['currency'])} refunded"
        buttons: list[str] = []
        if left and refundable(self._simulator.desk_for("/dashboard"), charge):
            buttons += _refunds(charge, left)
        if not charge["disputed"]:
            buttons.append(_button(f"dispute charge={charge['id']} kind=chargeback", "The buyer disputes it"))
            buttons.append(_button(f"dispute charge={charge['id']} kind=inquiry", "The bank asks about it"))
        return _item(_money(charge["amount"], charge["currency"]), about, buttons)

    def _balances(self) -> Iterable[str]:
        lines = list(self._simulator.store.each("balance_transaction"))

        def row(desk: Desk, currency: str) -> str:
            there = available(desk, currency)
            coming = sum(line["net"] for line in lines if line["currency"] == currency) - there
            pay_out = _button(f"pay_out currency={currency}", f"Pay {_money(there, currency)} out to the bank")
            about = f"available; {_money(coming, currency)} on the way"
            return _item(_money(there, currency), about, [pay_out] if there > 0 else [])

        desk = self._simulator.desk_for("/dashboard")
        return [row(desk, currency) for currency in sorted({line["currency"] for line in lines})]


def _refunds(charge: Json, left: int) -> Iterator[str]:
    """Buttons for all that is left, and for half of it."""
    for amount in [left, left // 2] if left > 1 else [left]:
        does = f"refund charge={charge['id']} amount={amount}"
        yield _button(does, f"Refund {_money(amount, charge['currency'])}")


def _dispute(dispute: Json) -> str:
    buttons = []
    if dispute["status"].startswith("warning_") and dispute["status"] in UNDECIDED:
        buttons = [
            _button(f"close_dispute dispute={dispute['id']} won=yes", "Close it"),
            _button(f"escalate_dispute dispute={dispute['id']}", "Make it a chargeback"),
        ]
    elif dispute["status"] in UNDECIDED:
        buttons = [
            _button(f"close_dispute dispute={dispute['id']} won=yes", "The seller’s side wins"),
            _button(f"close_dispute dispute={dispute['id']} won=no", "The buyer wins"),
        ]
    about = f"{dispute['status'].replace('_', ' ')}, {dispute['id']}"
    return _item(_money(dispute["amount"], dispute["currency"]), about, buttons)


def _refund(refund: Json) -> str:
    failing = _button(f"fail_refund refund={refund['id']}", "The bank sends it back")
    buttons = [failing] if refund["status"] in ("pending", "succeeded") else []
    return _item(_money(refund["amount"], refund["currency"]), f"{refund['status']}, {refund['id']}", buttons)


def _seller(account: Json) -> str:
    state = account["capabilities"].get("transfers", "")
    buttons = [
        _button(f"onboard account={account['id']} decision=in_order", "Everything is in order"),
        _button(f"onboard account={account['id']} decision=document", "Want a document"),
    ]
    return _item(account["email"] or account["id"], f"transfers {state}, {account['id']}", buttons)


def _section(name: str, heading: str, rows: Iterable[str]) -> str:
    there = "".join(rows) or '<p class="soft">Nothing yet.</p>'
    return look.fill("section", id=name, heading=heading, rows=there)


def _item(name: str, about: str, buttons: Iterable[str]) -> str:
    return look.fill("item", name=escape(name), about=escape(about), choices="".join(buttons))


def _button(does: str, label: str) -> str:
    return f'<button class="btn btn-2 btn-s" name="do" value="{escape(does)}">{escape(label)}</button>'


def _money(amount: int, currency: str) -> str:
    return str(Money(amount, currency.upper()))
