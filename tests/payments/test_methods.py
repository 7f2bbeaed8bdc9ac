"""Saved methods: removed and forgotten at the provider, followed when it changes them, and charged by choice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from payments.enums import MethodState
from payments.errors import MethodBusy, MethodRemoved, MethodUnknown, NothingToRetry
from payments.models import Charge, SavedMethod, WebhookEvent
from payments.selectors import saved_methods
from payments.services.charging import retry_charge
from payments.services.methods import detach_method, remove_method
from payments.services.submitting import METHOD_MISSING_MESSAGE
from payments.services.sweeping import sweep_events, sweep_methods
from payments.simulator.resources import payment_methods
from tests.factories.payments import NOW, make_charge, make_saved_method, submit
from tests.payments.conftest import Killed
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]


@pytest.fixture
def method(stripe: StripeDouble, buyer: User) -> SavedMethod:
    return make_saved_method(stripe, buyer)


def attached(stripe: StripeDouble) -> list[str | None]:
    """Whose each method at Stripe is."""
    return [each["customer"] for each in stripe.objects("payment_method")]


def state(method: SavedMethod) -> str:
    return SavedMethod.objects.get(pk=method.pk).state


def remove(method: SavedMethod) -> None:
    remove_method(user=method.user, stripe_id=method.stripe_id, now=NOW)


# --- Removing ---------------------------------------------------------------------------------------------------------
def test_a_removed_card_is_forgotten_at_stripe_by_a_worker(
    stripe: StripeDouble, method: SavedMethod, nudges: list[tuple[str, object]]
) -> None:
    remove(method)
    assert state(method) == "detaching"
    assert not saved_methods(method.user).exists()
    assert None not in attached(stripe)  # nothing was said to Stripe in the buyer's own request
    detach_method(method_id=method.pk)
    assert state(method) == "detached"
    assert attached(stripe) == [None]
    assert sweep_methods() == 0


def test_the_sweep_finds_a_removed_card_that_no_task_was_sent_for(stripe: StripeDouble, method: SavedMethod) -> None:
    remove(method)
    assert sweep_methods() == 1
    assert (state(method), attached(stripe)) == ("detached", [None])


@pytest.mark.parametrize("point", ["detach:leased", "detach:sent"])
def test_a_worker_that_dies_leaves_it_to_the_sweep(
    stripe: StripeDouble, method: SavedMethod, kill_at: Callable[[str], None], time_passes: Pass, point: str
) -> None:
    remove(method)
    kill_at(point)
    with pytest.raises(Killed):
        detach_method(method_id=method.pk)
    assert state(method) == "detaching"
    assert sweep_methods() == 0  # its lease runs
    time_passes(timedelta(minutes=4))
    assert sweep_methods() == 1
    assert (state(method), attached(stripe)) == ("detached", [None])


@pytest.mark.parametrize(("kind", "times"), [("lost_before", 3), ("lost_after", 3), ("rate_limited", 1)])
def test_an_answer_that_is_lost_is_asked_for_again(
    stripe: StripeDouble, method: SavedMethod, time_passes: Pass, kind: str, times: int
) -> None:
    remove(method)
    stripe.faults.add(kind, on="/detach", times=times)
    detach_method(method_id=method.pk)
    assert state(method) == "detaching"
    time_passes(timedelta(minutes=1))
    assert sweep_methods() == 1
    assert (state(method), attached(stripe)) == ("detached", [None])


def test_a_card_that_stripe_does_not_know_is_removed_all_the_same(stripe: StripeDouble, method: SavedMethod) -> None:
    SavedMethod.objects.filter(pk=method.pk).update(stripe_id="pm_gone")
    method.refresh_from_db()
    remove(method)
    detach_method(method_id=method.pk)
    assert state(method) == "detached"


def test_removing_twice_changes_nothing(method: SavedMethod) -> None:
    remove(method)
    due = SavedMethod.objects.get(pk=method.pk).due_at
    remove(method)
    assert SavedMethod.objects.get(pk=method.pk).due_at == due


def test_nobody_removes_the_card_of_someone_else(method: SavedMethod, stranger: User) -> None:
    with pytest.raises(MethodUnknown):
        remove_method(user=stranger, stripe_id=method.stripe_id, now=NOW)
    assert state(method) == "active"


def test_a_card_is_not_removed_while_it_is_being_charged(stripe: StripeDouble, method: SavedMethod) -> None:
    charge = make_charge(payer=method.user, method=method)
    with pytest.raises(MethodBusy):
        remove(method)
    submit(charge)
    remove(method)
    assert state(method) == "detaching"


@pytest.mark.parametrize("back", ["active", "detaching"])
def test_the_database_holds_that_a_removed_card_stays_removed(method: SavedMethod, back: str) -> None:
    remove(method)
    detach_method(method_id=method.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        SavedMethod.objects.filter(pk=method.pk).update(state=back, due_at=NOW)


def test_no_charge_takes_a_removed_card(method: SavedMethod) -> None:
    remove(method)
    with pytest.raises(MethodRemoved):
        make_charge(payer=method.user, method=method)
    assert Charge.objects.filter(group="ord_1").count() == 0


# --- The provider's news ----------------------------------------------------------------------------------------------
def test_a_card_that_its_bank_replaced_is_read_again(stripe: StripeDouble, method: SavedMethod) -> None:
    change = partial(payment_methods.replace, method_id=method.stripe_id, last4="1881", exp_month=7, exp_year=2031)
    stripe.simulator.act("/replace", change)
    stripe.deliver_webhooks()
    sweep_events()
    method.refresh_from_db()
    assert (method.last4, method.exp_month, method.exp_year, method.state) == ("1881", 7, 2031, "active")


def test_a_card_detached_in_stripes_dashboard_is_not_kept_here(stripe: StripeDouble, method: SavedMethod) -> None:
    stripe.deliver_webhooks()
    stripe.simulator.act("/detach", partial(payment_methods.detach, method_id=method.stripe_id))
    stripe.deliver_webhooks()
    sweep_events()
    assert state(method) == MethodState.DETACHED
    assert WebhookEvent.objects.get(type="payment_method.detached").state == "done"


def test_the_news_of_a_detaching_is_only_a_hint(stripe: StripeDouble, method: SavedMethod) -> None:
    """What an event says is never believed: the method is read again, and it is attached."""
    stripe.deliver_webhooks()
    event = next(each for each in stripe.objects("event") if each["type"] == "payment_method.attached")
    WebhookEvent.objects.create(
        event_id="evt_forged_story", type="payment_method.detached", object_id=method.stripe_id,
        object_type="payment_method", livemode=False, payload=event, created_at=NOW, received_at=NOW, due_at=NOW,
        state="received",
    )  # fmt: skip
    sweep_events()
    assert WebhookEvent.objects.get(event_id="evt_forged_story").state == "done"
    assert state(method) == "active"


def test_a_charge_by_a_card_that_was_detached_meanwhile_is_declined_in_words(
    stripe: StripeDouble, method: SavedMethod
) -> None:
    charge = make_charge(payer=method.user, method=method)
    stripe.simulator.act("/detach", partial(payment_methods.detach, method_id=method.stripe_id))
    charge = submit(charge)
    assert (charge.state, charge.code, charge.message) == ("declined", "method_missing", METHOD_MISSING_MESSAGE)
    assert (charge.remedy, charge.method_refused) == ("new_card", True)


# --- Charging another one ---------------------------------------------------------------------------------------------
def test_r_pay_2_a_refused_card_is_rescued_by_another_saved_one(stripe: StripeDouble, method: SavedMethod) -> None:
    lost = make_saved_method(stripe, method.user, "works_then_lost")
    charge = submit(make_charge(payer=method.user, method=lost))
    assert (charge.state, charge.method_refused) == ("declined", True)
    with pytest.raises(NothingToRetry):
        retry_charge(charge=charge, method=lost, now=NOW)
    retry_charge(charge=charge, method=method, now=NOW)
    charge = submit(charge)
    assert (charge.state, charge.method, charge.method_refused) == ("succeeded", method, False)
    assert sum(each["amount_received"] for each in stripe.objects("payment_intent")) == 3 * 8_400


def test_a_removed_card_rescues_nothing(stripe: StripeDouble, method: SavedMethod) -> None:
    declined = make_saved_method(stripe, method.user, "works_then_declines")
    charge = submit(make_charge(payer=method.user, method=declined))
    remove(method)
    with pytest.raises(MethodRemoved):
        retry_charge(charge=charge, method=method, now=NOW)
    charge.refresh_from_db()
    assert charge.method == declined


def test_nobody_pays_with_the_card_of_someone_else(stripe: StripeDouble, method: SavedMethod, stranger: User) -> None:
    declined = make_saved_method(stripe, stranger, "works_then_declines")
    charge = submit(make_charge(payer=stranger, method=declined))
    with pytest.raises(ValueError, match="someone else"):
        retry_charge(charge=charge, method=method, now=NOW)


# --- When it expires --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("year", "month", "expires"),
    [
        (2026, 11, datetime(2026, 12, 1, tzinfo=UTC)),
        (2026, 12, datetime(2027, 1, 1, tzinfo=UTC)),
        (2028, 2, datetime(2028, 3, 1, tzinfo=UTC)),
        (None, None, None),
    ],
)
def test_a_card_is_good_to_the_end_of_its_month(year: int | None, month: int | None, expires: datetime | None) -> None:
    assert SavedMethod(exp_year=year, exp_month=month).expires_at == expires
