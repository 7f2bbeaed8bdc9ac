"""Faults strike what they are aimed at, as often as was asked."""

import pytest

from payments.simulator.faults import Faults, Kind
from payments.simulator.wire import ConnectionLost, decode_form
from tests.payments.simulator.asking import Asker


def test_a_fault_is_used_up_and_strikes_only_its_target() -> None:
    faults = Faults()
    faults.add("lost_before", on="/refunds", times=2)
    assert faults.take([Kind.LOST_BEFORE], "POST /v1/customers") is None
    assert faults.take([Kind.LATENCY], "POST /v1/refunds") is None
    assert [bool(faults.take([Kind.LOST_BEFORE], "POST /v1/refunds")) for _ in range(3)] == [True, True, False]
    assert faults.waiting() == []


def test_faults_can_be_called_off() -> None:
    faults = Faults()
    faults.add(Kind.LATENCY, times=5, seconds=2)
    faults.clear()
    assert faults.take([Kind.LATENCY], "anything") is None


def test_there_is_no_fault_of_another_name() -> None:
    with pytest.raises(ValueError, match="earthquake"):
        Faults().add("earthquake")


@pytest.mark.parametrize(("kind", "customers"), [("lost_before", 0), ("lost_after", 1)])
def test_a_lost_reply_has_an_effect_or_none(asker: Asker, kind: str, customers: int) -> None:
    asker.simulator.faults.add(kind)
    with pytest.raises(ConnectionLost):
        asker.post("/v1/customers")
    assert len(list(asker.simulator.store.each("customer"))) == customers


def test_a_truncated_reply_is_half_of_the_whole(asker: Asker) -> None:
    asker.simulator.faults.add("truncated")
    cut = asker.post("/v1/customers", key="k")
    whole = asker.post("/v1/customers", key="k")
    assert cut.content == whole.content[: len(whole.content) // 2]


def test_latency_is_slept_once(asker: Asker) -> None:
    asker.simulator.faults.add("latency", seconds=7)
    assert [asker.post("/v1/customers").delay for _ in range(2)] == [7, 0]
    assert asker.naps == [7]


def test_stripes_forms_are_read_with_their_brackets() -> None:
    text = "a=1&b[c]=2&b[d][0][e]=3&b[d][1][e]=4&expand[0]=x&expand[1]=y&empty=&n%5Bm%5D=%C3%A9"
    assert decode_form(text) == {
        "a": "1",
        "b": {"c": "2", "d": [{"e": "3"}, {"e": "4"}]},
        "expand": ["x", "y"],
        "empty": "",
        "n": {"m": "é"},
    }
