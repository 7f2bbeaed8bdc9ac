"""Telling sellers about their payouts, and support, once each, in the transaction of what happened (R-NOT)."""

from datetime import datetime

from django.urls import reverse

from accounts.countries import COUNTRIES
from notifications.services import notify
from payments.models import ConnectedAccount, PayoutHold, Transfer
from payments.selectors import waiting_transfers
from payments.services.alerting import watchers


def tell_sent(*, transfer: Transfer, now: datetime) -> None:
    notify(
        recipient=transfer.payee,
        kind="payout_sent",
        data=_of_transfer(transfer),
        url=reverse("payments:earnings"),
        dedupe_key=f"payout_sent:{transfer.public_id}",
        now=now,
    )


def tell_not_set_up(*, transfer: Transfer, now: datetime) -> None:
    """Money has cleared and there is no account to send it to; said once in a month."""
    notify(
        recipient=transfer.payee,
        kind="payout_waits",
        data=_of_transfer(transfer),
        url=reverse("payments:payouts"),
        dedupe_key=f"payout_waits:{now:%Y-%m}",
        now=now,
    )


def tell_account_needs_you(*, account: ConnectedAccount, now: datetime) -> None:
    """It could be paid, and can't any more."""
    notify(
        recipient=account.user,
        kind="payout_account_needs_you",
        data={"refused": account.disabled_reason.startswith("rejected"), "gone": account.is_gone},
        url=reverse("payments:payouts"),
        dedupe_key=f"payout_account:{now.isoformat()}",
        now=now,
    )


def tell_start_anew(*, account: ConnectedAccount, now: datetime) -> None:
    """Support lets them set up payouts again, with a new account."""
    notify(
        recipient=account.user,
        kind="payout_account_needs_you",
        data={"anew": True},
        url=reverse("payments:payouts"),
        dedupe_key=f"payout_account_anew:{now.isoformat()}",
        now=now,
    )


def tell_outside_region(*, transfer: Transfer, now: datetime) -> None:
    """Stripe lets us send nothing to the country of the account: its owner and those who look after the books, once."""
    account = ConnectedAccount.objects.get(user=transfer.payee)
    data = _of_transfer(transfer) | {"country": COUNTRIES.get(account.country, account.country)}
    notify(
        recipient=transfer.payee,
        kind="payout_country_refused",
        data=data,
        url=reverse("payments:payouts"),
        dedupe_key=f"payout_country_refused:{account.pk}",
        now=now,
    )
    for agent in watchers():
        notify(
            recipient=agent,
            kind="payout_needs_support",
            data=data | {"seller": transfer.payee.name},
            url=reverse("admin:payments_connectedaccount_change", args=[account.pk]),
            dedupe_key=f"payout_needs_support:{account.pk}",
            now=now,
        )


def tell_held(*, hold: PayoutHold, now: datetime) -> None:
    """Tell whoever waits for money that it doesn't come for now; nobody when nothing waits."""
    waiting = waiting_transfers(group=hold.group, payee=hold.payee).first()
    if waiting is not None:
        notify(
            recipient=waiting.payee,
            kind="payout_held",
            data=_of_transfer(waiting) | {"hold": hold.kind, "all": not hold.group},
            url=reverse("payments:earnings"),
            dedupe_key=f"payout_held:{hold.pk}",
            now=now,
        )


def _of_transfer(transfer: Transfer) -> dict[str, object]:
    money = {"amount": transfer.amount, "currency": transfer.currency}
    return {"payout": money, "of": transfer.charge.description}
