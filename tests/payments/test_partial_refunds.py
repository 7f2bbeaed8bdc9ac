"""Any part, any number of times, from wherever the charge's money stands, with every balance (R-PAY-7)."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from payments.enums import RefundKind, RefundState, TransferState
from payments.errors import MoneyMoved, RefundBeyondPayment
from payments.models import Charge, Refund, Transfer
from payments.selectors import group_balances
from payments.services.refunding import request_refund
from payments.services.releasing import accrue_charge, release_charge
from payments.services.returning import settle_refund, submit_refund
from tests.factories.payments import NOW, make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

STAGES = [RefundKind.HELD, RefundKind.ACCRUED, RefundKind.RELEASED]


@pytest.fixture
def paid(stripe: StripeDouble) -> Charge:
    return make_paid_charge(stripe)


def advance(charge: Charge, stage: RefundKind, *, bp: int = 1_000) -> None:
    """Bring the money of a charge to a stage, from wherever it is."""
    if stage != RefundKind.HELD:
        accrue_charge(charge=charge, commission_bp=bp, now=NOW)
    if stage in (RefundKind.RELEASED, RefundKind.PAID_OUT):
        release_charge(charge=charge, clears_at=NOW + timedelta(days=14), now=NOW)


def ask(charge: Charge, amount: int | None = None) -> Refund:
    return request_refund(charge=charge, amount=amount, reason="Support gave it back", now=NOW)


def send(refund: Refund) -> Refund:
    submit_refund(refund_id=refund.pk)
    return Refund.objects.get(pk=refund.pk)


def bounce(stripe: StripeDouble, refund: Refund) -> None:
    """The bank sends a refund back that was reported as done."""
    at_stripe = stripe.fail_refund(Refund.objects.get(pk=refund.pk).provider_id or "")
    settle_refund(refund_id=refund.pk, snapshot=stripe.gateway.get_refund(at_stripe["id"]))


def balances(group: str = "ord_1") -> dict[str, int]:
    money = asdict(group_balances(group))
    return {name: amount for name, amount in money.items() if amount and name not in ("currency", "provider_fees")}


AFTER_HALF = {
    RefundKind.HELD: {"held": 4_000, "fee_held": 200},
    RefundKind.ACCRUED: {"accrued": 3_600, "commission_accrued": 400, "fee_accrued": 200},
    RefundKind.RELEASED: {"released": 3_600, "commission": 400, "fees": 200},
}
WHOLE = {
    RefundKind.HELD: {"held": 8_000, "fee_held": 400},
    RefundKind.ACCRUED: {"accrued": 7_200, "commission_accrued": 800, "fee_accrued": 400},
    RefundKind.RELEASED: {"released": 7_200, "commission": 800, "fees": 400},
}


@pytest.mark.parametrize("stage", STAGES)
def test_r_pay_7_half_goes_back_from_where_the_money_stands(
    stripe: StripeDouble, paid: Charge, stage: RefundKind
) -> None:
    advance(paid, stage)
    refund = ask(paid, 4_200)
    assert (refund.kind, refund.amount, refund.price_part, refund.fee_part) == (stage, 4_200, 4_000, 200)
    assert balances() == {"captured": 8_400, "refunding": 4_200, **AFTER_HALF[stage]}
    assert send(refund).state == RefundState.SUCCEEDED
    assert balances() == {"captured": 8_400, "refunded": 4_200, **AFTER_HALF[stage]}
    (at_stripe,) = stripe.objects("refund")
    assert at_stripe["amount"] == 4_200


@pytest.mark.parametrize("stage", STAGES)
def test_r_pay_7_several_parts_take_all_of_it_to_the_cent(
    stripe: StripeDouble, paid: Charge, stage: RefundKind
) -> None:
    advance(paid, stage)
    for amount in (1, 1, 2_799, 5_598, 1):
        send(ask(paid, amount))
    assert balances() == {"captured": 8_400, "refunded": 8_400}
    with pytest.raises(RefundBeyondPayment, match=r"Of this payment \$0.00 is left"):
        ask(paid, 1)
    assert sum(each["amount"] for each in stripe.objects("refund")) == 8_400


@pytest.mark.parametrize("amount", [0, -1, 4_201])
def test_r_pay_7_more_than_is_left_is_refused_before_stripe_is_asked(
    stripe: StripeDouble, paid: Charge, amount: int
) -> None:
    ask(paid, 4_200)
    with pytest.raises(RefundBeyondPayment, match=r"Of this payment \$42.00 is left to go back"):
        ask(paid, amount)
    assert stripe.objects("refund") == []
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("last", [RefundKind.ACCRUED, RefundKind.RELEASED])
def test_what_is_left_after_a_part_went_back_is_accepted_and_released(paid: Charge, last: RefundKind) -> None:
    ask(paid, 4_200)
    advance(paid, last)
    assert balances() == {"captured": 8_400, "refunding": 4_200, **AFTER_HALF[last]}


def test_nothing_is_left_to_accept_after_all_went_back(paid: Charge) -> None:
    ask(paid)
    with pytest.raises(MoneyMoved):
        accrue_charge(charge=paid, commission_bp=1_000, now=NOW)


@pytest.mark.parametrize("asked_at", STAGES)
@pytest.mark.parametrize("stands_at", STAGES)
@pytest.mark.parametrize("amount", [4_200, 8_400])
def test_r_pay_7_a_refund_that_fails_puts_the_money_where_the_rest_stands_now(
    stripe: StripeDouble, paid: Charge, asked_at: RefundKind, stands_at: RefundKind, amount: int
) -> None:
    if STAGES.index(stands_at) < STAGES.index(asked_at):
        return
    if asked_at == RefundKind.HELD != stands_at and amount == 8_400:
        return  # what went back whole is never accepted
    advance(paid, asked_at)
    refund = send(ask(paid, amount))
    advance(paid, stands_at)
    bounce(stripe, refund)
    assert balances() == {"captured": 8_400, **WHOLE[stands_at]}
    assert Refund.objects.get(pk=refund.pk).failure == "expired_or_canceled_card"
    if stands_at == RefundKind.RELEASED:
        transfer = Transfer.objects.get(charge=paid)
        assert (transfer.state, transfer.amount) == (TransferState.WAITING, 7_200)


def test_released_money_that_went_back_is_not_sent(paid: Charge) -> None:
    advance(paid, RefundKind.RELEASED)
    ask(paid, 4_200)
    transfer = Transfer.objects.get(charge=paid)
    assert (transfer.state, transfer.amount) == (TransferState.WAITING, 3_600)
    ask(paid)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.amount) == (TransferState.CLOSED, 0)


@pytest.mark.parametrize(
    ("amount", "fee", "bp", "currency"),
    [
        (3, 0, 1_000, "USD"),
        (101, 5, 1_000, "USD"),
        (8_005, 401, 3_333, "USD"),
        (999, 50, 10_000, "JPY"),
        (7, 7, 0, "JPY"),
    ],
)
@pytest.mark.parametrize("stage", STAGES)
def test_one_at_a_time_adds_up(
    stripe: StripeDouble, amount: int, fee: int, bp: int, currency: str, stage: RefundKind
) -> None:
    paid = make_paid_charge(stripe, amount=amount * 50, fee=fee * 50, currency=currency)
    advance(paid, stage, bp=bp)
    step = (amount + fee) * 50 // 7
    while (left := paid.total - sum(Refund.objects.values_list("amount", flat=True))) > 0:
        ask(paid, min(1 if left % 2 else step, left))
    refunds = list(Refund.objects.all())
    assert sum(each.fee_part for each in refunds) == paid.fee
    assert balances() == {"captured": paid.total, "refunding": paid.total}
