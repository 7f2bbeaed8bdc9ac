"""Transfers, reversals, accounts and evidence under idempotency keys, under faults, and across a restart."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from payments.simulator import onboarding
from payments.simulator.actions import ACTIONS
from payments.simulator.wire import ConnectionLost, Json
from tests.payments.simulator.asking import Asker

Post = tuple[str, Json, str]  # path, parameters, the kind of object that it makes or changes


def onboarded(asker: Asker) -> str:
    account_id = asker.seller()
    asker.simulator.act("/onboard", lambda desk: onboarding.decide(desk, account_id, "in_order"))
    return account_id


def new_transfer(asker: Asker) -> Post:
    charge = asker.paid()["latest_charge"]
    params = {"amount": "9000", "currency": "usd", "destination": onboarded(asker), "source_transaction": charge}
    return "/v1/transfers", params, "transfer"


def new_reversal(asker: Asker) -> Post:
    path, params, _ = new_transfer(asker)
    transfer = asker.post(path, params).body
    return f"/v1/transfers/{transfer['id']}/reversals", {"amount": "2500"}, "transfer_reversal"


def new_account(asker: Asker) -> Post:
    return "/v1/accounts", {"email": "s@example.com", "controller": {}}, "account"


POSTS: list[Callable[[Asker], Post]] = [new_transfer, new_reversal, new_account]


@pytest.mark.parametrize("prepare", POSTS)
def test_the_same_key_has_one_effect_and_one_answer(asker: Asker, prepare: Callable[[Asker], Post]) -> None:
    path, params, kind = prepare(asker)
    first, second = (asker.post(path, params, key="k") for _ in range(2))
    assert (first.status, second.body) == (200, first.body)
    assert len(list(asker.simulator.store.each(kind))) == 1
    assert asker.post(path, params | {"metadata": {"a": "1"}}, key="k").body["error"]["type"] == "idempotency_error"


@pytest.mark.parametrize("prepare", POSTS)
@pytest.mark.parametrize(
    ("kind", "happened"),
    [
        ("lost_before", False),
        ("lost_after", True),
        ("rate_limited", False),
        ("bad_gateway", False),
        ("truncated", True),
        ("html", True),
    ],
)
def test_after_any_doubt_the_same_key_makes_it_exactly_once(
    asker: Asker, prepare: Callable[[Asker], Post], kind: str, happened: bool
) -> None:
    path, params, made = prepare(asker)
    lines = len(list(asker.simulator.store.each("balance_transaction")))
    asker.simulator.faults.add(kind, on=f"POST {path}")
    with suppress(ConnectionLost):
        asker.post(path, params, key="k")
    assert bool(list(asker.simulator.store.each(made))) is happened
    assert asker.post(path, params, key="k").status == 200
    assert len(list(asker.simulator.store.each(made))) == 1
    assert len(list(asker.simulator.store.each("balance_transaction"))) - lines == (made != "account")


def test_a_refused_transfer_leaves_nothing_but_its_answer(asker: Asker) -> None:
    path, params, _ = new_transfer(asker)
    before = [asker.event_types(), list(asker.simulator.store.each("balance_transaction"))]
    asker.simulator.faults.add("no_balance", on=f"POST {path}")
    refused = asker.post(path, params, key="k")
    assert (refused.status, refused.body["error"]["code"]) == (400, "balance_insufficient")
    assert [asker.event_types(), list(asker.simulator.store.each("balance_transaction"))] == before
    assert asker.post(path, params, key="k").body == refused.body
    assert asker.post(path, params, key="another").status == 200


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"amount": "0"}, 400, "amount"),
        ({"amount": "ten"}, 400, "amount"),
        ({"amount": "10501"}, 400, "amount"),
        ({"currency": "eur"}, 400, "currency"),
        ({"currency": "xxx"}, 400, "currency"),
        ({"destination": ""}, 400, "destination"),
        ({"destination": "acct_none"}, 404, "destination"),
        ({"source_transaction": "ch_none"}, 404, "source_transaction"),
    ],
)
def test_a_transfer_that_can_not_be_is_refused_before_anything_happens(
    asker: Asker, change: Json, status: int, param: str
) -> None:
    path, params, _ = new_transfer(asker)
    refused = asker.post(path, params | change)
    assert (refused.status, refused.body["error"]["param"]) == (status, param)
    assert list(asker.simulator.store.each("transfer")) == []


def test_a_payment_that_failed_is_no_source(asker: Asker) -> None:
    _, params, _ = new_transfer(asker)
    asker.confirm(asker.intent("works_then_declines"))
    failed = [each["id"] for each in asker.simulator.store.each("charge") if each["status"] == "failed"]
    refused = asker.post("/v1/transfers", params | {"source_transaction": failed[0]})
    assert refused.body["error"]["param"] == "source_transaction"


@pytest.mark.parametrize("amount", ["0", "9001"])
def test_a_reversal_is_never_beyond_its_transfer(asker: Asker, amount: str) -> None:
    path, _, _ = new_reversal(asker)
    assert asker.post(path, {"amount": amount}).body["error"]["param"] == "amount"


def test_a_reversal_without_an_amount_takes_back_all_that_is_left(asker: Asker) -> None:
    path, params, _ = new_reversal(asker)
    asker.post(path, params)
    assert asker.post(path).body["amount"] == 6_500
    (transfer,) = asker.simulator.store.each("transfer")
    assert (transfer["amount_reversed"], transfer["reversed"]) == (9_000, True)


# --- What a kill leaves -----------------------------------------------------------------------------------------------
@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Asker]]:
    """Starts a simulator on the same log, as often as wanted."""
    started: list[Asker] = []

    def start_one() -> Asker:
        started.append(Asker(tmp_path / "stripe.jsonl"))
        return started[-1]

    yield start_one
    for asker in started:
        asker.simulator.store.close()


def test_accounts_transfers_disputes_and_open_visits_survive_a_restart(start: Callable[[], Asker]) -> None:
    before = start()
    path, params, _ = new_reversal(before)
    reversal = before.post(path, params, key="k").body
    charge = next(iter(before.simulator.store.each("charge")))["id"]
    before.simulator.act("/dispute", lambda desk: ACTIONS["dispute"](desk, {"charge": charge}))
    after = start()
    assert after.post(path, params, key="k").body == reversal
    for kind in ("account", "transfer", "transfer_reversal", "dispute", "balance_transaction", "delivery"):
        assert list(after.simulator.store.each(kind)) == list(before.simulator.store.each(kind)), kind
    after.clock.advance(days=14)
    after.simulator.let_time_act()
    (dispute,) = after.simulator.store.each("dispute")
    assert dispute["status"] == "lost"
