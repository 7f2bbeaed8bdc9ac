"""Which webhooks are believed: signed by a secret in force, not long ago, not in the future, and an event."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from payments.gateway import BadSignature, GatewayEvent, Misconfigured
from payments.simulator.webhooks import sign
from payments.stripe_gateway import StripeGateway
from payments.stripe_gateway.client import build_client

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": STAMP,
    "livemode": False,
    "api_version": "2026-10-28.endive",
    "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
}
BODY = json.dumps(EVENT).encode()


def parse(signature: str, body: bytes = BODY, *, secrets: Sequence[str] = ("whsec_new", "whsec_old")) -> GatewayEvent:
    gateway = StripeGateway(client=build_client())
    return gateway.parse_event(body=body, signature=signature, secrets=secrets, now=NOW)


@pytest.mark.parametrize("secret", ["whsec_new", "whsec_old"])
def test_each_secret_in_force_is_believed_while_one_is_rotated(secret: str) -> None:
    event = parse(sign(BODY, secret=secret, at=STAMP))
    assert (event.id, event.type, event.created, event.livemode) == ("evt_1", "payment_intent.succeeded", NOW, False)
    assert (event.object_id, event.object_type, event.api_version) == ("pi_1", "payment_intent", "2026-10-28.endive")


def test_a_header_with_two_signatures_is_believed_for_either() -> None:
    old, new = sign(BODY, secret="whsec_gone", at=STAMP), sign(BODY, secret="whsec_new", at=STAMP)
    assert parse(f"{old},{new.split(',')[1]}").id == "evt_1"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_way_are_believed(seconds: int) -> None:
    assert parse(sign(BODY, secret="whsec_new", at=STAMP + seconds)).id == "evt_1"


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_an_older_or_future_signature_is_not(seconds: int) -> None:
    with pytest.raises(BadSignature, match="future"):
        parse(sign(BODY, secret="whsec_new", at=STAMP + seconds))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=",
        "nonsense",
        f"t={STAMP}",
        f"t={STAMP},v0=abc",
        "t=now,v1=abc",
        f"t={STAMP},v1=é",
        sign(BODY, secret="whsec_other", at=STAMP),
        sign(BODY + b" ", secret="whsec_new", at=STAMP),
        f"t={STAMP + 1}," + sign(BODY, secret="whsec_new", at=STAMP).split(",")[1],
        f"t={STAMP + 1}," + sign(BODY, secret="whsec_new", at=STAMP),
    ],
)
def test_anything_else_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        parse(signature)


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"not json", b"[]", b"{}", b'{"id": 1}', b'"text"', b'{"data": {"object": []}}']
)
def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        parse(sign(body, secret="whsec_new", at=STAMP), body)


@pytest.mark.parametrize(
    "change",
    [
        {"id": 5}, {"id": ""}, {"id": "e" * 81}, {"id": "evt_\x00"}, {"livemode": 0}, {"account": 5}, {"type": None},
        {"account": []}, {"account": 0}, {"api_version": {}}, {"data": {"object": {"id": [], "object": "charge"}}},
        {"created": 10**18}, {"created": 1e308}, {"note": "\ud800"}, {"note": float("nan")}, {"data": {"object": 5}},
    ],
)  # fmt: skip
def test_a_signed_event_that_no_row_can_hold_is_refused(change: dict[str, object]) -> None:
    body = json.dumps(EVENT | change).encode()
    with pytest.raises(BadSignature, match="not an event"):
        parse(sign(body, secret="whsec_new", at=STAMP), body)


@pytest.mark.parametrize("part", [b"[", b'{"a":'])
def test_a_signed_body_that_is_nested_without_end_is_refused(part: bytes) -> None:
    body = part * 60_000
    with pytest.raises(BadSignature):
        parse(sign(body, secret="whsec_new", at=STAMP), body)


def test_a_backslash_before_the_letters_of_a_nul_is_no_nul() -> None:
    body = json.dumps(EVENT | {"note": "\\u0000"}).encode()
    assert parse(sign(body, secret="whsec_new", at=STAMP), body).id == "evt_1"


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nothing_is_believed(secrets: Sequence[str]) -> None:
    with pytest.raises((Misconfigured, BadSignature)):
        parse(sign(BODY, secret="", at=STAMP), secrets=secrets)


def test_an_event_of_a_connected_account_names_it() -> None:
    body = json.dumps(EVENT | {"account": "acct_1"}).encode()
    assert parse(sign(body, secret="whsec_new", at=STAMP), body).account == "acct_1"
    assert parse(sign(BODY, secret="whsec_new", at=STAMP)).account == ""


def test_the_instant_of_the_event_is_not_that_of_the_signature() -> None:
    old = json.dumps(EVENT | {"created": STAMP - 3 * 86_400}).encode()
    assert parse(sign(old, secret="whsec_new", at=STAMP), old).created == NOW - timedelta(days=3)
