"""Charges for tests, in states reached through the services and the simulator."""

from datetime import UTC, datetime
from itertools import count

from accounts.models import User
from payments.enums import ChargeState
from payments.models import Charge, ChargeAttempt, SavedMethod
from payments.services.charging import open_charge, refresh_charge, start_checkout
from payments.services.submitting import submit_attempt
from tests.factories.accounts import make_seller, make_user
from tests.payments.simulator_fixtures import StripeDouble

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BACK = {"success_url": "https://milepost.example/back", "cancel_url": "https://milepost.example/cancel"}
numbers = count(1)


def make_charge(
    *, payer: User | None = None, payee: User | None = None, reference: str = "", group: str = "ord_1",
    amount: int = 8_000, fee: int = 400, currency: str = "USD", method: SavedMethod | None = None,
) -> Charge:  # fmt: skip
    """An open charge of 80.00 and a fee of 4.00, unless said otherwise; nothing has been sent."""
    return open_charge(
        payer=payer or make_user("Bruno Buyer"),
        payee=payee or make_seller("Selma Seller"),
        reference=reference or f"mst_{next(numbers)}",
        group=group,
        amount=amount,
        fee=fee,
        currency=currency,
        description="Rough cut",
        method=method,
        now=NOW,
    )


def open_page(charge: Charge) -> str:
    """The address of the hosted page of `charge`."""
    return start_checkout(charge=charge, now=NOW, **BACK)


def pay_charge(stripe: StripeDouble, charge: Charge, scenario: str = "works") -> Charge:
    """Open the hosted page of `charge`, press a button there, and come back."""
    stripe.pay(open_page(charge), scenario)
    return refresh_charge(charge=charge, now=NOW)


def make_paid_charge(stripe: StripeDouble, **more: object) -> Charge:
    charge = pay_charge(stripe, make_charge(**more))  # type: ignore[arg-type]
    assert charge.state == ChargeState.SUCCEEDED
    return charge


def make_saved_method(stripe: StripeDouble, payer: User, scenario: str = "works") -> SavedMethod:
    """A method that `payer` agreed to keep, from a first payment to someone else's group."""
    paid = pay_charge(stripe, make_charge(payer=payer, group="ord_first"), scenario)
    assert paid.method is not None
    return paid.method


def submit(charge: Charge) -> Charge:
    """What a worker does with the newest attempt, and the charge as it is then."""
    submit_attempt(attempt_id=last_attempt(charge).pk)
    return Charge.objects.get(pk=charge.pk)


def last_attempt(charge: Charge) -> ChargeAttempt:
    return ChargeAttempt.objects.filter(charge=charge).order_by("-number")[0]
