"""The proofs' own machinery: what was asked for is found, parts add up to one line, and a finding fails its test."""

import json

import pytest

from marketplace.local.errors import LocalError
from marketplace.local.proving import prove
from tests.prove.options import SHARDS, Options
from tests.prove.proof import MOST_VIOLATIONS, EnoughSeen, Proof
from tests.prove.report import Report, add_up


def a_proof(*, shard: int = 0, only: str = "") -> Proof:
    options = Options(tier="ci", seed=7, only=only)
    return Proof(options=options, shard=shard, report=Report(suite="races", seed=7, tier="ci", commit="abc"))


@pytest.mark.parametrize("suite", ["", "nonsense", "../local"])
def test_an_unknown_suite_is_answered_with_the_known_ones(suite: str) -> None:
    with pytest.raises(LocalError, match=r"SUITE=.*model.*races"):
        prove(suite)


def test_an_unknown_tier_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIER", "relase")
    with pytest.raises(LocalError, match="release or ci"):
        prove("model")


def test_the_shards_share_the_cases_and_leave_none_out() -> None:
    shares = [list(a_proof(shard=shard).mine(11)) for shard in range(SHARDS)]
    assert sorted(number for share in shares for number in share) == list(range(11))


def test_one_case_can_be_asked_for_or_those_that_begin_alike() -> None:
    assert a_proof().wants("p0042")
    assert [a_proof(only="p004").wants(case) for case in ("p0042", "p0421")] == [True, False]


def test_parts_cross_processes_and_add_up_to_one_line() -> None:
    parts = [a_proof(shard=shard) for shard in range(2)]
    for number, part in enumerate(parts):
        part.count(trials=2 + number)
        part.cover("pairs", "a × b", f"a × {number}", total=5)
        part.log(f"case {number}")
    packed = [json.loads(json.dumps(part.report.pack())) for part in parts]
    (whole,) = add_up(Report.unpack(each) for each in packed)
    line = json.loads(whole.line())
    assert (line["counts"], line["covered"], line["violations"]) == ({"trials": 5}, {"pairs": "3/5"}, 0)
    assert "\n" not in whole.line()
    assert add_up([parts[1].report, parts[0].report])[0].digest != whole.digest


def test_a_finding_is_kept_with_its_replay_and_the_next_case_still_runs() -> None:
    proof = a_proof()
    for name in ("p0001", "p0002"):
        with proof.case(name):
            assert name == "p0002", "the first is wrong"
    (violation,) = proof.report.violations
    assert violation.replay == "make prove SUITE=races TIER=ci SEED=7 ONLY=p0001"
    assert "the first is wrong" in violation.what


def test_after_so_many_findings_a_suite_ends() -> None:
    proof = a_proof()
    for number in range(MOST_VIOLATIONS - 1):
        proof.violate(f"p{number}", "wrong")
    with pytest.raises(EnoughSeen):
        proof.violate("p9", "wrong")
