"""Stripe's side of the demo: what its buttons and the control's calls do."""

from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from payments.simulator.actions import ACTIONS
from payments.simulator.dashboard import Dashboard
from payments.simulator.errors import ApiError
from payments.simulator.wire import Json
from tests.payments.simulator.asking import Asker
from tests.payments.simulator.serving import SESSION, serve


@pytest.fixture
def desk(asker: Asker) -> Dashboard:
    return Dashboard(simulator=asker.simulator, merchant="Milepost & Sons")


def press(desk: Dashboard, does: str) -> int:
    return desk.press(urlencode({"do": does})).status


def offered(desk: Dashboard) -> list[str]:
    text = unescape(desk.show().content.decode())
    return [part.split('"', 1)[0] for part in text.split('name="do" value="')[1:]]


def act(asker: Asker, action: str, **asked: Any) -> Json:
    return asker.simulator.act(f"/{action}", lambda desk: ACTIONS[action](desk, asked))


def only(asker: Asker, kind: str) -> Json:
    (thing,) = asker.simulator.store.each(kind)
    return dict(thing)


def test_an_empty_dashboard_says_so_and_offers_nothing(desk: Dashboard) -> None:
    page = desk.show()
    assert page.status == 200
    assert page.content.decode().count("Nothing yet.") == 5
    assert "Simulated dashboard: no real money" in page.content.decode()
    assert offered(desk) == []


def test_a_payment_can_be_refunded_whole_or_half_disputed_and_asked_about(asker: Asker, desk: Dashboard) -> None:
    charge = asker.paid()["latest_charge"]
    assert offered(desk) == [
        f"refund charge={charge} amount=10500",
        f"refund charge={charge} amount=5250",
        f"dispute charge={charge} kind=chargeback",
        f"dispute charge={charge} kind=inquiry",
    ]


def test_a_refund_and_its_return(asker: Asker, desk: Dashboard) -> None:
    charge = asker.paid()["latest_charge"]
    assert press(desk, f"refund charge={charge} amount=5250") == 303
    refund = only(asker, "refund")
    assert (refund["amount"], refund["status"], refund["metadata"]) == (5_250, "succeeded", {})
    assert "$52.50 refunded" in desk.show().content.decode()
    assert press(desk, f"fail_refund refund={refund['id']}") == 303
    assert only(asker, "refund")["status"] == "failed"
    assert f"fail_refund refund={refund['id']}" not in offered(desk)


@pytest.mark.parametrize(("won", "status"), [("yes", "won"), ("no", "lost")])
def test_a_chargeback_is_decided_by_a_button(asker: Asker, desk: Dashboard, won: str, status: str) -> None:
    charge = asker.paid()["latest_charge"]
    assert press(desk, f"dispute charge={charge} kind=chargeback") == 303
    dispute = only(asker, "dispute")["id"]
    assert offered(desk) == [f"close_dispute dispute={dispute} won=yes", f"close_dispute dispute={dispute} won=no"]
    assert press(desk, f"close_dispute dispute={dispute} won={won}") == 303
    assert only(asker, "dispute")["status"] == status


def test_an_inquiry_is_closed_or_grows(asker: Asker, desk: Dashboard) -> None:
    press(desk, f"dispute charge={asker.paid()['latest_charge']} kind=inquiry")
    dispute = only(asker, "dispute")["id"]
    assert offered(desk)[2:] == [f"close_dispute dispute={dispute} won=yes", f"escalate_dispute dispute={dispute}"]
    press(desk, f"escalate_dispute dispute={dispute}")
    assert only(asker, "dispute")["status"] == "needs_response"


def test_what_is_available_can_be_paid_out(asker: Asker, desk: Dashboard) -> None:
    asker.paid()
    assert "pay_out currency=usd" not in offered(desk)
    asker.clock.advance(days=2)
    assert "Pay $101.65 out to the bank" in desk.show().content.decode()
    assert press(desk, "pay_out currency=usd") == 303
    assert only(asker, "payout")["amount"] == 10_165
    assert "pay_out currency=usd" not in offered(desk)


def test_a_sellers_account_can_be_decided_about(asker: Asker, desk: Dashboard) -> None:
    account = asker.seller()
    assert press(desk, f"onboard account={account} decision=in_order") == 303
    assert only(asker, "account")["capabilities"] == {"transfers": "active"}


def test_what_stripe_refuses_is_said_and_changes_nothing(asker: Asker, desk: Dashboard) -> None:
    charge = asker.paid()["latest_charge"]
    page = desk.press(urlencode({"do": f"refund charge={charge} amount=10501"}))
    assert (page.status, "greater than unrefunded" in page.content.decode()) == (400, True)
    assert list(asker.simulator.store.each("refund")) == []


@pytest.mark.parametrize("does", ["", "burn charge=ch_1", "refund", "refund charge", "onboard account=a decision=x"])
def test_a_button_that_does_not_exist_is_said_plainly(desk: Dashboard, does: str) -> None:
    assert press(desk, does) == 400


def test_names_from_outside_are_escaped(asker: Asker, desk: Dashboard) -> None:
    asker.post("/v1/accounts", {"email": "<script>", "controller": {}})
    assert "<script>" not in desk.show().content.decode()


# --- Disputes and payouts that can't be -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("action", "asked"),
    [
        ("dispute", {"amount": 10_501}),
        ("dispute", {"amount": 0}),
        ("refund", {"amount": 10_501}),
        ("pay_out", {"currency": "usd", "amount": 1}),
        ("pay_out", {"currency": "usd"}),
        ("close_dispute", {"dispute": "du_none", "won": True}),
    ],
)
def test_more_than_there_is_cannot_be_moved(asker: Asker, action: str, asked: Json) -> None:
    asked = {"charge": asker.paid()["id"]} | asked
    before = list(asker.simulator.store.each("balance_transaction"))
    with pytest.raises(ApiError):
        act(asker, action, **asked)
    assert list(asker.simulator.store.each("balance_transaction")) == before


def test_a_payment_is_disputed_once_and_a_decision_is_final(asker: Asker) -> None:
    charge = asker.paid()["latest_charge"]
    dispute = act(asker, "dispute", charge=charge)["id"]
    act(asker, "close_dispute", dispute=dispute, won=True)
    with pytest.raises(ApiError, match="disputed already"):
        act(asker, "dispute", charge=charge)
    for action in ("close_dispute", "escalate_dispute"):
        with pytest.raises(ApiError, match="is won"):
            act(asker, action, dispute=dispute, won=False)


# --- The card that is disputed later ----------------------------------------------------------------------------------
def test_the_payment_on_the_page_is_disputed_a_minute_later_and_later_ones_are_not(asker: Asker) -> None:
    intent = asker.intent("disputed_later")
    assert asker.confirm(intent).status == 200
    asker.clock.advance(seconds=59)
    asker.simulator.let_time_act()
    assert list(asker.simulator.store.each("dispute")) == []
    asker.clock.advance(seconds=1)
    asker.simulator.let_time_act()
    dispute = only(asker, "dispute")
    assert (dispute["amount"], dispute["status"]) == (10_500, "needs_response")
    assert dispute["payment_intent"] != intent["id"]
    assert asker.get(f"/v1/charges/{dispute['charge']}").body["disputed"]


# --- Over HTTP --------------------------------------------------------------------------------------------------------
def test_the_pages_are_served_and_the_control_knows_the_same_actions() -> None:
    with serve() as served:
        session = served.post("/v1/checkout/sessions", SESSION).json()
        intent = served.control("pay", session=session["id"], scenario="works").json()
        assert 'href="/dashboard"' in served.get("/").text
        assert served.get("/dashboard").status_code == 200
        assert served.control("refund", charge=intent["id"], amount=500).json()["amount"] == 500
        dispute = served.control("dispute", charge=intent["id"], amount=2_000, kind="inquiry").json()
        assert served.control("escalate_dispute", dispute=dispute["id"]).json()["status"] == "needs_response"
        assert served.control("close_dispute", dispute=dispute["id"], won=False).json()["status"] == "lost"
        assert served.control("dispute", charge=intent["id"], kind="riot").status_code == 400
        assert served.control("refund", charge="ch_none").status_code == 404
        assert served.control("refund").status_code == 400
        pressed = served.post("/dashboard", {"do": f"refund charge={intent['latest_charge']}"})
        assert pressed.status_code == 400  # charged back
        assert served.get("/sellers/link_none").status_code == 410
        assert served.post("/sellers/visit_none", {"decision": "in_order"}).status_code == 410
