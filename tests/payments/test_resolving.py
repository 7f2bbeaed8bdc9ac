"""What was held back has a way out that a person takes: settled as Stripe says, or given up (R-SUP-4)."""

from dataclasses import replace

import pytest

from accounts.models import User
from notifications.models import Notification
from payments.enums import AttemptState, ChargeState, ReversalState, TransferState
from payments.errors import HeldBackDiffers
from payments.gateway import KeyMisuse, RequestRejected
from payments.models import Charge, ChargeAttempt, SavedMethod, Transfer, TransferReversal
from payments.selectors import group_balances
from payments.services.refreshing import refresh_charge
from payments.services.refunding import request_refund
from payments.services.resolving import resolve_charge, resolve_reversal, resolve_transfer
from payments.services.reversing import settle_reversal
from payments.services.settling import settle
from payments.services.sweeping import sweep_events, sweep_refunds, sweep_reversals, sweep_transfers
from payments.services.transferring import settle_transfer
from payments.signals import ChargeResult
from tests.factories.payments import NOW, last_attempt, make_charge, make_saved_method, open_page, submit
from tests.factories.payouts import again, make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]


@pytest.fixture
def method(stripe: StripeDouble, buyer: User) -> SavedMethod:
    return make_saved_method(stripe, buyer)


def held_back(stripe: StripeDouble, *, scenario: str = "works") -> Charge:
    """A charge whose payment came back with another sum in what we were told of it."""
    charge = make_charge()
    stripe.pay(open_page(charge), scenario)
    attempt = last_attempt(charge)
    (intent,) = stripe.objects("payment_intent")
    snapshot = stripe.gateway.get_payment(intent["id"])
    settle(attempt_id=attempt.pk, snapshot=replace(snapshot, amount=1))
    ChargeAttempt.objects.filter(pk=attempt.pk).update(payment_id=intent["id"])
    return Charge.objects.get(pk=charge.pk)


def now_of(charge: Charge) -> tuple[str, str]:
    return Charge.objects.get(pk=charge.pk).state, last_attempt(charge).state


# --- Alerts -----------------------------------------------------------------------------------------------------------
def test_every_agent_is_told_once_a_day(stripe: StripeDouble, agent: User) -> None:
    charge = held_back(stripe)
    snapshot = stripe.gateway.get_payment(stripe.objects("payment_intent")[0]["id"])
    settle(attempt_id=last_attempt(charge).pk, snapshot=replace(snapshot, amount=1))
    (told,) = Notification.objects.filter(kind="money_needs_a_person")
    assert (told.recipient, told.url) == (agent, f"/support/orders/order/?q={charge.group}")
    assert told.data == {
        "what": "payment", "public_id": charge.public_id, "reason": f"{snapshot.id} at Stripe differs in amount",
    }  # fmt: skip


@pytest.mark.parametrize("change", [{"metadata": {}}, {"amount": 1}])
def test_what_was_captured_stays_captured_whatever_is_changed_afterwards(
    stripe: StripeDouble, agent: User, change: dict[str, object]
) -> None:
    """Somebody edits the payment in the dashboard: the books keep it, and people are told."""
    charge = make_charge()
    stripe.pay(open_page(charge))
    attempt = last_attempt(charge)
    snapshot = stripe.gateway.get_payment(stripe.objects("payment_intent")[0]["id"])
    settle(attempt_id=attempt.pk, snapshot=snapshot)
    settle(attempt_id=attempt.pk, snapshot=replace(snapshot, **change))  # type: ignore[arg-type]
    assert now_of(charge) == (ChargeState.SUCCEEDED, AttemptState.SUCCEEDED)
    assert group_balances("ord_1").captured == 8_400
    assert Notification.objects.filter(kind="money_needs_a_person", recipient=agent).count() == 1


# --- Charges ----------------------------------------------------------------------------------------------------------
def test_a_request_that_stripe_refuses_is_a_card_that_can_t_be_charged(
    stripe: StripeDouble, method: SavedMethod, told: list[ChargeResult], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 400 that we know nothing of: no money moved, the buyer pays on the page, and somebody is told."""

    def refuse(*_: object, **__: object) -> None:
        raise RequestRejected("not available (param 'payment_method', code 'payment_method_not_available')")

    told.clear()
    charge = make_charge(payer=method.user, method=method)
    with monkeypatch.context() as patch:
        patch.setattr(stripe.gateway, "confirm_payment", refuse)
        charge = submit(charge)
    assert (charge.state, charge.remedy, charge.method_refused) == (ChargeState.DECLINED, "new_card", True)
    assert [(result.outcome, result.code) for result in told] == [("declined", "request_refused")]
    assert Notification.objects.filter(kind="money_needs_a_person", recipient=agent).count() == 1

    stripe.pay(open_page(charge))
    stripe.deliver_webhooks()
    refresh_charge(charge=charge, now=NOW)
    ours = [each for each in stripe.objects("payment_intent") if each["metadata"]["charge_ref"] == charge.public_id]
    assert sorted(intent["status"] for intent in ours) == ["canceled", "succeeded"]
    assert group_balances("ord_1").captured == 8_400


def test_a_refusal_is_not_believed_of_a_payment_that_has_moved(
    stripe: StripeDouble, method: SavedMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm = stripe.gateway.confirm_payment

    def confirm_and_refuse(*args: object, **more: object) -> None:
        confirm(*args, **more)  # type: ignore[arg-type]
        raise RequestRejected("no")

    monkeypatch.setattr(stripe.gateway, "confirm_payment", confirm_and_refuse)
    assert submit(make_charge(payer=method.user, method=method)).state == ChargeState.SUCCEEDED


def test_a_key_that_was_used_for_something_else_is_held_back_and_given_up(
    stripe: StripeDouble, method: SavedMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misuse(*_: object, **__: object) -> None:
        raise KeyMisuse("used before")

    with monkeypatch.context() as patch:
        patch.setattr(stripe.gateway, "create_payment", misuse)
        charge = submit(make_charge(payer=method.user, method=method))
    assert now_of(charge) == (ChargeState.QUARANTINED, AttemptState.QUARANTINED)
    assert resolve_charge(charge_id=charge.pk) == 1
    assert now_of(charge) == (ChargeState.DECLINED, AttemptState.CLOSED)
    assert group_balances("ord_1").captured == 0


def test_what_is_as_we_asked_for_after_all_is_settled(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    charge = held_back(stripe)
    assert now_of(charge) == (ChargeState.QUARANTINED, AttemptState.QUARANTINED)
    assert resolve_charge(charge_id=charge.pk) == 1
    assert now_of(charge) == (ChargeState.SUCCEEDED, AttemptState.SUCCEEDED)
    assert group_balances("ord_1").captured == 8_400
    assert [result.outcome for result in told] == ["succeeded"]
    assert resolve_charge(charge_id=charge.pk) == 0


def test_what_differs_still_stays_until_it_was_given_back_at_stripe(
    stripe: StripeDouble, told: list[ChargeResult]
) -> None:
    charge = held_back(stripe)
    intent = stripe.objects("payment_intent")[0]
    stripe.simulator.store.put("payment_intent", intent["id"], intent | {"metadata": {}})
    with pytest.raises(HeldBackDiffers, match="charge_ref, attempt"):
        resolve_charge(charge_id=charge.pk)
    assert now_of(charge) == (ChargeState.QUARANTINED, AttemptState.QUARANTINED)

    stripe.gateway.refund(refund_ref="by hand", payment_id=intent["id"], amount=8_400, idempotency_key="by hand")
    assert resolve_charge(charge_id=charge.pk) == 1
    assert now_of(charge) == (ChargeState.DECLINED, AttemptState.CLOSED)
    assert [(result.outcome, result.code) for result in told] == [("declined", "given_up")]
    assert group_balances("ord_1").captured == 0


# --- Transfers and reversals ------------------------------------------------------------------------------------------
@pytest.fixture
def odd_transfer(stripe: StripeDouble, seller: User) -> Transfer:
    """Sent as we asked for; what we were told of it differed."""
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    stripe.faults.add("lost_after", on="POST /v1/transfers", times=3)
    sweep_transfers()
    snapshot = stripe.gateway.get_transfer(stripe.objects("transfer")[0]["id"])
    settle_transfer(transfer_id=transfer.pk, snapshot=replace(snapshot, amount=1))
    assert again(transfer).state == TransferState.QUARANTINED
    return transfer


def books() -> tuple[int, int, int]:
    found = group_balances("ord_1")
    return found.released, found.on_the_way, found.paid_out


def test_a_transfer_that_is_as_we_asked_for_is_settled(odd_transfer: Transfer) -> None:
    assert books() == (0, 7_200, 0)
    assert resolve_transfer(transfer_id=odd_transfer.pk).state == TransferState.SUCCEEDED
    assert books() == (0, 0, 7_200)
    assert resolve_transfer(transfer_id=odd_transfer.pk).state == TransferState.SUCCEEDED


def test_a_transfer_that_differs_stays_until_it_was_taken_back_whole_and_is_then_payable_again(
    stripe: StripeDouble, odd_transfer: Transfer
) -> None:
    sent = stripe.objects("transfer")[0]
    stripe.simulator.store.put("transfer", sent["id"], sent | {"destination": "acct_other"})
    with pytest.raises(HeldBackDiffers, match="destination"):
        resolve_transfer(transfer_id=odd_transfer.pk)
    assert books() == (0, 7_200, 0)

    stripe.gateway.reverse_transfer(
        reversal_ref="by hand", transfer_id=sent["id"], amount=7_200, idempotency_key="by hand"
    )
    assert resolve_transfer(transfer_id=odd_transfer.pk).state == TransferState.WAITING
    assert books() == (7_200, 0, 0)


@pytest.mark.parametrize(
    ("taken", "state", "after"), [(7_200, "waiting", (7_200, 0, 0)), (1_000, "succeeded", (1_000, 0, 6_200))]
)
def test_a_transfer_that_somebody_took_back_meanwhile_has_not_arrived(
    stripe: StripeDouble, odd_transfer: Transfer, taken: int, state: str, after: tuple[int, int, int]
) -> None:
    """It was as we asked for; the news of the reversal came while it was held back."""
    sent = stripe.objects("transfer")[0]
    stripe.gateway.reverse_transfer(
        reversal_ref="by hand", transfer_id=sent["id"], amount=taken, idempotency_key="by hand"
    )
    stripe.deliver_webhooks()
    sweep_events()
    assert books() == (0, 7_200, 0)
    assert resolve_transfer(transfer_id=odd_transfer.pk).state == state
    assert books() == after


def test_a_transfer_that_stripe_knows_nothing_of_is_payable_again(stripe: StripeDouble, odd_transfer: Transfer) -> None:
    stripe.simulator.store.delete("transfer", stripe.objects("transfer")[0]["id"])
    assert resolve_transfer(transfer_id=odd_transfer.pk).state == TransferState.WAITING
    assert books() == (7_200, 0, 0)


@pytest.mark.parametrize("known", [True, False])
def test_a_reversal_is_settled_or_has_failed(
    stripe: StripeDouble, seller: User, odd_transfer: Transfer, *, known: bool
) -> None:
    resolve_transfer(transfer_id=odd_transfer.pk)
    request_refund(charge=odd_transfer.charge, amount=2_100, reason="Support gave it back", now=NOW)
    sweep_refunds()
    stripe.faults.add("lost_after", on="/reversals", times=3)
    sweep_reversals()
    reversal = TransferReversal.objects.get()
    (made,) = stripe.objects("transfer_reversal")
    (found,) = stripe.gateway.find_reversals(reversal_ref=reversal.public_id, transfer_id=made["transfer"])
    settle_reversal(reversal_id=reversal.pk, snapshot=replace(found, amount=1))
    assert group_balances("ord_1").receivable == 1_800
    if not known:
        stripe.simulator.store.delete("transfer_reversal", made["id"])
    done = resolve_reversal(reversal_id=reversal.pk)
    assert done.state == (ReversalState.SUCCEEDED if known else ReversalState.FAILED)
    assert group_balances("ord_1").receivable == (0 if known else 1_800)


def test_r_pay_7_a_reversal_that_never_was_leaves_no_debt_after_its_refund_failed(
    stripe: StripeDouble, odd_transfer: Transfer
) -> None:
    resolve_transfer(transfer_id=odd_transfer.pk)
    request_refund(charge=odd_transfer.charge, amount=None, reason="Support gave it back", now=NOW)
    sweep_refunds()
    stripe.faults.add("lost_before", on="/reversals", times=3)
    sweep_reversals()
    reversal = TransferReversal.objects.get()
    TransferReversal.objects.filter(pk=reversal.pk).update(state=ReversalState.QUARANTINED)
    stripe.fail_refund(stripe.objects("refund")[0]["id"])
    stripe.deliver_webhooks()
    sweep_events()
    assert (books(), group_balances("ord_1").receivable) == ((7_200, 0, 7_200), 7_200)
    assert resolve_reversal(reversal_id=reversal.pk).state == ReversalState.FAILED
    assert (books(), group_balances("ord_1").receivable) == ((0, 0, 7_200), 0)
