"""Charging a saved method when everything goes wrong: nobody is charged twice, and no charge is lost (R-PAY-3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from payments import crash_points
from payments.enums import AttemptState, ChargeState
from payments.models import Charge, ChargeAttempt, ProviderCustomer, SavedMethod
from payments.selectors import group_balances
from payments.services.submitting import submit_attempt
from payments.services.sweeping import sweep_announcements, sweep_charges, sweep_strays
from payments.signals import ChargeResult
from payments.simulator.wire import Request
from tests.factories.payments import last_attempt, make_charge, make_saved_method, pay_charge, submit
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]
NOTHING, ALL = (0, 0, 0), (84_00, 80_00, 4_00)
POINTS = [
    "submit:found", "submit:leased", "submit:creating", "submit:created", "submit:id_saved", "submit:confirming",
    "submit:confirmed", "settle:locked", "settle:written", "settle:committed", "settle:announced",
]  # fmt: skip


@pytest.fixture
def method(stripe: StripeDouble, buyer: User) -> SavedMethod:
    return make_saved_method(stripe, buyer)


def payments_of(stripe: StripeDouble, charge: Charge) -> list[str]:
    """The states of the payments that Stripe has for `charge`."""
    intents = [each for each in stripe.objects("payment_intent") if each["metadata"]["charge_ref"] == charge.public_id]
    return sorted(intent["status"] for intent in intents)


def books() -> tuple[int, int, int]:
    """What the order's books say was captured, and is held of price and fee."""
    balances = group_balances("ord_1")
    return balances.captured, balances.held, balances.fee_held


def creates(stripe: StripeDouble, charge: Charge) -> list[Request]:
    """Every answered request for a payment of `charge`."""
    posts = [each for each, _ in stripe.adapter.exchanges if each.target == "POST /v1/payment_intents"]
    return [each for each in posts if each.params["metadata"]["charge_ref"] == charge.public_id]


def sweep_until_quiet(time_passes: Pass) -> None:
    """Beat runs for an hour and more."""
    for _ in range(6):
        time_passes(timedelta(minutes=16))
        sweep_charges()


def test_the_id_is_committed_before_any_money_can_move(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None]
) -> None:
    charge = make_charge(payer=method.user, method=method)
    kill_at("submit:confirming")
    with pytest.raises(Killed):
        submit(charge)
    attempt = last_attempt(charge)
    assert (attempt.state, attempt.payment_id is not None) == (AttemptState.LIVE, True)
    assert payments_of(stripe, charge) == ["requires_confirmation"]


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_step_is_healed_by_the_sweep(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None], time_passes: Pass,
    told: list[ChargeResult], point: str,
) -> None:  # fmt: skip
    told.clear()
    charge = make_charge(payer=method.user, method=method)
    kill_at(point)
    with pytest.raises(Killed):
        submit(charge)
    time_passes(timedelta(minutes=4))
    sweep_charges()
    sweep_announcements()
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    assert payments_of(stripe, charge) == ["succeeded"]
    assert group_balances("ord_1").captured == 8_400
    assert [result.outcome for result in told] == ["succeeded"]


@pytest.mark.parametrize("first", POINTS[1:9])
@pytest.mark.parametrize("second", ["submit:leased", "submit:id_saved", "submit:confirmed", "settle:written"])
def test_killed_again_while_recovering(
    stripe: StripeDouble,
    method: SavedMethod,
    kill_at: Callable[[str], None],
    time_passes: Pass,
    first: str,
    second: str,
) -> None:
    charge = make_charge(payer=method.user, method=method)
    for point in (first, second):
        kill_at(point)
        try:
            submit(charge)
        except Killed:
            time_passes(timedelta(minutes=4))
    sweep_until_quiet(time_passes)
    assert payments_of(stripe, charge) == ["succeeded"]
    assert group_balances("ord_1").captured == 8_400


def test_a_lease_keeps_a_second_worker_away(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None]
) -> None:
    charge = make_charge(payer=method.user, method=method)
    kill_at("submit:leased")
    with pytest.raises(Killed):
        submit(charge)
    assert submit(charge).state == ChargeState.SUBMITTING
    assert sweep_charges() == 0
    assert payments_of(stripe, charge) == []


def test_a_worker_that_wakes_after_its_lease_leaves_the_charge_to_the_one_that_has_it(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None], time_passes: Pass
) -> None:
    charge = make_charge(payer=method.user, method=method)

    def sleep_too_long(point: str) -> None:
        if point == "submit:created":
            time_passes(timedelta(minutes=4))
            kill_at("submit:leased")
            with pytest.raises(Killed):
                submit(charge)  # the second worker takes the lease, and is still at work

    crash_points.arm(sleep_too_long)
    submit(charge)
    attempt = last_attempt(charge)
    assert (attempt.tries, attempt.payment_id, attempt.charge.state) == (2, None, ChargeState.SUBMITTING)
    assert payments_of(stripe, charge) == ["requires_confirmation"]
    time_passes(timedelta(minutes=4))
    assert submit(charge).state == ChargeState.SUCCEEDED
    assert payments_of(stripe, charge) == ["succeeded"]


@pytest.mark.parametrize("on", ["/v1/payment_intents", "/confirm"])
@pytest.mark.parametrize(
    ("kind", "times"),
    [
        ("lost_before", 3), ("lost_after", 3), ("truncated", 1), ("html", 1), ("error_before", 3),
        ("error_after", 3), ("bad_gateway", 3), ("rate_limited", 1), ("in_use", 3),
    ],
)  # fmt: skip
def test_no_answer_is_unknown_and_never_a_second_payment(
    stripe: StripeDouble, method: SavedMethod, time_passes: Pass, on: str, kind: str, times: int
) -> None:
    charge = make_charge(payer=method.user, method=method)
    stripe.faults.add(kind, on=on, times=times)
    assert submit(charge).state == ChargeState.UNKNOWN
    sweep_until_quiet(time_passes)
    sweep_strays()
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    assert payments_of(stripe, charge).count("succeeded") == 1
    assert group_balances("ord_1").captured == 8_400


def test_an_effect_hidden_behind_a_429_is_found(stripe: StripeDouble, method: SavedMethod, time_passes: Pass) -> None:
    charge = make_charge(payer=method.user, method=method)
    stripe.faults.add("lost_after", on="/confirm")
    stripe.faults.add("rate_limited", on="/confirm")
    submit(charge)
    sweep_until_quiet(time_passes)
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    assert payments_of(stripe, charge) == ["succeeded"]


def test_a_key_older_than_twenty_hours_is_never_replayed(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None], time_passes: Pass
) -> None:
    """The worker dies after the create, everything stays down for 25 hours, and Stripe forgets the key."""
    charge = make_charge(payer=method.user, method=method)
    kill_at("submit:created")
    with pytest.raises(Killed):
        submit(charge)
    time_passes(timedelta(hours=25))
    assert books() == NOTHING
    asked = len(stripe.adapter.exchanges)
    sweep_charges()
    creates = [
        request for request, _ in stripe.adapter.exchanges[asked:]
        if request.method == "POST" and request.path == "/v1/payment_intents"
    ]  # fmt: skip
    assert creates == []
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    assert payments_of(stripe, charge) == ["succeeded"]
    assert books() == ALL


def test_when_nothing_is_found_a_new_attempt_has_a_new_key(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None], time_passes: Pass
) -> None:
    charge = make_charge(payer=method.user, method=method)
    kill_at("submit:creating")
    with pytest.raises(Killed):
        submit(charge)
    time_passes(timedelta(hours=25))
    assert (books(), payments_of(stripe, charge)) == (NOTHING, [])
    sweep_charges()
    sweep_charges()
    first, second = ChargeAttempt.objects.filter(charge=charge)
    assert (first.state, second.state) == (AttemptState.CLOSED, AttemptState.SUCCEEDED)
    assert first.idempotency_key != second.idempotency_key
    assert payments_of(stripe, charge) == ["succeeded"]
    assert books() == ALL


def test_nothing_is_looked_up_before_lists_can_be_believed(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None], time_passes: Pass
) -> None:
    charge = make_charge(payer=method.user, method=method)
    for _ in range(4):
        kill_at("submit:created")
        with pytest.raises(Killed):
            submit(charge)
        time_passes(timedelta(minutes=4))
    asked = len(stripe.adapter.exchanges)
    submit(charge)
    assert (len(stripe.adapter.exchanges), books()) == (asked, NOTHING)
    time_passes(timedelta(minutes=12))
    assert submit(charge).state == ChargeState.SUCCEEDED
    assert payments_of(stripe, charge) == ["succeeded"]
    assert books() == ALL


def test_a_payment_that_a_lost_reply_left_behind_is_cancelled(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None], time_passes: Pass
) -> None:
    charge = make_charge(payer=method.user, method=method)
    kill_at("submit:created")
    with pytest.raises(Killed):
        submit(charge)
    attempt = last_attempt(charge)
    ChargeAttempt.objects.filter(pk=attempt.pk).update(state=AttemptState.CLOSED)  # as if it had been given up
    time_passes(timedelta(minutes=4))
    assert sweep_strays() == 1
    assert payments_of(stripe, charge) == ["canceled"]
    assert sweep_strays() == 0


def test_frozen_parameters_survive_a_change_of_the_words(
    stripe: StripeDouble,
    method: SavedMethod,
    kill_at: Callable[[str], None],
    time_passes: Pass,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A repeat under the same key is the same to the byte, though a release has other words and the card is another."""
    charge = make_charge(payer=method.user, method=method)
    kill_at("submit:created")
    with pytest.raises(Killed):
        submit(charge)
    assert books() == NOTHING
    SavedMethod.objects.filter(pk=method.pk).update(stripe_id="pm_other")
    monkeypatch.setattr("payments.services.attempts._words", lambda charge: f"For: {charge.description}")
    time_passes(timedelta(minutes=4))
    sweep_charges()
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
    first, again = creates(stripe, charge)
    assert first.params["description"] == "Rough cut, with the service fee of $4.00"
    assert (again.params, again.idempotency_key) == (first.params, f"charge:{charge.public_id}:1")
    assert again.idempotency_key == first.idempotency_key
    assert payments_of(stripe, charge) == ["succeeded"]
    assert books() == ALL


def test_a_method_that_is_gone_at_the_provider_is_a_card_that_does_not_work(
    stripe: StripeDouble, method: SavedMethod, told: list[ChargeResult]
) -> None:
    SavedMethod.objects.filter(pk=method.pk).update(stripe_id="pm_gone")
    method.refresh_from_db()
    told.clear()
    charge = submit(make_charge(payer=method.user, method=method))
    assert (charge.state, charge.method_refused) == (ChargeState.DECLINED, True)
    assert [(result.outcome, result.code) for result in told] == [("declined", "method_missing")]


def test_a_customer_that_was_deleted_at_stripe_takes_its_cards_along_and_a_page_helps(
    stripe: StripeDouble, method: SavedMethod, told: list[ChargeResult]
) -> None:
    stripe.delete_customer(ProviderCustomer.objects.get(user=method.user).stripe_id)
    told.clear()
    charge = submit(make_charge(payer=method.user, method=method))
    assert [(result.outcome, result.code) for result in told] == [("declined", "method_missing")]
    method.refresh_from_db()
    assert (charge.method_refused, method.state) == (True, "detached")
    assert payments_of(stripe, charge) == []
    assert pay_charge(stripe, charge).state == ChargeState.SUCCEEDED
    assert group_balances("ord_1").captured == 8_400
    assert len(stripe.objects("customer")) == 1


@pytest.mark.parametrize(("kind", "state"), [("late_success", "succeeded"), ("late_failure", "declined")])
def test_a_slow_bank_is_asked_again(
    stripe: StripeDouble, method: SavedMethod, time_passes: Pass, kind: str, state: str
) -> None:
    charge = make_charge(payer=method.user, method=method)
    stripe.faults.add(kind, on="/confirm", seconds=600)
    assert submit(charge).state == ChargeState.PROCESSING
    time_passes(timedelta(minutes=5))
    sweep_charges()
    assert Charge.objects.get(pk=charge.pk).state == ChargeState.PROCESSING
    time_passes(timedelta(minutes=10))
    sweep_charges()
    assert Charge.objects.get(pk=charge.pk).state == state


def test_submitting_what_is_settled_does_nothing(stripe: StripeDouble, method: SavedMethod) -> None:
    charge = submit(make_charge(payer=method.user, method=method))
    asked = len(stripe.adapter.exchanges)
    submit_attempt(attempt_id=last_attempt(charge).pk)
    assert len(stripe.adapter.exchanges) == asked


def test_a_sweep_run_twice_finds_nothing_the_second_time(stripe: StripeDouble, method: SavedMethod) -> None:
    make_charge(payer=method.user, method=method)
    assert sweep_charges() == 1
    assert sweep_charges() == 0
    assert group_balances("ord_1").captured == 8_400
