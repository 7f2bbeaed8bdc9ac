"""Model (references/reliability.md §7 a): histories of orders, each step held to a reference model that shares no code.

Release: 10,000 histories of some 32 steps, every (state, transition) pair attempted, 0 violations; the same seed gives
the same log. A case is a batch of histories, so that Hypothesis can shrink one that fails: `ONLY=b0007`.
"""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from payments.stripe_gateway import install_gateway
from tests.prove.model.cast import Cast
from tests.prove.model.clock import stopped_clock
from tests.prove.model.machine import PAIRS, STANDINGS, OrderLife
from tests.prove.model.money import PROPERTIES
from tests.prove.model.quiet import quiet_logs
from tests.prove.model.standings import try_everything
from tests.prove.proof import Proof

HISTORIES = 50  # of a batch


@pytest.mark.django_db(transaction=True)
def test_every_history_is_the_reference_models(proof: Proof) -> None:
    batches = proof.options.choose(ci=6, release=200)
    proof.cover("pairs", total=PAIRS)
    with quiet_logs(), stopped_clock() as clock:
        cast = Cast(clock)
        for number in proof.mine(batches):
            name = f"b{number:04}"
            if proof.wants(name):
                with proof.case(name):
                    _run_batch(proof, cast, f"{proof.options.seed}:{name}")
    install_gateway(None)


@pytest.mark.django_db(transaction=True)
def test_every_transition_is_tried_at_every_standing(proof: Proof) -> None:
    proof.cover("pairs", total=PAIRS)
    with quiet_logs(), stopped_clock() as clock:
        cast = Cast(clock)
        for number in proof.mine(proof.options.choose(ci=2, release=len(STANDINGS))):
            name = f"s{number:02}"
            if proof.wants(name):
                with proof.case(name):
                    pairs: set[str] = set()
                    counts: Counter[str] = Counter()
                    try_everything(partial(_life, proof, cast, counts, pairs), STANDINGS[number])
                    proof.count(**counts)
                    proof.cover("pairs", *pairs)
    install_gateway(None)


def _life(proof: Proof, cast: Cast, counts: Counter[str], pairs: set[str]) -> OrderLife:
    life = OrderLife()
    life.cast, life.counts, life.pairs = cast, counts, pairs
    life.log = proof.log
    return life


def _run_batch(proof: Proof, cast: Cast, its_seed: str) -> None:
    pairs: set[str] = set()
    counts: Counter[str] = Counter()

    class BoundLife(OrderLife):
        """With the run's cast, and what it counts."""

    BoundLife.cast, BoundLife.counts, BoundLife.pairs, BoundLife.log = cast, counts, pairs, staticmethod(proof.log)
    run_state_machine_as_test(
        seed(its_seed)(BoundLife),
        settings=_settings(HISTORIES, stateful_step_count=proof.options.choose(ci=4, release=26)),
    )
    proof.count(**counts)
    proof.cover("pairs", *pairs)


def test_money_is_exact_at_every_edge(proof: Proof) -> None:
    """Each property of tests/prove/model/money.py at 10,000 drawn cases in release."""
    cases = proof.options.choose(ci=300, release=10_000)
    proof.cover("properties", total=len(PROPERTIES))
    for number in proof.mine(len(PROPERTIES)):
        holds = PROPERTIES[number]
        if proof.wants(holds.__name__):
            with proof.case(holds.__name__):
                seed(f"{proof.options.seed}:{holds.__name__}")(_settings(cases)(given(st.data())(holds)))()
                proof.count(property_cases=cases)
                proof.cover("properties", holds.__name__)


def _settings(cases: int, **more: Any) -> settings:
    """Nothing by the clock and nothing remembered: a seed alone decides."""
    return settings(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
        **more,
    )
