"""Paying sellers: one transfer per released charge, after clearance, to an account that takes it (R-PAY-5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from notifications.models import Notification
from payments.enums import TransferState
from payments.selectors import group_balances
from payments.services.sweeping import sweep_transfers
from payments.services.transferring import submit_transfer
from tests.factories.payouts import again, make_transfer, onboard
from tests.payments.simulator_fixtures import StripeDouble

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_hold")]

Pass = Callable[[timedelta], None]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NO_ANSWER = [("lost_before", 3), ("lost_after", 3), ("truncated", 1), ("html", 1), ("rate_limited", 1), ("in_use", 3)]


def balances(group: str = "ord_1") -> tuple[int, int, int]:
    """released, on_the_way, paid_out"""
    now = group_balances(group)
    return now.released, now.on_the_way, now.paid_out


def kinds(user: User) -> list[str]:
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_r_pay_5_a_released_charge_becomes_a_transfer_that_arrives(stripe: StripeDouble, seller: User) -> None:
    account = onboard(stripe, seller)
    transfer = make_transfer(stripe, seller)
    assert (transfer.amount, transfer.state, balances()) == (7_200, TransferState.WAITING, (7_200, 0, 0))
    sweep_transfers()
    assert again(transfer).state == TransferState.SUCCEEDED
    assert balances() == (0, 0, 7_200)
    (at_stripe,) = stripe.objects("transfer")
    assert (at_stripe["amount"], at_stripe["destination"]) == (7_200, account.stripe_id)
    assert at_stripe["source_transaction"] == transfer.charge.attempts.get().provider_charge_id
    assert at_stripe["transfer_group"] == "ord_1"
    assert kinds(seller) == ["payout_sent"]


def test_r_pay_5_not_before_it_has_cleared(stripe: StripeDouble, seller: User, time_passes: Pass) -> None:
    onboard(stripe, seller)
    transfer = make_transfer(stripe, seller, clears_in=7 * DAY)
    time_passes(7 * DAY - HOUR)
    sweep_transfers()
    submit_transfer(transfer_id=transfer.pk)
    assert (again(transfer).state, balances()) == (TransferState.WAITING, (7_200, 0, 0))
    time_passes(HOUR)
    sweep_transfers()
    assert balances() == (0, 0, 7_200)
