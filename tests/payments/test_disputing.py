"""Disputes as rows: found, followed forward only, kept apart when they don't match (R-PAY-3, R-PAY-7)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from payments.enums import DisputeState
from payments.gateway import DisputeSnapshot
from payments.models import Charge, Dispute, JournalEntry, PayoutHold, WebhookEvent
from payments.selectors import group_balances, left_of, open_dispute_of
from payments.services.disputing import follow_dispute, settle_dispute
from payments.services.sweeping import sweep_events
from payments.signals import DisputeNews, dispute_changed
from payments.transitions import DISPUTE, OPEN_DISPUTE
from tests.factories.payments import make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db


@pytest.fixture
def charge(stripe: StripeDouble) -> Charge:
    """80.00 and 4.00 fee."""
    return make_paid_charge(stripe)


@pytest.fixture
def snapshot(stripe: StripeDouble, charge: Charge) -> DisputeSnapshot:
    """A chargeback of all of it, as Stripe has it now; we have not heard of it yet."""
    return stripe.gateway.get_dispute(stripe.dispute(payment_of(charge))["id"])


@pytest.fixture
def told() -> Iterator[list[str]]:
    events: list[str] = []

    def note(*, news: DisputeNews, **_: object) -> None:
        events.append(news.event)

    dispute_changed.connect(note, weak=False)
    yield events
    dispute_changed.disconnect(note)


def payment_of(charge: Charge) -> str:
    return str(charge.attempts.get(state="succeeded").payment_id)


def settle(charge: Charge, snapshot: DisputeSnapshot, **changes: object) -> Dispute:
    attempt = charge.attempts.get(state="succeeded")
    settled = settle_dispute(attempt_id=attempt.pk, snapshot=replace(snapshot, **changes))  # type: ignore[arg-type]
    return Dispute.objects.get(pk=settled.pk)


def booked() -> list[str]:
    return list(JournalEntry.objects.filter(kind__startswith="dispute").values_list("kind", flat=True))


STATUSES = {
    "warning_needs_response": "inquiry", "warning_under_review": "inquiry", "warning_closed": "closed",
    "needs_response": "needs_response", "under_review": "under_review", "won": "won", "lost": "lost",
    "prevented": "closed",
}  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_the_first_news_may_be_any(charge: Charge, snapshot: DisputeSnapshot, status: str) -> None:
    quiet = status.startswith("warning") or status == "prevented"
    changes = {"withdrawn": 0, "fee": 0} if quiet else {}
    dispute = settle(charge, snapshot, status=status, **changes)
    assert dispute.state == STATUSES[status]
    held = PayoutHold.objects.filter(reference=dispute.public_id, lifted_at=None).exists()
    assert held == (dispute.state in OPEN_DISPUTE)


@pytest.mark.parametrize("end", ["won", "lost"])
@pytest.mark.parametrize("late", ["needs_response", "under_review", "warning_needs_response", "won", "lost"])
def test_r_pay_3_what_is_decided_stays_decided(charge: Charge, snapshot: DisputeSnapshot, end: str, late: str) -> None:
    settle(charge, snapshot, status=end, reinstated=8_400 if end == "won" else 0)
    before, entries = group_balances(charge.group), booked()
    dispute = settle(charge, snapshot, status=late)
    assert dispute.state == end
    assert (group_balances(charge.group), booked()) == (before, entries)


def test_r_pay_3_the_same_news_book_once(charge: Charge, snapshot: DisputeSnapshot) -> None:
    for _ in range(3):
        settle(charge, snapshot)
    assert booked() == ["dispute_withdrawn"]
    for _ in range(3):
        settle(charge, snapshot, status="lost")
    assert booked() == ["dispute_withdrawn", "dispute_lost"]


def test_r_pay_3_older_news_take_nothing_back(charge: Charge, snapshot: DisputeSnapshot) -> None:
    """Fetched while the bank only asked, written down after it had taken the money."""
    settle(charge, snapshot)
    dispute = settle(charge, snapshot, status="warning_needs_response", withdrawn=0, fee=0)
    assert (dispute.state, dispute.withdrawn, dispute.fee) == ("needs_response", 8_400, 1_500)
    assert booked() == ["dispute_withdrawn"]


def test_a_fee_that_is_given_back_is_booked(charge: Charge, snapshot: DisputeSnapshot) -> None:
    settle(charge, snapshot)
    dispute = settle(charge, snapshot, status="won", reinstated=8_400, fee=0)
    assert dispute.fee == 0
    assert booked() == ["dispute_withdrawn", "dispute_withdrawn", "dispute_won"]


def test_won_before_the_money_is_back(charge: Charge, snapshot: DisputeSnapshot) -> None:
    settle(charge, snapshot, status="won")
    assert group_balances(charge.group).disputed == 8_400
    settle(charge, snapshot, status="won", reinstated=8_400)
    assert group_balances(charge.group).disputed == 0


def test_lost_waits_until_the_money_is_seen_to_be_gone(charge: Charge, snapshot: DisputeSnapshot) -> None:
    dispute = settle(charge, snapshot, status="lost", withdrawn=0, fee=0)
    assert (dispute.state, booked()) == ("needs_response", [])
    assert settle(charge, snapshot, status="lost").state == "lost"


MISMATCHES = {
    "amount": {"amount": 8_401},
    "currency": {"currency": "EUR"},
    "withdrawn": {"withdrawn": 8_401},
    "reinstated": {"reinstated": 8_401},
    "payment": {"payment_id": "pi_other"},
    "settled_in": {"settled_in": frozenset({"USD", "EUR"})},
}


@pytest.mark.parametrize("name", MISMATCHES)
def test_r_pay_3_what_can_not_be_of_this_charge_is_kept_and_not_booked(
    charge: Charge, snapshot: DisputeSnapshot, name: str
) -> None:
    dispute = settle(charge, snapshot, **MISMATCHES[name])  # type: ignore[arg-type]
    assert dispute.failure.startswith(f"{snapshot.id} differs in ")
    assert (dispute.state, dispute.withdrawn, booked()) == ("needs_response", 0, [])
    assert PayoutHold.objects.filter(reference=dispute.public_id, lifted_at=None).exists()


def test_of_an_unknown_payment_the_event_waits_for_its_owner(stripe: StripeDouble, charge: Charge) -> None:
    found = stripe.dispute(payment_of(charge))
    charge.attempts.update(payment_id="pi_not_ours", provider_charge_id="ch_not_ours")
    assert not follow_dispute(provider_id=found["id"])
    stripe.deliver_webhooks()
    sweep_events()
    states = WebhookEvent.objects.filter(type__startswith="charge.dispute").values_list("state", flat=True)
    assert set(states) == {"orphan"}
    assert not Dispute.objects.exists()


def test_each_turn_is_told_once(charge: Charge, snapshot: DisputeSnapshot, told: list[str]) -> None:
    quiet = {"withdrawn": 0, "fee": 0}
    settle(charge, snapshot, status="warning_needs_response", **quiet)
    settle(charge, snapshot, status="warning_under_review", **quiet)
    settle(charge, snapshot)
    settle(charge, snapshot, status="under_review")
    settle(charge, snapshot, status="lost")
    settle(charge, snapshot, status="lost")
    assert told == ["asked", "opened", "lost"]


def test_a_receiver_that_fails_is_told_again(charge: Charge, snapshot: DisputeSnapshot, told: list[str]) -> None:
    from payments.services.sweeping import sweep_announcements

    def fail(**_: object) -> None:
        raise RuntimeError("not now")

    dispute_changed.connect(fail, weak=False)
    try:
        dispute = settle(charge, snapshot)
    finally:
        dispute_changed.disconnect(fail)
    assert (dispute.announced_at, dispute.announce_tries) == (None, 1)
    sweep_announcements()
    assert Dispute.objects.get().announced_at is not None
    assert told[-1] == "opened"


def test_what_is_left_and_what_is_open(charge: Charge, snapshot: DisputeSnapshot) -> None:
    assert (left_of(charge), open_dispute_of(charge)) == (8_400, None)
    dispute = settle(charge, snapshot, amount=2_100, withdrawn=2_100)
    assert (left_of(charge), open_dispute_of(charge)) == (8_400, dispute)
    settle(charge, snapshot, amount=2_100, withdrawn=2_100, status="lost")
    assert (left_of(charge), open_dispute_of(charge)) == (6_300, None)


@pytest.mark.parametrize("source", DisputeState)
@pytest.mark.parametrize("target", DisputeState)
def test_the_database_knows_the_table(
    charge: Charge, snapshot: DisputeSnapshot, source: DisputeState, target: DisputeState
) -> None:
    """Every pair of states: taken or refused, whoever asks."""
    dispute = settle(charge, snapshot, status="warning_needs_response", withdrawn=0, fee=0)
    path = {"inquiry": [], "under_review": ["under_review"]}.get(source, [source.value])
    for step in path:
        Dispute.objects.filter(pk=dispute.pk).update(state=step)
    allowed = source == target or (source, target) in DISPUTE.edges()
    try:
        with transaction.atomic():
            Dispute.objects.filter(pk=dispute.pk).update(state=target)
    except DatabaseError:
        assert not allowed
    else:
        assert allowed
