"""Model (references/reliability.md §7 a): histories of orders, each step held to a reference model that shares no code.

Release: 10,000 histories of some 32 steps, every (state, transition) pair attempted, 0 violations; the same seed gives
the same log. A case is a batch of histories, so that Hypothesis can shrink one that fails: `ONLY=b0007`.
"""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from payments.stripe_gateway import install_gateway
from tests.prove.model.cast import Cast
from tests.prove.model.clock import stopped_clock
from tests.prove.model.machine import PAIRS, OrderLife
from tests.prove.model.quiet import quiet_logs
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


def _run_batch(proof: Proof, cast: Cast, its_seed: str) -> None:
    pairs: set[str] = set()
    counts: Counter[str] = Counter()

    class BoundLife(OrderLife):
        """With the run's cast, and what it counts."""

    BoundLife.cast, BoundLife.counts, BoundLife.pairs, BoundLife.log = cast, counts, pairs, staticmethod(proof.log)
    run_state_machine_as_test(
        seed(its_seed)(BoundLife),
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=proof.options.choose(ci=10, release=28),
            deadline=None,
            database=None,
            derandomize=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.normal,
            print_blob=False,
            report_multiple_bugs=False,
        ),
    )
    proof.count(**counts)
    proof.cover("pairs", *pairs)
