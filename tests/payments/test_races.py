"""Real connections at the same instant: one payment, one booking, one announcement (R-PAY-3)."""

import contextlib
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.kernel.errors import DomainError
from payments.enums import ChargeState
from payments.errors import ChargeInFlight
from payments.invariants import violations
from payments.models import Charge, JournalEntry, Refund
from payments.selectors import group_balances
from payments.services.charging import refresh_charge, retry_charge, start_checkout, withdraw_charge
from payments.services.moving import lock_charge
from payments.services.refunding import request_refund
from payments.services.releasing import accrue_charge, release_charge
from payments.services.submitting import submit_attempt
from payments.services.sweeping import sweep_charges, sweep_refunds
from payments.services.withdrawing import carry_out_withdrawal
from payments.signals import ChargeResult
from payments.simulator.errors import ApiError
from tests.factories.accounts import make_seller, make_user
from tests.factories.payments import (
    BACK,
    NOW,
    last_attempt,
    make_charge,
    make_paid_charge,
    make_saved_method,
    open_page,
    submit,
)
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[object]:
    """Each work in a thread with a connection of its own, started together; what each returned or refused."""
    gate = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(index: int, work: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[index] = work()
        except DomainError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, work)) for index, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def succeeded_payments(stripe: StripeDouble, charge: Charge) -> int:
    mine = [each for each in stripe.objects("payment_intent") if each["metadata"]["charge_ref"] == charge.public_id]
    return sum(each["status"] == "succeeded" for each in mine)


def test_four_workers_and_a_sweep_on_one_charge(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    payer = make_user()
    method = make_saved_method(stripe, payer)
    for number in range(5):
        told.clear()
        charge = make_charge(payer=payer, method=method, group=f"ord_{number}")
        attempt = last_attempt(charge).pk
        at_once(*[partial(submit_attempt, attempt_id=attempt)] * 4, sweep_charges)
        assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
        assert succeeded_payments(stripe, charge) == 1
        assert group_balances(charge.group).captured == 8_400
        assert len(told) == 1
    assert violations() == []


def test_the_lock_is_what_makes_one_winner() -> None:
    """The charge's row is locked until the transaction ends: a second one waits, and sees what the first wrote."""
    charge = make_charge()
    order: list[str] = []
    locked = threading.Event()

    def second() -> None:
        locked.wait()
        with transaction.atomic():
            order.append(f"second sees {lock_charge(charge.pk).state}")
        connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        lock_charge(charge.pk)
        locked.set()
        thread.join(timeout=0.3)
        order.append("first writes")
        withdraw_charge(charge=charge, now=NOW)
    thread.join()
    assert order == ["first writes", "second sees withdrawing"]


def test_two_accepts_at_once_open_one_charge() -> None:
    payer, payee = make_user(), make_seller()

    def accept() -> object:
        try:
            return make_charge(payer=payer, payee=payee, reference="mst_1")
        except IntegrityError as error:
            return error

    results = at_once(accept, accept)
    assert sum(isinstance(result, Charge) for result in results) == 1
    assert Charge.objects.filter(reference="mst_1").count() == 1


def test_a_double_click_opens_one_page(stripe: StripeDouble) -> None:
    charge = make_charge()
    urls = at_once(*[partial(start_checkout, charge=charge, now=NOW, **BACK)] * 3)
    pages = {url for url in urls if isinstance(url, str)}
    assert len(pages) == 1
    assert len(stripe.objects("checkout.session")) == 1


def test_return_page_webhook_and_sweep_at_once_book_once(stripe: StripeDouble, told: list[ChargeResult]) -> None:
    for number in range(5):
        told.clear()
        charge = make_charge(group=f"ord_{number}")
        stripe.pay(open_page(charge))
        at_once(*[partial(refresh_charge, charge=charge, now=NOW)] * 4)
        assert Charge.objects.get(pk=charge.pk).state == ChargeState.SUCCEEDED
        assert group_balances(charge.group).captured == 8_400
        assert Charge.objects.get(pk=charge.pk).announced_at is not None
        assert JournalEntry.objects.filter(group=charge.group, kind="captured").count() == 1
    assert violations() == []


def pay_or_find_it_closed(stripe: StripeDouble, url: str) -> None:
    with contextlib.suppress(ApiError):
        stripe.pay(url)


def test_paying_while_it_is_withdrawn_ends_paid_or_withdrawn_never_both(stripe: StripeDouble) -> None:
    for number in range(8):
        charge = make_charge(group=f"ord_{number}")
        url = open_page(charge)
        withdraw_charge(charge=charge, now=NOW)
        at_once(partial(pay_or_find_it_closed, stripe, url), partial(carry_out_withdrawal, charge_id=charge.pk))
        final = refresh_charge(charge=charge, now=NOW).state
        paid = succeeded_payments(stripe, charge)
        assert (final, paid) in [(ChargeState.SUCCEEDED, 1), (ChargeState.WITHDRAWN, 0)]
        assert group_balances(charge.group).captured == 8_400 * paid
    assert violations() == []


def live_at_stripe(stripe: StripeDouble, charge: Charge) -> int:
    """How many pages and payments of `charge` could still take money."""
    pages, intents = (
        [each["status"] for each in stripe.objects(kind) if each["metadata"]["charge_ref"] == charge.public_id]
        for kind in ("checkout.session", "payment_intent")
    )
    return pages.count("open") + sum(status not in ("canceled", "succeeded") for status in intents)


def test_a_retry_and_a_new_page_at_once_never_charge_twice(stripe: StripeDouble) -> None:
    payer = make_user()
    method = make_saved_method(stripe, payer, "works_then_declines")
    for number in range(5):
        charge = submit(make_charge(payer=payer, method=method, group=f"ord_{number}"))
        results = at_once(
            partial(retry_charge, charge=charge, now=NOW), partial(start_checkout, charge=charge, now=NOW, **BACK)
        )
        assert sum(isinstance(result, DomainError) for result in results) == 1
        assert live_at_stripe(stripe, charge) <= 1
    assert violations() == []


def test_accepting_and_refunding_at_once_moves_the_money_one_way(stripe: StripeDouble) -> None:
    for number in range(8):
        charge = make_paid_charge(stripe, group=f"ord_{number}")
        at_once(
            partial(accrue_charge, charge=charge, commission_bp=1_000, now=NOW),
            partial(request_refund, charge=charge, reason="cancelled", now=NOW),
        )
        balances = group_balances(charge.group)
        assert (balances.held, balances.accrued, balances.refunding) == (0, 0, 8_400)
    assert violations() == []


def test_six_releases_of_the_same_money_at_once_are_one(stripe: StripeDouble) -> None:
    charge = make_paid_charge(stripe)
    accrue_charge(charge=charge, commission_bp=1_000, now=NOW)
    at_once(*[partial(release_charge, charge=charge, clears_at=NOW, now=NOW)] * 6)
    assert group_balances("ord_1").released == 7_200
    assert violations() == []


def test_workers_and_sweeps_on_one_refund(stripe: StripeDouble) -> None:
    charge = make_paid_charge(stripe)
    request_refund(charge=charge, reason="cancelled", now=NOW)
    at_once(*[sweep_refunds] * 4)
    assert Refund.objects.get().state == "succeeded"
    assert len(stripe.objects("refund")) == 1
    assert violations() == []


def test_many_charges_of_many_groups_at_once_balance(stripe: StripeDouble) -> None:
    """Every capture writes to the one account of the provider: they queue there, and none is lost."""
    charges = [make_charge(group=f"ord_{number}") for number in range(6)]
    for charge in charges:
        stripe.pay(open_page(charge))
    at_once(*[partial(refresh_charge, charge=charge, now=NOW) for charge in charges])
    assert {charge.state for charge in Charge.objects.all()} == {"succeeded"}
    assert violations() == []


def test_while_a_worker_has_it_a_withdrawal_is_refused(stripe: StripeDouble) -> None:
    payer = make_user()
    method = make_saved_method(stripe, payer)
    for _ in range(5):
        charge = make_charge(payer=payer, method=method)
        attempt = last_attempt(charge).pk

        _, refused = at_once(
            partial(submit_attempt, attempt_id=attempt), partial(withdraw_charge, charge=charge, now=NOW)
        )
        carry_out_withdrawal(charge_id=charge.pk)
        final = Charge.objects.get(pk=charge.pk).state
        expected = ChargeState.SUCCEEDED if isinstance(refused, ChargeInFlight) else ChargeState.WITHDRAWN
        assert final == expected
        assert succeeded_payments(stripe, charge) == (final == ChargeState.SUCCEEDED)
    assert violations() == []
