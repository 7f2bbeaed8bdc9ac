"""contract: what we ask of Stripe is described by Stripe, and a wrong or missing name would be noticed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.contract.validator import (
    described_answer,
    described_request,
    form_problems,
    problems_of,
    response_problems,
    template_of,
)
from tests.payments.simulator_fixtures import StripeDouble
from tests.prove.contract.calling import Exchange, exchanges_of_all_calls
from tests.prove.contract.mutating import Described
from tests.prove.contract.sdk_types import TYPES, unknown_names
from tests.prove.proof import Proof
from tests.prove.quiet import quiet


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet():
        yield


@pytest.fixture
def exchanges(proof: Proof, stripe: StripeDouble) -> list[Exchange]:
    """This shard's share of all our calls."""
    everything = exchanges_of_all_calls(stripe)
    return [everything[number] for number in proof.mine(len(everything))]


def _operation(exchange: Exchange) -> tuple[str, str]:
    method = exchange[0].method.lower()
    return method, template_of(method, exchange[0].path)


def test_every_call_is_described_by_stripe_and_typed_by_its_sdk(proof: Proof, exchanges: list[Exchange]) -> None:
    proof.cover("operations", total=len(TYPES))
    for exchange in exchanges:
        operation = _operation(exchange)
        name = " ".join(operation)
        with proof.case(name):
            assert problems_of(*exchange) == []
            assert unknown_names(*operation, exchange[0].params) == []
        proof.cover("operations", name)
        proof.count(exchanges=1)


def test_no_fault_in_a_request_goes_unnoticed(proof: Proof, exchanges: list[Exchange]) -> None:
    for request, response in exchanges:
        operation = _operation((request, response))
        for mutant in Described(*described_request(*operation), closed=True).mutants(request.params):
            name = f"{' '.join(operation)} {mutant.name}"
            _notice(proof, "requests", name, form_problems(*operation, mutant.value))
            if mutant.fault == "misspelt":
                _notice(proof, "names", name, unknown_names(*operation, mutant.value))


def test_no_fault_in_an_answer_goes_unnoticed(proof: Proof, exchanges: list[Exchange]) -> None:
    for request, response in exchanges:
        operation = _operation((request, response))
        for mutant in Described(*described_answer(*operation), closed=False).mutants(response.body):
            changed = replace(response, body=mutant.value)
            _notice(proof, "answers", f"{' '.join(operation)} {mutant.name}", response_problems(request, changed))


def _notice(proof: Proof, kind: str, name: str, problems: list[str]) -> None:
    proof.count(**{f"faults_in_{kind}": 1})
    if not problems:
        proof.violate(name, f"{kind}: {name} is not noticed")
