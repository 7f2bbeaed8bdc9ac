"""When Stripe gives no answer, or a refusal: what is unknown, what is our bug, and what is never even sent."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import stripe as sdk
from django.db import transaction
from pytest_django.fixtures import Settings

from payments.gateway import (
    CustomerMissing,
    GatewayError,
    KeyMisuse,
    Misconfigured,
    ObjectMissing,
    OutcomeUnknown,
    RequestRejected,
    StateConflict,
)
from payments.stripe_gateway import StripeGateway, default_gateway, install_gateway
from payments.stripe_gateway.client import build_client
from payments.stripe_gateway.failures import translate, translated
from payments.stripe_gateway.guard import TransactionOpen
from tests.payments.at_stripe import NOW, create, saved_card
from tests.payments.simulator_fixtures import StripeDouble

# --- Not knowing ------------------------------------------------------------------------------------------------------
UNKNOWN = [
    pytest.param("lost_before", 3, False, id="reset before the effect"),
    pytest.param("lost_after", 3, True, id="reset after the effect"),
    pytest.param("truncated", 1, True, id="truncated reply, which the SDK does not retry"),
    pytest.param("html", 1, True, id="200 with a page of HTML"),
    pytest.param("error_before", 1, False, id="500, kept under the key"),
    pytest.param("error_after", 1, True, id="500 after the effect, kept under the key"),
    pytest.param("bad_gateway", 3, False, id="502 of a proxy"),
    pytest.param("rate_limited", 1, False, id="429, which the SDK does not retry"),
    pytest.param("in_use", 3, False, id="409"),
    pytest.param("latency", 3, True, id="read time-out"),
]


@pytest.mark.parametrize(("kind", "times", "happened"), UNKNOWN)
def test_what_is_no_answer_is_unknown_and_never_a_failure(
    stripe: StripeDouble, kind: str, times: int, happened: bool
) -> None:
    card = saved_card(stripe)
    payment = create(stripe, card)
    stripe.faults.add(kind, on="/confirm", times=times, seconds=31)
    with pytest.raises(OutcomeUnknown):
        stripe.gateway.confirm_payment(payment.id, method_id=card[1], idempotency_key="confirm:2:1")
    assert (stripe.gateway.get_payment(payment.id).status == "succeeded") is happened


@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "bad_gateway", "in_use"])
def test_a_doubt_that_passes_within_the_retries_is_none(stripe: StripeDouble, kind: str) -> None:
    card = saved_card(stripe)
    payment = create(stripe, card)
    stripe.faults.add(kind, on="/confirm", times=2)
    paid = stripe.gateway.confirm_payment(payment.id, method_id=card[1], idempotency_key="confirm:2:1")
    assert paid.status == "succeeded"
    assert len(stripe.objects("charge")) == 2


def test_an_attempt_that_was_executed_can_hide_behind_a_429(stripe: StripeDouble) -> None:
    card = saved_card(stripe)
    payment = create(stripe, card)
    stripe.faults.add("lost_after", on="/confirm")
    retried = iter([False, True])
    plain = stripe.faults.take

    def take(kinds: list[str], target: str) -> object:  # the limit strikes the second attempt
        if list(kinds) == ["rate_limited"] and target.endswith("/confirm") and next(retried):
            stripe.faults.add("rate_limited", on="/confirm")
        return plain(kinds, target)  # type: ignore[arg-type]

    stripe.faults.take = take  # type: ignore[method-assign,assignment]
    with pytest.raises(OutcomeUnknown):
        stripe.gateway.confirm_payment(payment.id, method_id=card[1], idempotency_key="confirm:2:1")
    stripe.faults.take = plain  # type: ignore[method-assign]
    assert stripe.gateway.get_payment(payment.id).status == "succeeded"


def test_a_stored_500_is_replayed_until_its_key_is_given_up(stripe: StripeDouble) -> None:
    card = saved_card(stripe)
    stripe.faults.add("error_before", on="POST /v1/payment_intents")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            create(stripe, card, key="poisoned")
    assert create(stripe, card, key="fresh").status == "requires_payment"


# --- Refusals ---------------------------------------------------------------------------------------------------------
def test_a_key_with_other_parameters_is_our_bug(stripe: StripeDouble) -> None:
    card = saved_card(stripe)
    create(stripe, card, amount=8_400)
    with pytest.raises(KeyMisuse):
        create(stripe, card, amount=8_500)


@pytest.mark.parametrize(
    "look_up",
    [
        lambda gateway: gateway.get_payment("pi_none"),
        lambda gateway: gateway.cancel_payment("pi_none"),
        lambda gateway: gateway.confirm_payment("pi_none", method_id="pm_none", idempotency_key="k"),
        lambda gateway: gateway.get_checkout("cs_none"),
        lambda gateway: gateway.expire_checkout("cs_none"),
        lambda gateway: gateway.get_refund("re_none"),
        lambda gateway: gateway.refund(refund_ref="r", payment_id="pi_none", amount=1, idempotency_key="k"),
    ],
)
def test_what_stripe_does_not_have_is_missing(stripe: StripeDouble, look_up: Callable[[StripeGateway], object]) -> None:
    with pytest.raises(ObjectMissing):
        look_up(stripe.gateway)


def test_a_malformed_request_is_our_bug(stripe: StripeDouble) -> None:
    with pytest.raises(RequestRejected, match="amount_too_small"):
        create(stripe, saved_card(stripe), amount=49)


def test_a_key_that_stripe_does_not_accept_is_a_fault_of_the_set_up(stripe: StripeDouble) -> None:
    transport = stripe.gateway._client._requestor._get_http_client()
    wrong = StripeGateway(client=sdk.StripeClient("sk_live_wrong", http_client=transport))
    with pytest.raises(Misconfigured):
        wrong.get_payment("pi_1")


Raised = Callable[..., sdk.StripeError]


@pytest.mark.parametrize(
    ("error", "details", "status", "meaning"),
    [
        (sdk.PermissionError, (), 403, Misconfigured),
        (sdk.AuthenticationError, (), 401, Misconfigured),
        (sdk.RateLimitError, (), 429, OutcomeUnknown),
        (sdk.APIError, (), 409, OutcomeUnknown),
        (sdk.APIConnectionError, (), None, OutcomeUnknown),
        (sdk.IdempotencyError, (), 400, KeyMisuse),
        (sdk.InvalidRequestError, ("id", "resource_missing"), 400, ObjectMissing),
        (sdk.InvalidRequestError, ("id", None), 404, ObjectMissing),
        (sdk.InvalidRequestError, ("customer", "resource_missing"), 400, CustomerMissing),
        (sdk.InvalidRequestError, (None, "charge_disputed"), 400, StateConflict),
        (sdk.InvalidRequestError, ("amout", "parameter_unknown"), 400, RequestRejected),
        (sdk.CardError, (None, "card_declined"), 402, StateConflict),
        (sdk.StripeError, (), 418, OutcomeUnknown),
    ],
)
def test_each_exception_of_the_sdk_has_one_meaning(
    error: Raised, details: tuple[str | None, ...], status: int | None, meaning: type[GatewayError]
) -> None:
    assert type(translate(error("a message", *details, http_status=status))) is meaning


def test_an_object_of_the_other_mode_is_a_wrong_key_and_not_a_missing_object() -> None:
    message = "No such customer: 'cus_1'; a similar object exists in live mode, but a test mode key was used."
    refused: Raised = sdk.InvalidRequestError
    assert type(translate(refused(message, "customer", "resource_missing", http_status=400))) is Misconfigured


def test_an_answer_that_we_cannot_read_is_unknown() -> None:
    with pytest.raises(OutcomeUnknown, match="KeyError"), translated():
        raise KeyError("status")


# --- No network under a lock ------------------------------------------------------------------------------------------
@contextmanager
def nested() -> Iterator[None]:
    with transaction.atomic(), transaction.atomic():
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("block", [transaction.atomic, nested])
def test_r_no_call_is_made_inside_a_transaction(
    stripe: StripeDouble, block: Callable[[], AbstractContextManager[object]]
) -> None:
    with block(), pytest.raises(TransactionOpen):
        stripe.gateway.get_payment("pi_1")
    assert stripe.adapter.exchanges == []


@pytest.mark.django_db(transaction=True)
def test_no_call_is_made_inside_a_real_transaction_either(stripe: StripeDouble) -> None:
    with transaction.atomic(), pytest.raises(TransactionOpen):
        stripe.gateway.list_events(since=NOW)
    assert stripe.gateway.list_events(since=NOW) == []


# --- Set-up -----------------------------------------------------------------------------------------------------------
def test_services_find_the_gateway_of_their_process(stripe: StripeDouble) -> None:
    assert default_gateway() is stripe.gateway
    install_gateway(None)
    built = default_gateway()
    assert isinstance(built, StripeGateway)
    assert default_gateway() is built


def test_the_client_is_set_up_as_we_want(settings: Settings) -> None:
    client = build_client()
    options = client._requestor._options
    assert options.max_network_retries == 2
    assert options.stripe_version == "2026-10-28.endive"
    assert options.base_addresses.get("api") == "https://api.stripe.com"
    assert sdk.enable_telemetry is False


def test_the_client_goes_where_the_settings_say(settings: Settings) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:8420"
    assert build_client()._requestor._options.base_addresses.get("api") == "http://127.0.0.1:8420"
