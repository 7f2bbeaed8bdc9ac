"""Opening, paying, retrying and withdrawing charges, against the simulator through the real SDK."""

import pytest

from accounts.models import User
from payments.enums import ChargeState
from payments.selectors import group_balances, saved_methods
from tests.factories.payments import make_charge, make_saved_method, pay_charge, submit
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = pytest.mark.django_db


def test_r_pay_1_the_hosted_page_takes_price_and_fee_and_keeps_the_method(stripe: StripeDouble, buyer: User) -> None:
    charge = pay_charge(stripe, make_charge(payer=buyer))
    assert (charge.state, charge.outcome) == (ChargeState.SUCCEEDED, "succeeded")
    balances = group_balances("ord_1")
    assert (balances.captured, balances.held, balances.fee_held) == (8_400, 8_000, 400)
    assert [method.label for method in saved_methods(buyer)] == ["Visa •••• 4242"]


def test_r_pay_2_a_worker_charges_the_saved_method(stripe: StripeDouble, buyer: User) -> None:
    method = make_saved_method(stripe, buyer)
    charge = submit(make_charge(payer=buyer, method=method))
    assert charge.state == ChargeState.SUCCEEDED
    assert group_balances("ord_1").held == 8_000
