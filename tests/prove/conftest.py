"""`proof`: what every test of a suite takes. The test runs once per shard; see CONTRIBUTING.md, Proofs."""

from collections.abc import Generator

import pytest
from pluggy import Result

from tests.prove.options import SHARDS, read_options
from tests.prove.plugin import PROPERTY
from tests.prove.proof import Proof
from tests.prove.report import Report


@pytest.fixture(
    params=[pytest.param(shard, marks=pytest.mark.xdist_group(f"shard{shard}")) for shard in range(SHARDS)],
    ids=lambda shard: f"shard{shard}",
)
def proof(request: pytest.FixtureRequest) -> Proof:
    """The suite is named by the module: tests/prove/test_model.py is `model`."""
    options = read_options()
    suite = request.node.module.__name__.rsplit(".test_", 1)[-1]
    return Proof(options=options, shard=request.param, report=Report.begin(suite, options))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> "Generator[None, Result[None], None]":
    """After the test's body: its report is kept, and it has failed if a violation was found."""
    outcome = yield
    proof = getattr(item, "funcargs", {}).get("proof")
    if proof is None:
        return
    proof.finish()
    item.user_properties.append((PROPERTY, proof.report.pack()))
    if proof.report.violations:
        said = "\n".join(f"{each.case}: {each.what}\n  {each.replay}" for each in proof.report.violations)
        outcome.force_exception(AssertionError(f"{len(proof.report.violations)} violations\n{said}"))
