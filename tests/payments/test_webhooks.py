"""The webhook endpoint: proved, stored, answered; what comes of an event is in test_receiving."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from marketplace.kernel import clock
from payments.enums import EventState
from payments.models import WebhookEvent
from payments.simulator.webhooks import sign
from payments.webhooks import MOST_BYTES
from tests.payments.at_stripe import charge, seller
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db

SECRET = "whsec_test"


def event(**change: Any) -> bytes:
    subject = {"id": "pi_1", "object": "payment_intent", "metadata": {}}
    body = {
        "id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "created": 1_772_442_000,
        "livemode": False, "api_version": "2026-10-28.endive", "data": {"object": subject},
    }  # fmt: skip
    return json.dumps({**body, **change}).encode()


def post(
    body: bytes,
    *,
    secret: str = SECRET,
    age: timedelta = timedelta(),
    signature: str | None = None,
    to: str = "payments:stripe_webhook",
) -> int:
    stamp = int((clock.now() - age).timestamp())
    header = sign(body, secret=secret, at=stamp) if signature is None else signature
    client = Client(enforce_csrf_checks=True)
    return client.post(
        reverse(to),
        data=body,
        content_type="application/json",
        headers={"stripe-signature": header},
    ).status_code


@pytest.fixture(autouse=True)
def _gateway(stripe: StripeDouble) -> None:
    """The endpoint parses with the real gateway."""


def test_the_address_is_the_one_that_stripe_is_told() -> None:
    assert reverse("payments:stripe_webhook") == "/webhooks/stripe/"


def test_a_signed_event_is_stored_and_a_worker_nudged(
    nudges: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert post(event()) == 200
    row = WebhookEvent.objects.get()
    assert (row.event_id, row.type, row.object_id, row.state) == (
        "evt_1", "payment_intent.succeeded", "pi_1", EventState.RECEIVED,
    )  # fmt: skip
    assert [(nudge.task, nudge.args) for nudge in nudges] == [("payments.tasks.process_event", (row.pk,))]


def test_a_repeat_is_answered_and_stored_once() -> None:
    assert [post(event()), post(event())] == [200, 200]
    assert WebhookEvent.objects.count() == 1


def test_what_does_not_concern_us_is_kept_and_ignored() -> None:
    assert post(event(type="invoice.created")) == 200
    assert WebhookEvent.objects.get().state == EventState.IGNORED


@pytest.mark.parametrize("seconds", [-310, 310])  # to the second in test_webhook_signatures: time runs here
def test_more_than_300_seconds_of_age_or_future_are_refused(seconds: int) -> None:
    assert post(event(), age=timedelta(seconds=seconds)) == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("seconds", [-290, 290])
def test_up_to_300_seconds_are_accepted(seconds: int) -> None:
    assert post(event(), age=timedelta(seconds=seconds)) == 200


@pytest.mark.parametrize(
    ("body", "secret", "signature"),
    [
        (event(), "whsec_other", None),
        (event(), SECRET, ""),
        (event(), SECRET, "t=1,v1=abc"),
        (event(), SECRET, "nonsense"),
        (event(), SECRET, "t=notanumber,v1=abc"),
        (b"\xff\xfe not utf-8", SECRET, None),
        (b"not json", SECRET, None),
        (b"[]", SECRET, None),
        (b"{}", SECRET, None),
        (b"null", SECRET, None),
    ],
)
def test_what_cannot_be_proved_or_read_is_refused(body: bytes, secret: str, signature: str | None) -> None:
    assert post(body, secret=secret, signature=signature) == 400
    assert not WebhookEvent.objects.exists()


def test_a_changed_byte_is_refused() -> None:
    signature = sign(event(), secret=SECRET, at=int(clock.now().timestamp()))
    assert post(event(id="evt_2"), signature=signature) == 400


def test_both_secrets_are_accepted_while_one_is_rotated() -> None:
    with override_settings(STRIPE_WEBHOOK_SECRETS=["whsec_new", SECRET]):
        assert post(event()) == 200
        assert post(event(id="evt_2"), secret="whsec_new") == 200


def test_without_a_secret_nothing_is_ever_accepted() -> None:
    with override_settings(STRIPE_WEBHOOK_SECRETS=[]):
        assert post(event()) == 503
        assert post(event(), secret="") == 503


def test_the_other_mode_is_refused() -> None:
    assert post(event(livemode=True)) == 400
    assert not WebhookEvent.objects.exists()


def test_a_body_over_256_kib_is_refused_unread() -> None:
    assert post(b" " * (MOST_BYTES + 1)) == 413
    assert post(event(padding="x" * MOST_BYTES)) == 413
    assert not WebhookEvent.objects.exists()
    assert post(event(padding="x" * (MOST_BYTES - len(event()) - 20))) == 200


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_only_post(method: str) -> None:
    assert getattr(Client(), method)(reverse("payments:stripe_webhook")).status_code == 405


# --- Sellers' accounts ------------------------------------------------------------------------------------------------
CONNECT, CONNECT_SECRET = "payments:stripe_connect_webhook", "whsec_connect_test"


def of_account(event_type: str) -> bytes:
    return event(type=event_type, account="acct_1", data={"object": {"id": "acct_1", "object": "account"}})


def test_the_address_for_sellers_accounts_is_the_one_that_stripe_is_told() -> None:
    assert reverse(CONNECT) == "/webhooks/stripe/connect/"


@pytest.mark.parametrize("event_type", ["account.updated", "capability.updated", "account.application.deauthorized"])
def test_news_of_an_account_are_stored_with_the_account_that_they_are_of(event_type: str) -> None:
    assert post(of_account(event_type), secret=CONNECT_SECRET, to=CONNECT) == 200
    row = WebhookEvent.objects.get()
    assert (row.type, row.account, row.state) == (event_type, "acct_1", EventState.RECEIVED)


def test_an_event_of_our_own_has_no_account() -> None:
    post(event())
    assert WebhookEvent.objects.get().account == ""


@pytest.mark.parametrize(
    "event_type", ["payout.paid", "payment_intent.succeeded", "transfer.created", "refund.updated"]
)
def test_what_a_seller_does_with_their_own_money_is_not_followed(event_type: str) -> None:
    assert post(of_account(event_type), secret=CONNECT_SECRET, to=CONNECT) == 200
    assert WebhookEvent.objects.get().state == EventState.IGNORED


@pytest.mark.parametrize(("to", "secret"), [(CONNECT, SECRET), ("payments:stripe_webhook", CONNECT_SECRET)])
def test_the_secret_of_one_endpoint_opens_no_other(to: str, secret: str) -> None:
    assert post(event(), secret=secret, to=to) == 400
    assert not WebhookEvent.objects.exists()


def test_without_its_secret_the_endpoint_for_sellers_accepts_nothing() -> None:
    with override_settings(STRIPE_CONNECT_WEBHOOK_SECRETS=[]):
        assert post(of_account("account.updated"), secret=CONNECT_SECRET, to=CONNECT) == 503
        assert post(event()) == 200  # the other one goes on


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_only_post_there_too(method: str) -> None:
    assert getattr(Client(), method)(reverse(CONNECT)).status_code == 405


def test_what_happens_at_stripe_arrives_at_the_right_endpoint(stripe: StripeDouble) -> None:
    stripe.refund_in_dashboard(charge(stripe).id, 100)
    account = seller(stripe)
    assert {sent.status for sent in stripe.deliver_webhooks()} == {200}
    of_accounts = WebhookEvent.objects.exclude(account="").values_list("type", "account")
    assert sorted(of_accounts) == [("account.updated", account.id), ("capability.updated", account.id)]
    assert WebhookEvent.objects.filter(type="refund.created", account="").exists()
