"""teeth: each deliberate fault, made in a copy of the site, is noticed by a test that passes without it.

Release: all of them. A case is a fault: `ONLY=the_orders_lock`.
"""

import random
from pathlib import Path

import pytest

from tests.prove.proof import Proof
from tests.prove.teeth.copying import copy_site, made_in
from tests.prove.teeth.fault import Fault, Proving
from tests.prove.teeth.faults import FAULTS
from tests.prove.teeth.running import run

LEAST = 25


def test_every_fault_can_still_be_made() -> None:
    """What a fault replaces stands in its file exactly once; the list doesn't rot."""
    assert {each.name: why for each in FAULTS if (why := each.problem())} == {}
    assert len({each.name for each in FAULTS}) == len(FAULTS) >= LEAST


@pytest.mark.django_db(transaction=True)
def test_every_fault_is_noticed(proof: Proof, tmp_path: Path) -> None:
    chosen = random.Random(proof.options.seed).sample(FAULTS, proof.options.choose(ci=2, release=len(FAULTS)))
    if proof.options.only:
        chosen = [each for each in FAULTS if proof.wants(each.name)] * 2  # whichever shard asks
    mine = [chosen[number] for number in proof.mine(len(chosen))]
    proof.cover("killed", total=len({each.name for each in chosen}))
    if mine:
        copy_site(tmp_path)
        _hold_without_faults(mine, tmp_path)
    for each in mine:
        with proof.case(each.name):
            with made_in(tmp_path, each):
                ran = run(each.killed_by, site=tmp_path, sql=each.sql)
            assert ran.noticed, f"survives {each.killed_by}: {ran.said}"
            proof.cover("killed", each.name)
        proof.count(faults=1, faults_in_the_database=bool(each.sql))
        proof.log(each.name)


def _hold_without_faults(mine: list[Fault], site: Path) -> None:
    """What is to notice the faults passes in the copy as it is; in one run for each case of a suite."""
    proofs = dict.fromkeys(each.killed_by for each in mine)
    for only in dict.fromkeys(each.only for each in proofs):
        tests = " ".join(each.tests for each in proofs if each.only == only)
        ran = run(Proving(tests=tests, only=only), site=site)
        assert ran.passed, f"without any fault: {ran.said}"
