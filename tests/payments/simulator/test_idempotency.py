"""Keys, as the documentation of Stripe's v1 describes them."""

from payments.simulator.wire import Response
from tests.payments.simulator.asking import Asker

EMAIL = {"email": "b@example.com"}


def test_the_same_request_under_a_key_has_one_effect_and_one_answer(asker: Asker) -> None:
    first, second = (asker.post("/v1/customers", EMAIL, key="k") for _ in range(2))
    assert first.body == second.body
    assert ("Idempotent-Replayed" in first.headers, second.headers["Idempotent-Replayed"]) == (False, "true")
    assert len(list(asker.simulator.store.each("customer"))) == 1


def test_without_a_key_each_request_has_its_effect(asker: Asker) -> None:
    assert asker.post("/v1/customers", EMAIL).body["id"] != asker.post("/v1/customers", EMAIL).body["id"]


def test_other_parameters_under_a_key_are_refused(asker: Asker) -> None:
    asker.post("/v1/customers", EMAIL, key="k")
    for refused in (
        asker.post("/v1/customers", {"email": "c@example.com"}, key="k"),
        asker.post("/v1/refunds", EMAIL, key="k"),
    ):
        assert (refused.status, refused.body["error"]["type"]) == (400, "idempotency_error")


def test_a_key_in_use_gives_409_and_leaves_the_first_alone(asker: Asker) -> None:
    meanwhile: list[Response] = []

    def nap(_: float) -> None:
        meanwhile.append(asker.post("/v1/customers", EMAIL, key="k"))

    asker.simulator.sleep = nap
    asker.simulator.faults.add("latency", seconds=5)
    first = asker.post("/v1/customers", EMAIL, key="k")
    assert (first.status, first.delay) == (200, 5)
    assert (meanwhile[0].status, meanwhile[0].body["error"]["code"]) == (409, "idempotency_key_in_use")
    assert asker.post("/v1/customers", EMAIL, key="k").body == first.body


def test_a_key_is_forgotten_after_24_hours_and_the_effect_happens_again(asker: Asker) -> None:
    first = asker.post("/v1/customers", EMAIL, key="k")
    asker.clock.advance(hours=24, seconds=-1)
    assert asker.post("/v1/customers", EMAIL, key="k").body == first.body
    asker.clock.advance(seconds=1)
    assert asker.post("/v1/customers", EMAIL, key="k").body["id"] != first.body["id"]


def test_a_refused_card_is_remembered_so_a_new_attempt_needs_a_new_key(asker: Asker) -> None:
    intent = asker.intent("works_then_declines")
    assert [asker.confirm(intent, key="k").status for _ in range(2)] == [402, 402]
    assert len(list(asker.simulator.store.each("charge"))) == 2  # the page's and one refused


def test_a_500_is_remembered_and_replayed(asker: Asker) -> None:
    asker.simulator.faults.add("error_before")
    assert [asker.post("/v1/customers", EMAIL, key="k").status for _ in range(3)] == [500, 500, 500]
    assert list(asker.simulator.store.each("customer")) == []


def test_a_500_after_the_effect_is_remembered_too(asker: Asker) -> None:
    asker.simulator.faults.add("error_after")
    assert [asker.post("/v1/customers", EMAIL, key="k").status for _ in range(2)] == [500, 500]
    assert len(list(asker.simulator.store.each("customer"))) == 1


def test_what_never_ran_leaves_the_key_free(asker: Asker) -> None:
    asker.simulator.faults.add("rate_limited")
    assert asker.post("/v1/customers", EMAIL, key="a").status == 429
    assert asker.post("/v1/customers", EMAIL, key="a").status == 200
    small = {"amount": "49", "currency": "usd"}
    assert asker.post("/v1/payment_intents", small, key="b").status == 400
    assert asker.post("/v1/payment_intents", small | {"amount": "50"}, key="b").status == 200


def test_a_conflict_with_the_state_ran_and_is_remembered(asker: Asker) -> None:
    intent = asker.intent()
    asker.confirm(intent)
    first, second = (asker.confirm(intent, key="k") for _ in range(2))
    assert (first.status, first.body["error"]["code"]) == (400, "payment_intent_unexpected_state")
    assert second.headers["Idempotent-Replayed"] == "true"


def test_reading_has_no_key(asker: Asker) -> None:
    asker.customer()
    assert "Idempotent-Replayed" not in asker.get("/v1/events").headers
