"""Where a seller is paid: an account at the provider, made once, filled in on the provider's own page (R-PAY-5).

Who the seller is, the provider finds out; we keep what it says of the account, and ask again whenever it has changed.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from accounts.models import User
from marketplace.web.clock import database_now
from payments import timing
from payments.enums import TransferState
from payments.errors import (
    AccountNotGone,
    NotASeller,
    OnboardingUnavailable,
    PayoutCountryFixed,
    PayoutCountryNotOffered,
    PayoutsUnsettled,
)
from payments.gateway import GatewayError, Misconfigured, ObjectMissing, SellerAccount
from payments.models import ConnectedAccount, Transfer
from payments.models.payouts import GONE_REASON
from payments.queue import nudge_on_commit
from payments.services.informing import tell_account_needs_you, tell_start_anew
from payments.stripe_gateway import default_gateway

log = structlog.get_logger(__name__)

GONE = SellerAccount(id="", disabled_reason=GONE_REASON)


def begin_onboarding(*, user: User, country: str, return_url: str, refresh_url: str, now: datetime) -> str:
    """The address of the provider's page on which `user` says who they are, good for one visit within minutes.

    The account is made at the first call; its country can't be changed then. Network: never in a transaction. Raises
    NotASeller, PayoutCountryNotOffered, PayoutCountryFixed, OnboardingUnavailable.
    """
    if not hasattr(user, "seller"):
        raise NotASeller
    account = _ensure_row(user, country, now)
    try:
        stripe_id = account.stripe_id or _make(account, now)
        return default_gateway().seller_onboarding_url(stripe_id, return_url=return_url, refresh_url=refresh_url)
    except GatewayError as error:
        log.warning("onboarding_unavailable", user=user.public_id, error=str(error))
        raise OnboardingUnavailable from error


def open_dashboard(*, user: User) -> str:
    """The address of the seller's own pages at the provider, good for one visit. Raises OnboardingUnavailable."""
    account = ConnectedAccount.objects.filter(user=user).exclude(stripe_id=None).first()
    if account is None:
        raise OnboardingUnavailable
    try:
        return default_gateway().seller_dashboard_url(account.stripe_id or "")
    except GatewayError as error:
        raise OnboardingUnavailable from error


def refresh_account(*, account_id: int) -> None:
    """Ask the provider how the account stands, and write it down. Network: never in a transaction; safe to repeat.

    Only what the provider says of this account counts as its end. Raises GatewayError when there is no answer, or when
    our own key is refused.
    """
    account = ConnectedAccount.objects.get(pk=account_id)
    if not account.stripe_id:
        return
    asked_at = database_now()
    try:
        theirs = default_gateway().get_seller(account.stripe_id)
    except ObjectMissing as error:
        log.warning("connected_account_gone", account=account.stripe_id, error=str(error))
        theirs = GONE
    except Misconfigured as error:
        log.critical("provider_refuses_our_key", error=str(error))
        raise
    _write(account, theirs, asked_at)


@transaction.atomic
def start_anew(*, account_id: int, now: datetime) -> str:
    """Forget an account that is gone at the provider, so that the seller makes another; the provider's id of the old.

    Ask with `refresh_account` first. What waits goes to the next account. What was sent stays the old one's, which is
    needed while a transfer to it is not settled. Raises AccountNotGone, PayoutsUnsettled.
    """
    account = ConnectedAccount.objects.select_for_update(of=("self",)).select_related("user").get(pk=account_id)
    if not account.is_gone:
        raise AccountNotGone
    ended = (TransferState.SUCCEEDED, TransferState.CLOSED)
    transfers = Transfer.objects.select_for_update().filter(payee=account.user).exclude(state__in=ended)
    if any(transfer.state != TransferState.WAITING for transfer in transfers):
        raise PayoutsUnsettled
    old, account.stripe_id = account.stripe_id or "", None
    account.transfers_active = account.payouts_enabled = account.details_submitted = False
    account.requirements_due, account.disabled_reason = [], ""
    account.created_at, account.refreshed_at = now, None
    account.save()
    tell_start_anew(account=account, now=now)
    return old


def look_at_account(*, user: User) -> None:
    """As `refresh_account`, for a seller who comes back from the provider; without an answer the sweep asks again."""
    account = ConnectedAccount.objects.filter(user=user).first()
    if account is None:
        return
    try:
        refresh_account(account_id=account.pk)
    except GatewayError as error:
        log.warning("account_not_refreshed", account=account.stripe_id, error=str(error))


def follow_account(*, stripe_id: str) -> bool:
    """News of a connected account; False when it is nobody's here. Raises GatewayError."""
    account = ConnectedAccount.objects.filter(stripe_id=stripe_id).first()
    if account is None:
        return False
    refresh_account(account_id=account.pk)
    return True


def _ensure_row(user: User, country: str, now: datetime) -> ConnectedAccount:
    """An account that the provider has already stays as it is, wherever it is."""
    made = ConnectedAccount.objects.filter(user=user).exclude(stripe_id=None).exists()
    if not made and country not in settings.PAYOUT_COUNTRIES:
        raise PayoutCountryNotOffered(field="country")
    account, _ = ConnectedAccount.objects.get_or_create(user=user, defaults={"country": country, "created_at": now})
    if account.country != country:
        if account.stripe_id:
            raise PayoutCountryFixed(field="country")
        account.country = country
        account.save(update_fields=["country"])
    return account


def _make(account: ConnectedAccount, now: datetime) -> str:
    """The account at the provider. One that was lost with its reply is found again by the key, or left empty there.

    The key lasts for some minutes only, as the provider answers it with an error that it once gave for a day. Who was
    let start anew has another.
    """
    span = int(now.timestamp()) // int(timing.ACCOUNT_KEY_LIFE.total_seconds())
    begun = int(account.created_at.timestamp())
    made = default_gateway().create_seller(
        seller_ref=account.user.public_id,
        email=account.user.email,
        country=account.country,
        idempotency_key=f"account:{account.user.public_id}:{account.country}:{begun}:{span}",
    )
    unmade = ConnectedAccount.objects.filter(pk=account.pk, stripe_id=None, created_at=account.created_at)
    unmade.update(stripe_id=made.id)
    account.refresh_from_db(fields=["stripe_id"])
    return account.stripe_id or made.id


def _write(asked: ConnectedAccount, theirs: SellerAccount, asked_at: datetime) -> None:
    """What was asked later counts. A capability that came back wakes what waited; one that was lost is told."""
    with transaction.atomic(durable=True):
        account = ConnectedAccount.objects.select_for_update(of=("self",)).select_related("user").get(pk=asked.pk)
        if account.stripe_id != asked.stripe_id:  # the seller was let start anew meanwhile
            return
        if account.refreshed_at is not None and account.refreshed_at > asked_at:
            return
        could = account.transfers_active
        account.transfers_active = theirs.transfers_active
        account.payouts_enabled = theirs.payouts_enabled
        account.details_submitted = theirs.details_submitted
        account.requirements_due = [name[:120] for name in theirs.requirements_due]
        account.disabled_reason = theirs.disabled_reason[:120]
        account.refreshed_at = asked_at
        account.save()
        if account.transfers_active and not could:
            _wake_transfers(account, database_now())
        if could and not account.transfers_active:
            tell_account_needs_you(account=account, now=database_now())


def _wake_transfers(account: ConnectedAccount, now: datetime) -> None:
    waiting = Transfer.objects.filter(payee=account.user, state=TransferState.WAITING, clears_at__lte=now)
    waiting.update(due_at=now - timedelta(microseconds=1))
    for transfer_id in waiting.values_list("pk", flat=True):
        nudge_on_commit("submit_transfer", transfer_id)
