"""Sellers who can be paid, and money that is theirs, reached through the services and the simulator."""

from datetime import timedelta

from accounts.models import User
from marketplace.web.clock import database_now
from payments.enums import ReversalState
from payments.models import Charge, ConnectedAccount, Refund, Transfer, TransferReversal
from payments.services.onboarding import begin_onboarding, refresh_account
from payments.services.refunding import request_refund
from payments.services.releasing import accrue_charge, release_charge
from payments.services.sweeping import sweep_refunds, sweep_reversals
from tests.factories.payments import NOW, make_paid_charge
from tests.payments.simulator_fixtures import StripeDouble

PAGE = {"return_url": "https://milepost.example/payouts/back/", "refresh_url": "https://milepost.example/payouts/go/"}
CLEARED = timedelta(0)


def begin(seller: User, country: str = "US") -> ConnectedAccount:
    """The seller has gone to Stripe's page, and not filled it in."""
    begin_onboarding(user=seller, country=country, now=NOW, **PAGE)
    return ConnectedAccount.objects.get(user=seller)


def onboard(stripe: StripeDouble, seller: User, decision: str = "in_order") -> ConnectedAccount:
    """The seller's account as Stripe decides about it: "in_order", "document" (still wanted) or "refused"."""
    account = ConnectedAccount.objects.filter(user=seller).first() or begin(seller)
    stripe.onboard(account.stripe_id or "", decision)
    refresh_account(account_id=account.pk)
    return ConnectedAccount.objects.get(pk=account.pk)


def make_transfer(
    stripe: StripeDouble, seller: User, *, amount: int = 8_000, clears_in: timedelta = CLEARED, group: str = "ord_1"
) -> Transfer:
    """A released charge of 80.00: 72.00 are the seller's, and have cleared unless said otherwise."""
    charge = make_paid_charge(stripe, payee=seller, amount=amount, fee=amount // 20, group=group)
    return release(charge, clears_in=clears_in)


def release(charge: Charge, *, clears_in: timedelta = CLEARED) -> Transfer:
    accrue_charge(charge=charge, commission_bp=1_000, now=NOW)
    release_charge(charge=charge, clears_at=database_now() + clears_in, now=NOW)
    return Transfer.objects.get(charge=charge)


def again(transfer: Transfer) -> Transfer:
    return Transfer.objects.get(pk=transfer.pk)


def owe(stripe: StripeDouble, transfer: Transfer) -> Refund:
    """All of a charge that was paid out goes back to the buyer, and the seller's account has not got it."""
    refund = request_refund(charge=transfer.charge, reason="Support gave it back", now=NOW)
    sweep_refunds()
    stripe.faults.add("no_balance", on="/reversals")
    sweep_reversals()
    assert TransferReversal.objects.get(refund=refund).state == ReversalState.FAILED
    return refund
