"""The contract check itself: it must notice what it is there to notice."""

from typing import Any

import pytest

from payments.simulator.wire import Request, Response
from tests.contract.validator import coerced, contract, problems_of, request_problems, response_problems

PAGE = {
    "mode": "payment",
    "success_url": "https://milepost.example",
    "payment_intent_data": {"setup_future_usage": "off_session", "description": "Rough cut"},
    "line_items": [
        {"quantity": "1", "price_data": {"currency": "usd", "unit_amount": "100", "product_data": {"name": "A"}}}
    ],
}


def post(path: str, params: dict[str, Any]) -> Request:
    return Request(method="POST", path=path, params=params)


def test_the_description_is_the_one_that_the_notice_names() -> None:
    assert contract()["info"]["version"] == "2026-08-26.dahlia"


def test_our_way_of_opening_a_page_is_stripes() -> None:
    assert request_problems(post("/v1/checkout/sessions", PAGE)) == []


@pytest.mark.parametrize(
    ("path", "params", "name"),
    [
        ("/v1/payment_intents", {"amount": "100", "currency": "usd", "amout": "1"}, "amout"),
        (
            "/v1/checkout/sessions",
            PAGE | {"payment_intent_data": {"setup_future_usag": "off_session"}},
            "setup_future_usag",
        ),
        (
            "/v1/checkout/sessions",
            PAGE | {"line_items": [{"price_data": {"currency": "usd", "unitamount": "1"}}]},
            "unitamount",
        ),
        ("/v1/checkout/sessions", PAGE | {"mode": "payments"}, "payments"),
        ("/v1/payment_intents", {"amount": "ten", "currency": "usd"}, "ten"),
        ("/v1/payment_intents", {"currency": "usd"}, "amount"),
        ("/v1/refunds", {"payment_intent": "pi_1", "reason": "because"}, "because"),
    ],
)
def test_a_wrong_or_misspelt_parameter_is_noticed(path: str, params: dict[str, Any], name: str) -> None:
    (problem,) = request_problems(post(path, params))
    assert name in problem


def test_a_misspelt_filter_of_a_list_is_noticed() -> None:
    request = Request(method="GET", path="/v1/payment_intents", params={"custumer": "cus_1", "created": {"gte": "1"}})
    (problem,) = request_problems(request)
    assert "custumer" in problem


def test_metadata_may_have_any_name() -> None:
    params = {"amount": "100", "currency": "usd", "metadata": {"charge_ref": "c", "attempt": "1"}}
    assert request_problems(post("/v1/payment_intents", params)) == []


@pytest.mark.parametrize("broken", [{"amount": "10"}, {"status": "paid"}, {"metadata": {"attempt": 1}}])
def test_an_answer_of_the_wrong_shape_is_noticed(broken: dict[str, Any]) -> None:
    sound = {
        "id": "pi_1",
        "object": "payment_intent",
        "created": 1,
        "livemode": False,
        "status": "succeeded",
        "customer": None,
    }
    request = Request(method="GET", path="/v1/payment_intents/pi_1", params={})
    assert response_problems(request, Response(status=200, body=sound)) == []
    assert len(response_problems(request, Response(status=200, body=sound | broken))) == 1


def test_an_error_has_the_shape_of_an_error() -> None:
    request = post("/v1/refunds", {"nonsense": "1"})
    assert problems_of(request, Response(status=400, body={"error": {"type": "invalid_request_error"}})) == []
    assert len(problems_of(request, Response(status=400, body={"error": {"type": "oops"}}))) == 1


def test_an_address_outside_the_contract_is_noticed() -> None:
    with pytest.raises(AssertionError, match="not in the contract"):
        request_problems(post("/v1/sources", {}))


def test_forms_become_numbers_and_booleans_only_where_the_schema_wants_them() -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "b": {"type": "boolean"}, "s": {"type": "string"}},
    }
    assert coerced({"n": "-5", "b": "true", "s": "5"}, schema) == {"n": -5, "b": True, "s": "5"}
    assert coerced({"n": "5.0", "b": "yes"}, schema) == {"n": "5.0", "b": "yes"}
