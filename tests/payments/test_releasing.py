"""From held to accrued to payable, to the cent (R-PAY-4, R-PAY-5)."""

import pytest

from payments.enums import AccountKind
from payments.errors import MoneyMoved, NotCaptured
from payments.models import Charge, LedgerAccount
from payments.selectors import group_balances
from payments.services.refunding import request_refund
from payments.services.releasing import accrue_charge, release_charge
from tests.factories.payments import NOW, make_charge, make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]


@pytest.fixture
def paid(stripe: StripeDouble) -> Charge:
    return make_paid_charge(stripe)


def test_acceptance_accrues_the_sellers_part_the_commission_and_the_fee(paid: Charge) -> None:
    accrue_charge(charge=paid, commission_bp=1_000, now=NOW)
    now = group_balances("ord_1")
    assert (now.held, now.fee_held) == (0, 0)
    assert (now.accrued, now.commission_accrued, now.fee_accrued) == (7_200, 800, 400)
    assert (now.released, now.commission, now.fees) == (0, 0, 0)


def test_release_owes_the_seller_and_earns_the_rest(paid: Charge) -> None:
    accrue_charge(charge=paid, commission_bp=1_000, now=NOW)
    release_charge(charge=paid, clears_at=NOW, now=NOW)
    now = group_balances("ord_1")
    assert (now.accrued, now.commission_accrued, now.fee_accrued) == (0, 0, 0)
    assert (now.released, now.commission, now.fees, now.captured) == (7_200, 800, 400, 8_400)
    payable = LedgerAccount.objects.get(kind=AccountKind.SELLER_PAYABLE)
    assert (payable.dimension, payable.balance) == (paid.payee.public_id, -7_200)


def test_each_step_twice_is_once(paid: Charge) -> None:
    for _ in range(2):
        accrue_charge(charge=paid, commission_bp=1_000, now=NOW)
    for _ in range(2):
        release_charge(charge=paid, clears_at=NOW, now=NOW)
    assert group_balances("ord_1").released == 7_200


def test_nothing_is_accrued_that_was_not_paid() -> None:
    with pytest.raises(NotCaptured):
        accrue_charge(charge=make_charge(), commission_bp=1_000, now=NOW)


def test_nothing_is_released_that_was_not_accepted(paid: Charge) -> None:
    with pytest.raises(NotCaptured):
        release_charge(charge=paid, clears_at=NOW, now=NOW)


def test_what_is_on_its_way_back_is_not_accepted(paid: Charge) -> None:
    request_refund(charge=paid, reason="cancelled", now=NOW)
    with pytest.raises(MoneyMoved):
        accrue_charge(charge=paid, commission_bp=1_000, now=NOW)


@pytest.mark.parametrize(
    ("amount", "fee", "bp", "seller", "commission"),
    [
        (8_000, 400, 1_000, 7_200, 800),
        (8_005, 400, 1_000, 7_204, 801),  # 800.5 rounds half up
        (8_004, 400, 1_000, 7_204, 800),
        (50, 0, 1_000, 45, 5),
        (101, 5, 0, 101, 0),
        (101, 5, 10_000, 0, 101),
    ],
)
def test_parts_add_up_to_the_cent(
    stripe: StripeDouble, amount: int, fee: int, bp: int, seller: int, commission: int
) -> None:
    paid = make_paid_charge(stripe, amount=amount, fee=fee)
    accrue_charge(charge=paid, commission_bp=bp, now=NOW)
    release_charge(charge=paid, clears_at=NOW, now=NOW)
    now = group_balances("ord_1")
    assert (now.released, now.commission, now.fees, now.captured) == (seller, commission, fee, amount + fee)


def test_a_currency_without_cents(stripe: StripeDouble) -> None:
    paid = make_paid_charge(stripe, amount=8_000, fee=400, currency="JPY")
    accrue_charge(charge=paid, commission_bp=1_000, now=NOW)
    now = group_balances("ord_1")
    assert (now.currency, now.accrued, now.commission_accrued) == ("JPY", 7_200, 800)


def test_the_groups_of_a_seller_are_kept_apart_and_their_payable_together(stripe: StripeDouble, paid: Charge) -> None:
    other = make_paid_charge(stripe, payee=paid.payee, group="ord_2", amount=1_000, fee=50)
    for charge in (paid, other):
        accrue_charge(charge=charge, commission_bp=1_000, now=NOW)
        release_charge(charge=charge, clears_at=NOW, now=NOW)
    assert (group_balances("ord_1").released, group_balances("ord_2").released) == (7_200, 900)
    assert LedgerAccount.objects.get(kind=AccountKind.SELLER_PAYABLE).balance == -8_100
