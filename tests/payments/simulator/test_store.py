"""The log: what was answered survives; what was cut short never happened."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from payments.simulator.store import Store
from tests.payments.simulator.asking import Asker

Start = Callable[[], Asker]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "stripe.jsonl"


@pytest.fixture
def start(log: Path) -> Iterator[Start]:
    """Starts a simulator on the log, as often as wanted."""
    started: list[Asker] = []

    def start_one() -> Asker:
        started.append(Asker(log))
        return started[-1]

    yield start_one
    for asker in started:
        asker.simulator.store.close()


def test_everything_that_was_answered_survives_a_restart(start: Start) -> None:
    before = start()
    session = before.page()
    intent = before.simulator.pay(session["id"], "works")
    first = before.post("/v1/customers", {"email": "c@example.com"}, key="k")
    after = start()
    assert after.get(f"/v1/payment_intents/{intent['id']}").body == intent
    assert after.get(f"/v1/checkout/sessions/{session['id']}").body["status"] == "complete"
    assert after.post("/v1/customers", {"email": "c@example.com"}, key="k").body == first.body
    assert after.event_types() == before.event_types()


def test_a_saved_card_still_behaves_as_chosen_after_a_restart(start: Start) -> None:
    intent = start().intent("works_then_declines")
    assert start().confirm(intent).status == 402


def test_a_line_cut_short_is_dropped_and_the_log_goes_on(log: Path, start: Start) -> None:
    asker = start()
    kept = asker.customer()
    with log.open("ab") as file:
        file.write(b'[["customer","cus_half"')
    again = start()
    assert [each["id"] for each in again.simulator.store.each("customer")] == [kept]
    added = again.customer()
    assert [each["id"] for each in start().simulator.store.each("customer")] == [kept, added]


def test_a_unit_of_work_is_one_line_on_the_disk_before_the_answer(
    log: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(log.read_bytes()))
    asker = start()
    asker.customer()
    (line,) = synced
    assert [kind for kind, _, _ in json.loads(line)] == ["customer", "event", "delivery"]
    asker.get("/v1/balance")
    assert len(synced) == 1


def test_staged_changes_are_seen_and_can_be_forgotten() -> None:
    store = Store()
    store.put("thing", "a", {"n": 1})
    store.commit()
    store.put("thing", "a", {"n": 2})
    store.put("thing", "b", {"n": 3})
    assert [each["n"] for each in store.each("thing")] == [2, 3]
    store.delete("thing", "a")
    assert (store.get("thing", "a"), [each["n"] for each in store.each("thing")]) == (None, [3])
    store.rollback()
    assert [each["n"] for each in store.each("thing")] == [1]


def test_what_is_handed_out_can_be_changed_without_harm() -> None:
    store = Store()
    store.put("thing", "a", {"inner": {"n": 1}})
    store.get("thing", "a")["inner"]["n"] = 9
    assert store.get("thing", "a") == {"inner": {"n": 1}}
