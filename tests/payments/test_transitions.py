"""The life of a charge, held to a list written by hand, and the database's own guard held to the table."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.kernel.transitions import TransitionTable
from payments.enums import ChargeActor, ChargeState, RefundState
from payments.errors import IllegalMove
from payments.models import Charge
from payments.services.moving import lock_charge, move
from payments.transitions import CHARGE, REFUND, REVERSAL, TRANSFER, edges_of
from tests.factories.payments import make_charge

# From a state, where a charge may go: written from the rules, not from the table.
BY_HAND = {
    "pending": "submitting succeeded quarantined withdrawing",
    "submitting": "unknown succeeded processing declined action_required quarantined",
    "unknown": "submitting pending succeeded processing declined action_required quarantined",
    "processing": "succeeded declined action_required quarantined",
    "awaiting_payer": "succeeded processing pending quarantined withdrawing",
    "declined": "succeeded pending awaiting_payer quarantined withdrawing",
    "action_required": "succeeded pending awaiting_payer quarantined withdrawing",
    "succeeded": "",
    "withdrawing": "withdrawn succeeded quarantined",
    "withdrawn": "succeeded quarantined",
    "quarantined": "processing declined",
}
EDGES = {(source, target) for source, targets in BY_HAND.items() for target in targets.split()}
PAIRS = [pair for pair in itertools.product(ChargeState.values, repeat=2) if pair[0] != pair[1]]


def test_the_table_is_what_was_written_by_hand() -> None:
    assert set(edges_of(CHARGE)) == EDGES
    assert set(BY_HAND) == set(ChargeState.values)


@pytest.mark.parametrize("table", [CHARGE, REFUND])
def test_the_diagrams_in_the_docs_are_current(table: "TransitionTable[Any]") -> None:
    """To renew one, print `table.mermaid()` and put it into docs/charging.md."""
    assert table.mermaid() in Path("docs/charging.md").read_text()


def test_a_refund_that_failed_moves_no_more_and_only_a_person_moves_one_that_is_held_back() -> None:
    sources = {source for source, _ in edges_of(REFUND)}
    assert sources == set(RefundState.values) - {"failed"}
    assert [target for source, target in edges_of(REFUND) if source == "succeeded"] == ["failed"]


@pytest.mark.parametrize("table", [CHARGE, REFUND, TRANSFER, REVERSAL])
def test_what_is_held_back_has_a_way_out_and_only_a_person_takes_it(table: "TransitionTable[Any]") -> None:
    freed = {row.name: row.actors for row in table if "quarantined" in {str(source) for source in row.sources}}
    assert freed == dict.fromkeys(["resume", "give_up"], frozenset({ChargeActor.OWNER}))


def put(charge: Charge, state: str) -> None:
    """Straight into a state, past the guard: only a test of the guard does this."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE payments_charge SET state = %s WHERE id = %s", [state, charge.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.mark.django_db
def test_the_database_allows_exactly_the_edges_of_the_table() -> None:
    charge = make_charge()
    for source, target in PAIRS:
        put(charge, source)
        try:
            with transaction.atomic():
                Charge.objects.filter(pk=charge.pk).update(state=target)
            allowed = True
        except DatabaseError:
            allowed = False
        assert allowed == ((source, target) in EDGES), (source, target)


@pytest.mark.django_db
def test_moves_are_refused_from_every_other_state_and_to_every_other_actor() -> None:
    charge = make_charge()
    for row, state, actor in itertools.product(CHARGE, ChargeState, ChargeActor):
        put(charge, state)
        with transaction.atomic():
            locked = lock_charge(charge.pk)
            if row.permits(state, actor):
                move(locked, row.name, actor)
                assert Charge.objects.get(pk=charge.pk).state == row.target
            else:
                with pytest.raises(IllegalMove):
                    move(locked, row.name, actor)
                assert Charge.objects.get(pk=charge.pk).state == state


@pytest.mark.django_db
@pytest.mark.parametrize("state", sorted(set(ChargeState.values) - {"pending", "awaiting_payer"}))
def test_a_charge_cannot_be_born_in_the_middle_of_its_life(state: str) -> None:
    charge = make_charge()
    charge.pk, charge.public_id, charge.reference, charge.state = None, "chg_new", "mst_new", state
    charge._state.adding = True
    with pytest.raises(DatabaseError), transaction.atomic():
        charge.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"amount": 1}, {"fee": 1}, {"currency": "EUR"}, {"reference": "other"}, {"group": "other"},
        {"description": "other"}, {"public_id": "chg_other"},
    ],
)  # fmt: skip
def test_who_owes_what_never_changes(change: dict[str, object]) -> None:
    charge = make_charge()
    with pytest.raises(DatabaseError), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(**change)


@pytest.mark.django_db
def test_a_charge_is_never_deleted() -> None:
    charge = make_charge()
    with pytest.raises(DatabaseError), transaction.atomic():
        Charge.objects.filter(pk=charge.pk)._raw_delete("default")
