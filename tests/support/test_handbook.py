"""docs/support.md, which is read at 3 a.m., uses the words that the desk uses."""

import pytest

from marketplace.kernel.errors import DomainError
from orders import errors
from orders.enums import Completion, MilestoneState, OrderState
from payments.enums import ChargeState
from tests.architecture.test_budgets import ROOT

HANDBOOK = (ROOT / "docs" / "support.md").read_text()


@pytest.mark.parametrize("state", [*OrderState, *MilestoneState])
def test_every_state_is_explained(state: OrderState | MilestoneState) -> None:
    assert any(str(state.label) in line for line in HANDBOOK.splitlines() if line.startswith("|"))


@pytest.mark.parametrize("reason", Completion)
def test_every_way_to_complete_is_named(reason: Completion) -> None:
    assert str(reason.label).lower() in HANDBOOK.lower()


@pytest.mark.parametrize("error", [errors.PaymentUnderWay, errors.OrderOver, errors.NothingPaid, errors.CannotContinue])
def test_what_the_desk_answers_is_quoted_as_it_is_said(error: type[DomainError]) -> None:
    quoted = [line.split("*")[1].rstrip(".") for line in HANDBOOK.splitlines() if line.startswith("- *")]

    assert any(error.sentence.startswith(words) for words in quoted)


@pytest.mark.parametrize(
    "state",
    [ChargeState.UNKNOWN, ChargeState.PROCESSING, ChargeState.QUARANTINED, ChargeState.PENDING, ChargeState.SUCCEEDED],
)
def test_the_states_of_charges_that_matter_are_named_as_shown(state: ChargeState) -> None:
    assert f"*{state.label}*" in HANDBOOK
