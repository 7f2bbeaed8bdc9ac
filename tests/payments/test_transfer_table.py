"""The lives of transfers and reversals: every state, every actor, and what the database itself refuses."""

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from payments.enums import ChargeActor, ReversalState, TransferState
from payments.errors import IllegalMove
from payments.models import Transfer, TransferReversal
from payments.services.moving import move_reversal, move_transfer
from payments.services.sweeping import sweep_transfers
from payments.transitions import REVERSAL, TRANSFER
from tests.factories.payouts import make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db

TRANSFER_EDGES = {
    "request": ("waiting", "worker"),
    "submit": ("pending unknown", "worker"),
    "lose_sight": ("submitting", "worker"),
    "succeed": ("submitting unknown", "provider"),
    "refuse": ("submitting unknown", "provider"),
    "quarantine": ("submitting unknown", "provider"),
    "resume": ("quarantined", "owner"),
    "give_up": ("quarantined", "owner"),
    "close": ("waiting", "worker"),
    "reopen": ("closed", "worker"),
}
REVERSAL_EDGES = {
    "submit": ("pending unknown", "worker"),
    "lose_sight": ("submitting", "worker"),
    "succeed": ("submitting unknown", "provider"),
    "fail": ("submitting unknown", "provider"),
    "quarantine": ("submitting unknown", "provider"),
    "resume": ("quarantined", "owner"),
    "give_up": ("quarantined", "owner"),
    "drop": ("pending", "worker"),
}


def test_the_tables_are_those_written_by_hand() -> None:
    assert {row.name for row in TRANSFER} == set(TRANSFER_EDGES)
    assert {row.name for row in REVERSAL} == set(REVERSAL_EDGES)


@pytest.mark.parametrize("name", TRANSFER_EDGES)
@pytest.mark.parametrize("state", list(TransferState))
@pytest.mark.parametrize("actor", list(ChargeActor))
def test_every_state_and_actor_of_a_transfer(name: str, state: TransferState, actor: ChargeActor) -> None:
    sources, allowed = TRANSFER_EDGES[name]
    permitted = state.value in sources.split() and actor.value == allowed
    assert TRANSFER.find(name).permits(state, actor) == permitted
    if not permitted:
        with pytest.raises(IllegalMove):
            move_transfer(Transfer(state=state), name, actor)


@pytest.mark.parametrize("name", REVERSAL_EDGES)
@pytest.mark.parametrize("state", list(ReversalState))
@pytest.mark.parametrize("actor", list(ChargeActor))
def test_every_state_and_actor_of_a_reversal(name: str, state: ReversalState, actor: ChargeActor) -> None:
    sources, allowed = REVERSAL_EDGES[name]
    permitted = state.value in sources.split() and actor.value == allowed
    assert REVERSAL.find(name).permits(state, actor) == permitted
    if not permitted:
        with pytest.raises(IllegalMove):
            move_reversal(TransferReversal(state=state), name, actor)


@pytest.mark.parametrize("to", [state for state in TransferState if state != TransferState.SUCCEEDED])
def test_the_database_refuses_to_move_what_was_sent(stripe: StripeDouble, seller: User, to: TransferState) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    sweep_transfers()
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(state=to)


@pytest.mark.parametrize(
    "change", [{"group": "ord_2"}, {"currency": "EUR"}, {"public_id": "trf_other"}, {"payee_id": 1}, {"charge_id": 1}]
)
def test_the_database_refuses_other_terms(stripe: StripeDouble, seller: User, change: dict[str, object]) -> None:
    transfer = make_transfer(stripe, seller)
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(**change)


def test_the_database_refuses_to_forget_a_transfer(stripe: StripeDouble, seller: User) -> None:
    transfer = make_transfer(stripe, seller)
    with pytest.raises(DatabaseError), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).delete()
