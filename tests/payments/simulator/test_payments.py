"""Pages, payment intents and refunds at the simulator: states, events, refusals, in Stripe's shapes."""

import pytest

from payments.simulator.cards import SCENARIOS
from payments.simulator.errors import ApiError
from payments.simulator.wire import Json, Request
from tests.payments.simulator.asking import Asker


# --- Off-session ------------------------------------------------------------------------------------------------------
def test_a_refused_confirmation_is_a_402_that_carries_the_intent(asker: Asker) -> None:
    intent = asker.intent("works_then_declines")
    answer = asker.confirm(intent)
    error = answer.body["error"]
    assert (answer.status, error["type"], error["code"], error["decline_code"]) == (
        402, "card_error", "card_declined", "insufficient_funds",
    )  # fmt: skip
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert error["payment_intent"]["last_payment_error"]["payment_method"]["card"]["last4"] == "0341"
    assert error["charge"] == error["payment_intent"]["latest_charge"]
    assert asker.get(f"/v1/charges/{error['charge']}").body["status"] == "failed"
    assert asker.event_types()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_off_session_a_bank_that_wants_the_buyer_is_a_402_and_no_required_action(asker: Asker) -> None:
    answer = asker.confirm(asker.intent("works_then_authenticates"))
    error = answer.body["error"]
    assert (answer.status, error["code"], error["decline_code"]) == (
        402,
        "authentication_required",
        "authentication_required",
    )
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert error["payment_intent"]["next_action"] is None


def test_on_session_it_is_an_action_of_the_buyer(asker: Asker) -> None:
    answer = asker.confirm(asker.intent("works_then_authenticates"), off_session="false")
    assert (answer.status, answer.body["status"]) == (200, "requires_action")


def test_created_and_confirmed_in_one_call(asker: Asker) -> None:
    before = asker.paid()
    params = {"amount": "8400", "currency": "usd", "confirm": "true", "off_session": "true"}
    card = {"customer": before["customer"], "payment_method": before["payment_method"]}
    assert asker.post("/v1/payment_intents", params | card).body["status"] == "succeeded"


@pytest.mark.parametrize("doing", ["confirm", "cancel"])
def test_what_is_paid_can_be_neither_confirmed_nor_cancelled(asker: Asker, doing: str) -> None:
    intent = asker.intent()
    asker.confirm(intent)
    answer = asker.post(f"/v1/payment_intents/{intent['id']}/{doing}")
    assert (answer.status, answer.body["error"]["code"]) == (400, "payment_intent_unexpected_state")
    assert answer.body["error"]["payment_intent"]["status"] == "succeeded"


def test_what_is_cancelled_stays_cancelled(asker: Asker) -> None:
    intent = asker.intent()
    cancelled = asker.post(f"/v1/payment_intents/{intent['id']}/cancel", {"cancellation_reason": "abandoned"}).body
    assert (cancelled["status"], cancelled["cancellation_reason"]) == ("canceled", "abandoned")
    assert asker.confirm(intent).body["error"]["code"] == "payment_intent_unexpected_state"


def test_a_payment_without_a_method_cannot_be_confirmed(asker: Asker) -> None:
    intent = asker.post("/v1/payment_intents", {"amount": "8400", "currency": "usd"}).body
    assert intent["status"] == "requires_payment_method"
    assert asker.confirm(intent).body["error"]["code"] == "payment_intent_unexpected_state"


def test_a_detached_card_cannot_be_charged(asker: Asker) -> None:
    intent = asker.intent()
    detached = asker.post(f"/v1/payment_methods/{intent['payment_method']}/detach")
    assert detached.body["customer"] is None
    assert asker.confirm(intent).status == 400
    assert asker.post(f"/v1/payment_methods/{intent['payment_method']}/detach").status == 400
    assert asker.event_types()[-1] == "payment_method.detached"


def test_a_card_of_another_customer_cannot_be_charged(asker: Asker) -> None:
    card = asker.paid()["payment_method"]
    params = {"amount": "8400", "currency": "usd", "customer": asker.customer(), "payment_method": card}
    assert asker.post("/v1/payment_intents", params).body["error"]["param"] == "payment_method"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"currency": "usd"}, "amount"),
        ({"amount": "8400"}, "currency"),
        ({"amount": "8400", "currency": "xyz"}, "currency"),
        ({"amount": "many", "currency": "usd"}, "amount"),
        ({"amount": "49", "currency": "usd"}, "amount"),
        ({"amount": "8400", "currency": "usd", "customer": "cus_none"}, "customer"),
        ({"amount": "8400", "currency": "usd", "payment_method": "pm_none"}, "payment_method"),
        ({"amount": "8400", "currency": "usd", "payment_method_types": ["card"]}, "payment_method_types"),
    ],
)
def test_a_malformed_payment_is_refused_by_its_parameter(asker: Asker, params: Json, param: str) -> None:
    answer = asker.post("/v1/payment_intents", params)
    assert (answer.status in (400, 404), answer.body["error"]["param"]) == (True, param)


# --- The hosted page --------------------------------------------------------------------------------------------------
def test_a_paid_page_tells_its_story_in_events(asker: Asker) -> None:
    asker.paid("authentication_passes")
    assert asker.event_types() == [
        "customer.created",
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_a_page_is_paid_once(asker: Asker) -> None:
    session = asker.page()
    asker.simulator.pay(session["id"], "works")
    with pytest.raises(ApiError, match="closed"):
        asker.simulator.pay(session["id"], "works")
    assert len(list(asker.simulator.store.each("charge"))) == 1


def test_a_card_is_kept_only_when_that_was_agreed(asker: Asker) -> None:
    session = asker.page(payment_intent_data={"capture_method": "automatic"})
    paid = asker.simulator.pay(session["id"], "works")
    assert asker.get(f"/v1/payment_methods/{paid['payment_method']}").body["customer"] is None


def test_a_page_expires_by_itself_and_says_so(asker: Asker) -> None:
    session = asker.page(expires_at=str(int(asker.clock().timestamp()) + 1800))
    asker.simulator.pay(session["id"], "declines")
    asker.clock.advance(seconds=1799)
    assert asker.get(f"/v1/checkout/sessions/{session['id']}").body["status"] == "open"
    asker.clock.advance(seconds=1)
    expired = asker.get(f"/v1/checkout/sessions/{session['id']}").body
    assert (expired["status"], expired["url"]) == ("expired", None)
    assert asker.get(f"/v1/payment_intents/{expired['payment_intent']}").body["status"] == "canceled"
    assert asker.event_types()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]
    with pytest.raises(ApiError, match="closed"):
        asker.simulator.pay(session["id"], "works")


def test_a_paid_page_does_not_expire(asker: Asker) -> None:
    session = asker.page()
    asker.simulator.pay(session["id"], "works")
    asker.clock.advance(days=2)
    assert asker.get(f"/v1/checkout/sessions/{session['id']}").body["status"] == "complete"
    assert "checkout.session.expired" not in asker.event_types()


@pytest.mark.parametrize("doing", ["confirm", "cancel"])
def test_the_payment_of_a_page_belongs_to_the_page(asker: Asker, doing: str) -> None:
    session = asker.page()
    intent = asker.simulator.pay(session["id"], "declines")
    assert asker.post(f"/v1/payment_intents/{intent['id']}/{doing}").status == 400


@pytest.mark.parametrize(("kind", "paid", "event"), [
    ("late_success", "paid", "checkout.session.async_payment_succeeded"),
    ("late_failure", "unpaid", "checkout.session.async_payment_failed"),
])  # fmt: skip
def test_a_page_may_be_complete_before_the_money_is_there(asker: Asker, kind: str, paid: str, event: str) -> None:
    session = asker.page()
    asker.simulator.faults.add(kind, on="/c/", seconds=60)
    assert asker.simulator.pay(session["id"], "works")["status"] == "processing"
    read = asker.get(f"/v1/checkout/sessions/{session['id']}").body
    assert (read["status"], read["payment_status"]) == ("complete", "unpaid")
    asker.clock.advance(seconds=60)
    assert asker.get(f"/v1/checkout/sessions/{session['id']}").body["payment_status"] == paid
    assert asker.event_types()[-1] == event


def test_every_card_says_what_it_does() -> None:
    assert len({scenario.last4 for scenario in SCENARIOS.values()}) == len(SCENARIOS)
    assert all(scenario.label and scenario.hint for scenario in SCENARIOS.values())


# --- Refunds and the balance ------------------------------------------------------------------------------------------
def test_refunds_in_parts_never_exceed_the_charge(asker: Asker) -> None:
    paid = asker.paid()
    parts = [
        asker.post("/v1/refunds", {"payment_intent": paid["id"], "amount": amount})
        for amount in ("4000", "6501", "6500")
    ]
    assert [part.status for part in parts] == [200, 400, 200]
    charge = asker.get(f"/v1/charges/{paid['latest_charge']}").body
    assert (charge["amount_refunded"], charge["refunded"]) == (10_500, True)
    rest = asker.post("/v1/refunds", {"charge": charge["id"]})
    assert rest.body["error"]["code"] == "charge_already_refunded"


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_refund_of_nothing_is_refused(asker: Asker, amount: str) -> None:
    assert asker.post("/v1/refunds", {"payment_intent": asker.paid()["id"], "amount": amount}).status == 400


def test_what_is_not_paid_cannot_be_refunded(asker: Asker) -> None:
    assert asker.post("/v1/refunds", {"payment_intent": asker.intent()["id"]}).status == 400
    assert asker.post("/v1/refunds", {}).status == 400


def test_a_late_refund_is_pending_until_it_succeeds(asker: Asker) -> None:
    paid = asker.paid()
    asker.simulator.faults.add("late_success", on="/v1/refunds", seconds=60)
    refund = asker.post("/v1/refunds", {"payment_intent": paid["id"]}).body
    assert (refund["status"], refund["balance_transaction"]) == ("pending", None)
    asker.clock.advance(seconds=60)
    assert asker.get(f"/v1/refunds/{refund['id']}").body["status"] == "succeeded"
    assert asker.event_types()[-1] == "refund.updated"


def test_the_balance_is_the_sum_of_its_transactions(asker: Asker) -> None:
    paid = asker.paid()  # 105.00, fee 3.35
    asker.post("/v1/refunds", {"payment_intent": paid["id"], "amount": "500"})
    assert asker.get("/v1/balance").body["pending"][0]["amount"] == 10_500 - 335 - 500
    asker.clock.advance(days=2)
    balance = asker.get("/v1/balance").body
    assert (balance["available"][0]["amount"], balance["pending"]) == (9_665, [])
    listed = asker.get("/v1/balance_transactions").body["data"]
    assert [(each["type"], each["net"], each["fee"], each["status"]) for each in listed] == [
        ("refund", -500, 0, "available"),
        ("charge", 10_165, 335, "available"),
    ]
    assert [each["type"] for each in asker.get("/v1/balance_transactions", {"type": "refund"}).body["data"]] == [
        "refund"
    ]


def test_with_stripes_default_capture_the_fee_is_known_later(asker: Asker) -> None:
    paid = asker.simulator.pay(asker.page(payment_intent_data={})["id"], "works")
    charge = f"/v1/charges/{paid['latest_charge']}"
    assert asker.get(charge).body["balance_transaction"] is None
    asker.clock.advance(seconds=1)
    assert asker.get(charge).body["balance_transaction"].startswith("txn_")
    assert asker.event_types()[-1] == "charge.updated"


# --- Lists, expansion, the door ---------------------------------------------------------------------------------------
def test_lists_are_newest_first_and_paged_by_a_cursor(asker: Asker) -> None:
    for number in range(5):
        asker.post("/v1/payment_intents", {"amount": str(100 + number), "currency": "usd"})
        asker.clock.advance(seconds=1)
    first = asker.get("/v1/payment_intents", {"limit": "2"}).body
    second = asker.get("/v1/payment_intents", {"limit": "3", "starting_after": first["data"][-1]["id"]}).body
    assert [each["amount"] for each in first["data"]] == [104, 103]
    assert [each["amount"] for each in second["data"]] == [102, 101, 100]
    assert (first["has_more"], second["has_more"]) == (True, False)
    back = asker.get("/v1/payment_intents", {"ending_before": second["data"][0]["id"]}).body
    assert [each["amount"] for each in back["data"]] == [104, 103]


@pytest.mark.parametrize(
    ("bounds", "found"), [({"gte": 1}, 2), ({"gt": 1}, 1), ({"lt": 1}, 1), ({"lte": 1}, 2), ({"gte": 1, "lt": 2}, 1)]
)
def test_lists_are_bounded_by_their_time(asker: Asker, bounds: dict[str, int], found: int) -> None:
    start = int(asker.clock().timestamp())
    for _ in range(3):
        asker.post("/v1/payment_intents", {"amount": "100", "currency": "usd"})
        asker.clock.advance(seconds=1)
    created = {name: str(start + offset) for name, offset in bounds.items()}
    assert len(asker.get("/v1/payment_intents", {"created": created}).body["data"]) == found
    assert len(asker.get("/v1/payment_intents", {"created": str(start)}).body["data"]) == 1


@pytest.mark.parametrize("params", [{"limit": "0"}, {"limit": "101"}, {"starting_after": "pi_none"}])
def test_a_list_refuses_what_it_cannot_do(asker: Asker, params: Json) -> None:
    assert asker.get("/v1/payment_intents", params).status in (400, 404)


def test_events_can_be_told_by_type(asker: Asker) -> None:
    asker.paid()
    only = asker.get("/v1/events", {"type": "payment_intent.succeeded"}).body["data"]
    both = asker.get("/v1/events", {"types": ["charge.succeeded", "customer.created"]}).body["data"]
    assert [each["type"] for each in only] == ["payment_intent.succeeded"]
    assert [each["type"] for each in both] == ["charge.succeeded", "customer.created"]
    assert asker.get(f"/v1/events/{only[0]['id']}").body == only[0]
    assert len(asker.get("/v1/events", {"delivery_success": "false"}).body["data"]) == 6
    assert asker.get("/v1/events", {"delivery_success": "true"}).body["data"] == []


def test_references_are_expanded_along_paths_and_the_stored_object_stays(asker: Asker) -> None:
    paid = asker.paid()
    paths = ["data.latest_charge.balance_transaction", "data.customer"]
    (listed,) = asker.get("/v1/payment_intents", {"expand": paths}).body["data"]
    assert listed["latest_charge"]["balance_transaction"]["fee"] == 335
    assert listed["customer"]["email"] == "b@example.com"
    assert asker.get(f"/v1/payment_intents/{paid['id']}").body["latest_charge"] == paid["latest_charge"]


@pytest.mark.parametrize("path", ["nonsense", "status", "amount", "a.b.c.d.e"])
def test_what_is_no_reference_cannot_be_expanded(asker: Asker, path: str) -> None:
    paid = asker.paid()
    assert asker.get(f"/v1/payment_intents/{paid['id']}", {"expand": [path]}).body["error"]["param"] == "expand"


@pytest.mark.parametrize("authorization", ["", "Bearer sk_live_1", "Bearer pk_test_1", "Basic c2tfdGVzdF8x"])
def test_only_test_keys_are_let_in(asker: Asker, authorization: str) -> None:
    headers = {"authorization": authorization}
    answer = asker.simulator.handle(Request(method="GET", path="/v1/balance", params={}, headers=headers))
    assert answer.status == 401


def test_an_unknown_address_is_404(asker: Asker) -> None:
    assert asker.post("/v1/topups").status == 404


def test_a_customer_can_be_read_and_changed(asker: Asker) -> None:
    customer = asker.customer()
    asker.post(f"/v1/customers/{customer}", {"email": "new@example.com", "metadata": {"a": "1"}})
    read = asker.get(f"/v1/customers/{customer}").body
    assert (read["email"], read["metadata"]) == ("new@example.com", {"a": "1"})
