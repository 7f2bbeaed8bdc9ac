"""Forgeries, by the kind: what somebody without the secret can post, and what a lying Stripe could.

`REFUSED` must be answered with 4xx and stored nowhere; `lying` has those that are signed rightly.
"""

import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

from payments.simulator.webhooks import sign
from payments.simulator.wire import Json

SECRET, OTHER_SECRET = "whsec_test", "whsec_connect_test"
JSON = "application/json"
TEN_MEGABYTES = 10 * 1024 * 1024
TOLERANCE = 300


@dataclass(frozen=True)
class Forgery:
    body: bytes
    header: str | None
    content_type: str = JSON
    endpoint: str = "stripe_webhook"


@dataclass(frozen=True)
class Models:
    """What a forger has to work with: true events of ours, and the second of now."""

    events: list[Json]
    now: int
    own_secret: str = SECRET
    other_secrets: tuple[str, ...] = (OTHER_SECRET, "whsec_of_somebody_else")


Forge = Callable[[Models, random.Random], Forgery]


def true_body(models: Models, rng: random.Random, **changes: object) -> bytes:
    """An event as Stripe would send it, under an id that we have not seen."""
    event = rng.choice(models.events) | {"id": "evt_" + "".join(rng.choices(string.ascii_letters, k=24))} | changes
    return json.dumps(event, indent=2).encode()


def _signed(body: bytes, models: Models, *, at: int | None = None, secret: str | None = None) -> str:
    return sign(body, secret=secret or models.own_secret, at=models.now if at is None else at)


def _with_header(header: Callable[[bytes, Models, random.Random], str | None]) -> Forge:
    def forge(models: Models, rng: random.Random) -> Forgery:
        body = true_body(models, rng)
        return Forgery(body, header(body, models, rng))

    return forge


def _with_body(change: Callable[[bytes, random.Random], bytes]) -> Forge:
    """Signed as it was, then changed."""

    def forge(models: Models, rng: random.Random) -> Forgery:
        body = true_body(models, rng)
        return Forgery(change(body, rng), _signed(body, models))

    return forge


def _signing(make: Callable[[Models, random.Random], bytes]) -> Forge:
    """Signed rightly, whatever it is."""

    def forge(models: Models, rng: random.Random) -> Forgery:
        body = make(models, rng)
        return Forgery(body, _signed(body, models))

    return forge


def _v1(header: str) -> str:
    return header.split("v1=")[1]


def _flip_byte(body: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(body))
    return body[:at] + bytes([body[at] ^ (1 << rng.randrange(7))]) + body[at + 1 :]


def _flip_signature(body: bytes, models: Models, rng: random.Random) -> str:
    header = _signed(body, models)
    at = rng.randrange(header.index("v1=") + 3, len(header))
    return header[:at] + ("0" if header[at] != "0" else "1") + header[at + 1 :]


def _several_wrong(body: bytes, models: Models, rng: random.Random) -> str:
    wrong = [_v1(_signed(body, models, secret=f"whsec_{rng.random()}")) for _ in range(rng.randint(2, 40))]
    return f"t={models.now}," + ",".join(f"v1={each}" for each in wrong)


def _moved_stamp(body: bytes, models: Models, rng: random.Random) -> str:
    """An old signature under a young date, alone or beside the old one."""
    old = _signed(body, models, at=models.now - rng.randint(TOLERANCE + 1, 10**6))
    return rng.choice((f"t={models.now},v1={_v1(old)}", f"t={models.now},{old}", f"{old},t={models.now}"))


def _re_serialised(body: bytes, rng: random.Random) -> bytes:
    return json.dumps(json.loads(body), indent=rng.choice((None, 1, 4)), sort_keys=rng.random() < 0.5).encode()


def _deep(models: Models, rng: random.Random) -> bytes:
    depth = rng.choice((2_000, 20_000, 60_000))
    opening, closing = rng.choice((("[", "]"), ('{"a":', "}")))
    return (opening * depth + "1" + closing * depth).encode()


def _nonsense(models: Models, rng: random.Random) -> bytes:
    event = json.loads(true_body(models, rng))
    left_out = rng.choice(("id", "type", "created", "data", "livemode"))
    broken: list[object] = [
        None, 5, "text", [], [event], {}, {"data": {}}, {"data": {"object": []}},
        {name: value for name, value in event.items() if name != left_out},
        event | {"created": rng.choice(("now", 10**18, -(10**18), None, [], 1e308))},
        event | {"id": rng.choice((None, 5, [], {}))},
        event | {"data": {"object": {"object": rng.choice((None, 5, []))}}},
        event | {"livemode": rng.choice((None, "false", 0))},
        event | {"id": rng.choice(("", "evt_" + "a" * 100, "evt_\x00"))},
        event | {"note": rng.choice(("\x00", "\ud800", float("nan"), float("inf")))},
        event | {"account": rng.choice((5, [], {"id": "acct_1"}))},
    ]  # fmt: skip
    return json.dumps(rng.choice(broken)).encode()


def _not_text(models: Models, rng: random.Random) -> bytes:
    body = true_body(models, rng)
    at = rng.randrange(len(body))
    return body[:at] + rng.choice((b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\x80")) + body[at:]


def _odd_type(models: Models, rng: random.Random) -> Forgery:
    """A form, a page, an upload: and signed by somebody else."""
    body = true_body(models, rng)
    kind = rng.choice(("text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x/y"))
    return Forgery(body, _signed(body, models, secret=rng.choice(models.other_secrets)), kind)


def _at_the_other_endpoint(models: Models, rng: random.Random) -> Forgery:
    """An event of our own, signed by its own secret, where only events of sellers' accounts belong."""
    body = true_body(models, rng)
    return Forgery(body, _signed(body, models), endpoint="stripe_connect_webhook")


REFUSED: dict[str, Forge] = {
    "no_header": _with_header(lambda body, models, rng: None),
    "empty_header": _with_header(lambda body, models, rng: rng.choice(("", " ", ",", "t=,v1="))),
    "garbage_header": _with_header(lambda b, m, rng: rng.choice(("v1", "t=1", "=", "t=1,v1", "a" * 8_000, "t==,v1=="))),
    "old": _with_header(lambda b, m, rng: _signed(b, m, at=m.now - TOLERANCE - rng.choice((2, 3, 600, 86_400, 10**8)))),
    "future": _with_header(lambda b, m, rng: _signed(b, m, at=m.now + TOLERANCE + rng.choice((2, 3, 600, 10**8)))),
    "wrong_secret": _with_header(lambda b, m, rng: _signed(b, m, secret=f"whsec_{rng.random()}")),
    "other_endpoint": _with_header(lambda b, m, rng: _signed(b, m, secret=rng.choice(m.other_secrets))),
    "signature_flipped": _with_header(_flip_signature),
    "v0_only": _with_header(lambda b, m, rng: _signed(b, m).replace("v1=", rng.choice(("v0=", "v2=", "V1=", "v1 =")))),
    "several_wrong_v1": _with_header(_several_wrong),
    "moved_stamp": _with_header(_moved_stamp),
    "signature_of_another": _with_header(lambda b, m, rng: _signed(true_body(m, rng), m)),
    "byte_flipped": _with_body(_flip_byte),
    "re_serialised": _with_body(_re_serialised),
    "cut_off": _with_body(lambda body, rng: body[: rng.randrange(len(body))]),
    "something_added": _with_body(lambda body, rng: body + rng.choice((b" ", b"\n", b"\x00", b"{}"))),
    "other_mode": _signing(lambda m, rng: true_body(m, rng, livemode=True)),
    "nonsense": _signing(_nonsense),
    "not_text": _signing(_not_text),
    "deep": _signing(_deep),
    "odd_type": _odd_type,
    "at_the_other_endpoint": _at_the_other_endpoint,
}
HUGE: Forge = _signing(lambda m, rng: b'{"a": "' + b"x" * rng.choice((256 * 1024, TEN_MEGABYTES)) + b'"}')
